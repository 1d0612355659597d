import puppeteer, { type ElementHandle, type KeyInput, type Page } from 'puppeteer-core';
import { findFirefox } from '../../../scripts/engines.js';
import { type Engine, EnginePage, type Key, type PageDriver } from './engine-page.js';

export async function launchFirefox(): Promise<Engine | undefined> {
  const executablePath = findFirefox();
  if (!executablePath) return undefined;
  const browser = await puppeteer.launch({
    browser: 'firefox',
    protocol: 'webDriverBiDi',
    executablePath,
    headless: true,
    defaultViewport: null,
  });
  return {
    async newPage() {
      const context = await browser.createBrowserContext();
      return new EnginePage(new FirefoxDriver(await context.newPage()));
    },
    close: () => browser.close(),
  };
}

class FirefoxDriver implements PageDriver {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  async goto(url: string): Promise<void> {
    await this.#page.goto(url);
  }

  resize(width: number, height: number): Promise<void> {
    return this.#page.setViewport({ width, height });
  }

  evaluate(expression: string): Promise<unknown> {
    return this.#page.evaluate(expression);
  }

  async click(expression: string): Promise<void> {
    const handle = await this.#page.evaluateHandle(expression);
    await (handle as ElementHandle).click();
  }

  type(text: string): Promise<void> {
    return this.#page.keyboard.type(text);
  }

  press(key: Key): Promise<void> {
    // WebDriver BiDi knows the space key by its character only.
    return this.#page.keyboard.press((key === 'Space' ? ' ' : key) satisfies KeyInput);
  }

  close(): Promise<void> {
    return this.#page.browserContext().close();
  }
}
