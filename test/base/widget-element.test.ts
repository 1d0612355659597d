import { html } from 'lit';
import { property } from 'lit/decorators.js';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { WidgetElement } from '../../src/base/widget-element.js';
import { en } from '../../src/locales/en.js';
import { addLocale, type Catalogue, loadCatalogue } from '../../src/locales/registry.js';
import { waitFor } from '../setup/wait-for.js';

/** A minimal widget. Tests settle its loads. */
class PlainElement extends WidgetElement {
  static override readonly tag: string = 'test-plain';
  static override readonly loadProperties = [...WidgetElement.loadProperties, 'poll'];
  @property({ reflect: true, useDefault: true }) poll = 'reactions';
  @property({ type: Number, useDefault: true }) limit = 8;
  readonly loads: { signal: AbortSignal; again: boolean; answer: PromiseWithResolvers }[] = [];

  protected override load(signal: AbortSignal, again: boolean): Promise<boolean> {
    let resolve!: (full: boolean) => void;
    let reject!: (error: unknown) => void;
    const promise = new Promise<boolean>((yes, no) => ((resolve = yes), (reject = no)));
    this.loads.push({ signal, again, answer: { resolve, reject } });
    return promise;
  }

  protected override renderReady(): unknown {
    if (this.poll === 'throws') throw new Error('cannot be rendered');
    return html`<p>ready</p>`;
  }

  protected override renderLoading(): unknown {
    return html`<p>loading</p>`;
  }

  protected override renderEmpty(): unknown {
    return html`<p>empty</p>`;
  }
}

interface PromiseWithResolvers {
  resolve(full: boolean): void;
  reject(error: unknown): void;
}

PlainElement.define();

const esperanto: Catalogue = { ...en, common: { ...en.common, offline: 'Ne eblis ŝargi.', retry: 'Reprovi' } };

const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);

// Loading the catalogue first takes longer than the delay of the skeleton.
beforeAll(() => loadCatalogue('vi'));
beforeEach(() => {
  document.documentElement.lang = 'vi';
  warn.mockClear();
});
afterEach(() => {
  document.body.replaceChildren();
  vi.useRealTimers();
});

async function plain(): Promise<PlainElement> {
  const element = document.createElement('test-plain') as PlainElement;
  document.body.append(element);
  await element.updateComplete;
  await element['locale'].ready;
  return element;
}

async function settle(element: PlainElement): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 10));
  await element.updateComplete;
}

const base = (element: PlainElement) => element.renderRoot.querySelector('.base')!;
const shownText = (element: PlainElement) => base(element).textContent.trim().replace(/\s+/g, ' ');

describe('status', () => {
  test('shows the fallback content, then the skeleton, with aria-busy while loading', async () => {
    const element = await plain();
    expect(base(element).firstElementChild?.localName).toBe('slot');
    expect(base(element).getAttribute('aria-busy')).toBe('true');
    await waitFor(() => expect(shownText(element)).toBe('loading'));
    expect(base(element).querySelector('slot')).toBeNull();
    expect(base(element).getAttribute('aria-busy')).toBe('true');
  });

  test('shows no skeleton where the answer arrives within the delay', async () => {
    vi.useFakeTimers();
    const element = await plain();
    await vi.advanceTimersByTimeAsync(90);
    element.loads[0]!.answer.resolve(true);
    await vi.advanceTimersByTimeAsync(0);
    expect(shownText(element)).toBe('ready');
    await vi.advanceTimersByTimeAsync(100);
    expect(shownText(element)).toBe('ready');
    element.poll = 'mood';
    await vi.advanceTimersByTimeAsync(50);
    expect(shownText(element)).toBe('');
    await vi.advanceTimersByTimeAsync(50);
    expect(shownText(element)).toBe('loading');
  });

  test.each([
    [true, 'ready'],
    [false, 'empty'],
  ])('load() resolving with %s results in %s', async (full, expected) => {
    const element = await plain();
    element.loads[0]!.answer.resolve(full);
    await settle(element);
    expect(shownText(element)).toBe(expected);
    expect(base(element).getAttribute('aria-busy')).toBe('false');
  });

  test.each([
    [false, 'Phần này đang gặp trục trặc. Thử lại'],
    [true, 'Chưa tải được phần này. Thử lại'],
  ])(
    'shows a notice, a retry button and the fallback content after a failure (unreachable: %s)',
    async (unreachable, expected) => {
      const element = await plain();
      element.loads[0]!.answer.reject(Object.assign(new Error('no'), { code: `code-${unreachable}`, unreachable }));
      await settle(element);
      expect(shownText(element)).toBe(expected);
      expect(element.renderRoot.querySelector('slot:not([name])')).not.toBeNull();
      expect(warn.mock.calls).toEqual([[`[test-plain] code-${unreachable}: no`]]);
    },
  );

  test('shows an English notice where the catalogue cannot be loaded, and reloads it by the retry button', async () => {
    let online = false;
    addLocale('eo', () => (online ? Promise.resolve(esperanto) : Promise.reject(new TypeError('no chunk'))));
    document.documentElement.lang = 'eo';
    const element = document.createElement('test-plain') as PlainElement;
    document.body.append(element);
    await element.updateComplete;
    element.loads[0]!.answer.resolve(true);
    await settle(element);
    expect(shownText(element)).toBe('This part could not be loaded. Try again');
    expect(element.renderRoot.querySelector('[part=notice]')!.getAttribute('lang')).toBe('en');
    expect(element.renderRoot.querySelector('slot:not([name])')).not.toBeNull();
    online = true;
    element.renderRoot.querySelector('button')!.click();
    element.loads[1]!.answer.reject(new TypeError('no'));
    await settle(element);
    expect(shownText(element)).toBe('Ne eblis ŝargi. Reprovi');
    expect(element.renderRoot.querySelector('[part=notice]')!.hasAttribute('lang')).toBe(false);
  });

  test('loads again by the retry button', async () => {
    const element = await plain();
    element.loads[0]!.answer.reject(new TypeError('no'));
    await settle(element);
    element.renderRoot.querySelector('button')!.click();
    element.loads[1]!.answer.resolve(true);
    await settle(element);
    expect(element.loads[1]!.again).toBe(true);
    expect(shownText(element)).toBe('ready');
  });

  test('loads again on the online event', async () => {
    const element = await plain();
    element.loads[0]!.answer.reject(new TypeError('no'));
    await settle(element);
    dispatchEvent(new Event('online'));
    expect(element.loads).toHaveLength(2);
    dispatchEvent(new Event('online'));
    expect(element.loads).toHaveLength(2);
  });

  test('shows the fallback content where rendering throws', async () => {
    const element = await plain();
    element.loads[0]!.answer.resolve(true);
    element.poll = 'throws';
    await settle(element);
    element.loads[1]!.answer.resolve(true);
    await settle(element);
    expect(element.renderRoot.querySelector('.base > slot:only-child')).not.toBeNull();
  });
});

describe('loading', () => {
  test('happens once for attributes and properties set before connection', async () => {
    const element = document.createElement('test-plain') as PlainElement;
    element.site = 'demo';
    element.setAttribute('story', 's');
    document.body.append(element);
    await element.updateComplete;
    expect(element.loads).toHaveLength(1);
  });

  test('restarts when a load property changes, and aborts the earlier load', async () => {
    const element = await plain();
    element.poll = 'mood';
    await element.updateComplete;
    expect(element.loads.map(({ signal }) => signal.aborted)).toEqual([true, false]);
    element.loads[0]!.answer.resolve(false);
    await settle(element);
    expect(base(element).getAttribute('aria-busy')).toBe('true');
    await waitFor(() => expect(shownText(element)).toBe('loading'));
  });

  test('restarts when the language changes', async () => {
    const element = await plain();
    document.documentElement.lang = 'en';
    await settle(element);
    expect(element.loads).toHaveLength(2);
  });

  test('continues when the element is moved', async () => {
    const element = await plain();
    const place = document.createElement('section');
    document.body.append(place);
    place.append(element);
    await settle(element);
    expect(element.loads).toHaveLength(1);
    expect(element.loads[0]!.signal.aborted).toBe(false);
  });

  test('is aborted on disconnection, and restarts on reconnection', async () => {
    const element = await plain();
    element.remove();
    await settle(element);
    expect(element.loads[0]!.signal.aborted).toBe(true);
    document.body.append(element);
    await settle(element);
    expect(element.loads).toHaveLength(2);
  });

  test('keeps the rendered content during refresh(), also where that fails', async () => {
    const element = await plain();
    element.loads[0]!.answer.resolve(true);
    await settle(element);
    const refreshed = element.refresh();
    await settle(element);
    expect(shownText(element)).toBe('ready');
    element.loads[1]!.answer.reject(new TypeError('no'));
    await refreshed;
    await settle(element);
    expect(shownText(element)).toBe('ready');
  });
});

describe('define()', () => {
  test('keeps the version that is already defined, with one warning', () => {
    class OtherElement extends PlainElement {
      static override readonly version = '9.9.9';
    }
    OtherElement.define('test-plain');
    OtherElement.define('test-plain');
    expect(customElements.get('test-plain')).toBe(PlainElement);
    expect(warn.mock.calls).toEqual([['[test-plain] 9.9.9 is not used: the page has 0.1.0.']]);
  });

  test('ignores a second definition of the same class', () => {
    expect(() => PlainElement.define()).not.toThrow();
    expect(warn).not.toHaveBeenCalled();
  });

  test('accepts another tag name', async () => {
    class RenamedElement extends PlainElement {}
    RenamedElement.define('test-renamed');
    const element = document.createElement('test-renamed');
    expect(element).toBeInstanceOf(RenamedElement);
  });

  test('accepts a custom registry', () => {
    const registry = { get: vi.fn(), define: vi.fn() };
    PlainElement.define('test-elsewhere', registry as never);
    expect(registry.define).toHaveBeenCalledWith('test-elsewhere', PlainElement);
  });
});

test('the live region is empty at first, and then holds the last announcement', async () => {
  const element = await plain();
  const region = element.renderRoot.querySelector('[role=status]')!;
  expect(region.textContent).toBe('');
  element['announce']('one');
  element['announce']('two');
  await waitFor(() => expect(region.textContent).toBe('two'));
});
