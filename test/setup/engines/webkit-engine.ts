import getPort from 'get-port';
import { Builder, Capabilities, Key as WebDriverKey, type WebDriver, type WebElement } from 'selenium-webdriver';
import { findWebKit, startWebKitDriver } from '../../../scripts/engines.js';
import { waitFor } from '../wait-for.js';
import { type Engine, EnginePage, type Key, type PageDriver } from './engine-page.js';

const keys = {
  Enter: WebDriverKey.ENTER,
  Escape: WebDriverKey.ESCAPE,
  Tab: WebDriverKey.TAB,
  Space: WebDriverKey.SPACE,
} satisfies Record<Key, string>;

export async function launchWebKit(): Promise<Engine | undefined> {
  const programs = findWebKit();
  if (!programs) return undefined;
  const port = await getPort({ host: '127.0.0.1' });
  const { stop } = await startWebKitDriver(programs, port);
  const url = `http://127.0.0.1:${port}`;
  await waitFor(() => fetch(`${url}/status`));
  const capabilities = new Capabilities({
    browserName: 'MiniBrowser',
    'webkitgtk:browserOptions': { binary: programs.browser, args: ['--automation'] },
  });
  return {
    async newPage() {
      const session = await new Builder().usingServer(url).withCapabilities(capabilities).build();
      return new EnginePage(new WebKitDriver(session));
    },
    close: stop,
  };
}

/** One session, which is one reader: its storage goes with it. */
class WebKitDriver implements PageDriver {
  readonly #session: WebDriver;

  constructor(session: WebDriver) {
    this.#session = session;
  }

  goto(url: string): Promise<void> {
    return this.#session.get(url);
  }

  async resize(width: number, height: number): Promise<void> {
    await this.#session.manage().window().setRect({ x: 0, y: 0, width, height });
  }

  evaluate(expression: string): Promise<unknown> {
    return this.#session.executeScript(`return ${expression}`);
  }

  async click(expression: string): Promise<void> {
    const element: WebElement | null = await this.#session.executeScript(
      `return (${elementToClick.toString()})(${expression})`,
    );
    if (!element) throw new Error('The element moves, or another covers it.');
    await this.#session.actions({ async: false }).move({ origin: element }).click().perform();
  }

  async type(text: string): Promise<void> {
    await this.#session.actions().sendKeys(text).perform();
  }

  async press(key: Key): Promise<void> {
    await this.#session.actions().sendKeys(keys[key]).perform();
  }

  close(): Promise<void> {
    return this.#session.quit();
  }
}

/**
 * Scrolls to an element and returns it where the mouse would hit it. Runs in the page. Used instead of WebDriver's own click,
 * which takes the inside of a text field in a shadow root for another element that covers it.
 */
function elementToClick(element: Element): Element | null {
  element.scrollIntoView({ block: 'center', behavior: 'instant' });
  // Nothing scrolls to what is skipped by `content-visibility` within `content-visibility`.
  const { top: far } = element.getBoundingClientRect();
  if (far < 0 || far > innerHeight) scrollBy({ top: far - innerHeight / 2, behavior: 'instant' });
  const { left, top, width, height } = element.getBoundingClientRect();
  let hit: Element | null = null;
  for (let root: DocumentOrShadowRoot | null = document; root; root = hit?.shadowRoot ?? null) {
    const inner: Element | null = root.elementFromPoint(left + width / 2, top + height / 2);
    if (inner === hit) break;
    hit = inner;
  }
  return hit && (element === hit || element.contains(hit)) ? element : null;
}
