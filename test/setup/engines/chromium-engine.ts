import type { Browser, Page } from 'playwright';
import { launchBrowser } from '../launch-browser.js';
import { type Engine, EnginePage, type Key, type PageDriver } from './engine-page.js';

export async function launchChromium(): Promise<Engine> {
  const browser: Browser = await launchBrowser();
  return {
    async newPage() {
      const context = await browser.newContext();
      return new EnginePage(new ChromiumDriver(await context.newPage()));
    },
    close: () => browser.close(),
  };
}

class ChromiumDriver implements PageDriver {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  async goto(url: string): Promise<void> {
    await this.#page.goto(url);
  }

  resize(width: number, height: number): Promise<void> {
    return this.#page.setViewportSize({ width, height });
  }

  evaluate(expression: string): Promise<unknown> {
    return this.#page.evaluate(expression);
  }

  async click(expression: string): Promise<void> {
    const handle = await this.#page.evaluateHandle<Element>(expression);
    await handle.click({ timeout: 5000 });
  }

  type(text: string): Promise<void> {
    return this.#page.keyboard.type(text);
  }

  press(key: Key): Promise<void> {
    return this.#page.keyboard.press(key);
  }

  close(): Promise<void> {
    return this.#page.context().close();
  }
}
