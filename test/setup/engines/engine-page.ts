import { getByRoleSelector } from 'ivya';
import { waitFor } from '../wait-for.js';
import { selectorEngineScript } from './selector-engine.js';

export const engineNames = ['chromium', 'firefox', 'webkit'] as const;
export type EngineName = (typeof engineNames)[number];

/** An open browser. */
export interface Engine {
  /** Opens a page of a reader who was never here. */
  newPage(): Promise<EnginePage>;
  close(): Promise<void>;
}

export type Key = 'Enter' | 'Escape' | 'Tab' | 'Space';

/** Drives a page in the way of one engine. */
export interface PageDriver {
  /** Returns once the page has loaded. */
  goto(url: string): Promise<void>;
  resize(width: number, height: number): Promise<void>;
  /** Evaluates an expression in the page. Its value is JSON. */
  evaluate(expression: string): Promise<unknown>;
  /** Scrolls to the element that is the value of an expression, and clicks it by the mouse. */
  click(expression: string): Promise<void>;
  /** Types by the keyboard, into the element with the focus. */
  type(text: string): Promise<void>;
  press(key: Key): Promise<void>;
  close(): Promise<void>;
}

/** A page in any engine. */
export class EnginePage {
  readonly #driver: PageDriver;

  constructor(driver: PageDriver) {
    this.#driver = driver;
  }

  goto(url: string): Promise<void> {
    return this.#driver.goto(url);
  }

  resize(width: number, height: number): Promise<void> {
    return this.#driver.resize(width, height);
  }

  /** Calls a function in the page, which sees nothing of the test. */
  evaluate<Result>(call: () => Result): Promise<Awaited<Result>> {
    return this.#driver.evaluate(`(${call.toString()})()`) as Promise<Awaited<Result>>;
  }

  press(key: Key): Promise<void> {
    return this.#driver.press(key);
  }

  type(text: string): Promise<void> {
    return this.#driver.type(text);
  }

  /** Finds elements by Playwright's selectors, which reach into open shadow roots. */
  locator(selector: string): EngineLocator {
    return new EngineLocator(this.#driver, selector);
  }

  byRole(...role: Parameters<typeof getByRoleSelector>): EngineLocator {
    return this.locator(getByRoleSelector(...role));
  }

  close(): Promise<void> {
    return this.#driver.close();
  }
}

/** Visible elements, found anew at each use. Actions wait for one, and take the first. */
export class EngineLocator {
  readonly #driver: PageDriver;
  readonly #selector: string;

  constructor(driver: PageDriver, selector: string) {
    this.#driver = driver;
    this.#selector = selector;
  }

  locator(selector: string): EngineLocator {
    return new EngineLocator(this.#driver, `${this.#selector} >> ${selector}`);
  }

  byRole(...role: Parameters<typeof getByRoleSelector>): EngineLocator {
    return this.locator(getByRoleSelector(...role));
  }

  /** Keeps the elements that contain a text, in any case. */
  withText(text: string): EngineLocator {
    return this.locator(`internal:has-text=${JSON.stringify(text)}i`);
  }

  /** Calls a function in the page with all elements. */
  evaluateAll<Result>(read: (elements: Element[]) => Result): Promise<Awaited<Result>> {
    return this.#evaluate(`(${read.toString()})(${this.#elements})`) as Promise<Awaited<Result>>;
  }

  /** Calls a function in the page with the first element. */
  async evaluate<Result>(read: (element: Element) => Result): Promise<Awaited<Result>> {
    await this.waitFor();
    return this.#evaluate(`(${read.toString()})(${this.#elements}[0])`) as Promise<Awaited<Result>>;
  }

  count(): Promise<number> {
    return this.evaluateAll((elements) => elements.length);
  }

  waitFor(): Promise<void> {
    return waitFor(() => this.#requireOne());
  }

  waitUntilGone(): Promise<void> {
    return waitFor(async () => {
      if ((await this.count()) > 0) throw new Error(`Still visible: ${this.#selector}`);
    });
  }

  /** Tries again where the element is rendered anew or moves meanwhile, as while other widgets load. */
  click(): Promise<void> {
    return waitFor(async () => {
      await this.#requireOne();
      await this.#driver.click(`${this.#elements}[0]`);
    });
  }

  /** Clicks a field, and types into it. */
  async type(text: string): Promise<void> {
    await this.click();
    await this.#driver.type(text);
  }

  async #requireOne(): Promise<void> {
    if ((await this.count()) === 0) throw new Error(`Nothing visible is found by ${this.#selector}`);
  }

  /** Evaluates an expression with selectors. */
  async #evaluate(expression: string): Promise<unknown> {
    const guarded = `globalThis.selectorEngine ? { value: ${expression} } : null`;
    const answer = await this.#driver.evaluate(guarded);
    if (answer) return (answer as { value: unknown }).value;
    await this.#driver.evaluate(await selectorEngineScript());
    return this.#evaluate(expression);
  }

  /** An expression whose value is the visible elements. */
  get #elements(): string {
    return `selectorEngine.queryLocatorSelectorAll(${JSON.stringify(this.#selector)}).filter((element) => element.checkVisibility({ visibilityProperty: true }))`;
  }
}
