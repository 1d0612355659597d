import { html } from 'lit/html.js';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { property } from '../../src/base/property.js';
import { WidgetElement } from '../../src/base/widget-element.js';

/** A widget with nothing to it but what it stands on; the test answers for it. */
class PlainElement extends WidgetElement {
  static override readonly tag: string = 'test-plain';
  static override readonly sources = [...WidgetElement.sources, 'poll'];
  @property() poll = 'reactions';
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

const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);

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
const said = (element: PlainElement) => base(element).textContent.trim().replace(/\s+/g, ' ');

describe('what it shows', () => {
  test('is what the page put inside while it loads, then its own shape, and says so', async () => {
    const element = await plain();
    expect(base(element).firstElementChild?.localName).toBe('slot');
    expect(base(element).getAttribute('aria-busy')).toBe('true');
    await vi.waitFor(() => expect(said(element)).toBe('loading'));
    expect(base(element).querySelector('slot')).toBeNull();
    expect(base(element).getAttribute('aria-busy')).toBe('true');
  });

  test('is never its own shape where the answer comes soon', async () => {
    vi.useFakeTimers();
    const element = await plain();
    await vi.advanceTimersByTimeAsync(90);
    element.loads[0]!.answer.resolve(true);
    await vi.advanceTimersByTimeAsync(0);
    expect(said(element)).toBe('ready');
    await vi.advanceTimersByTimeAsync(100);
    expect(said(element)).toBe('ready');
    element.poll = 'mood';
    await vi.advanceTimersByTimeAsync(50);
    expect(said(element)).toBe('');
    await vi.advanceTimersByTimeAsync(50);
    expect(said(element)).toBe('loading');
  });

  test.each([
    [true, 'ready'],
    [false, 'empty'],
  ])('with an answer of %s is %s', async (full, expected) => {
    const element = await plain();
    element.loads[0]!.answer.resolve(full);
    await settle(element);
    expect(said(element)).toBe(expected);
    expect(base(element).getAttribute('aria-busy')).toBe('false');
  });

  test.each([
    [false, 'Phần này đang gặp trục trặc. Thử lại'],
    [true, 'Chưa tải được phần này. Thử lại'],
  ])(
    'after a failure (unreachable: %s) is one sentence, one button and what the page put inside',
    async (unreachable, expected) => {
      const element = await plain();
      element.loads[0]!.answer.reject(Object.assign(new Error('no'), { code: `code-${unreachable}`, unreachable }));
      await settle(element);
      expect(said(element)).toBe(expected);
      expect(element.renderRoot.querySelector('slot:not([name])')).not.toBeNull();
      expect(warn.mock.calls).toEqual([[`[test-plain] code-${unreachable}: no`]]);
    },
  );

  test('comes back by the button', async () => {
    const element = await plain();
    element.loads[0]!.answer.reject(new TypeError('no'));
    await settle(element);
    element.renderRoot.querySelector('button')!.click();
    element.loads[1]!.answer.resolve(true);
    await settle(element);
    expect(element.loads[1]!.again).toBe(true);
    expect(said(element)).toBe('ready');
  });

  test('comes back by itself when the network does', async () => {
    const element = await plain();
    element.loads[0]!.answer.reject(new TypeError('no'));
    await settle(element);
    dispatchEvent(new Event('online'));
    expect(element.loads).toHaveLength(2);
    dispatchEvent(new Event('online'));
    expect(element.loads).toHaveLength(2);
  });

  test('is what the page put inside where it cannot be rendered', async () => {
    const element = await plain();
    element.loads[0]!.answer.resolve(true);
    element.poll = 'throws';
    await settle(element);
    element.loads[1]!.answer.resolve(true);
    await settle(element);
    expect(element.renderRoot.firstElementChild?.localName).toBe('slot');
  });
});

describe('it loads', () => {
  test('once for what is set before it enters the page', async () => {
    const element = document.createElement('test-plain') as PlainElement;
    element.site = 'demo';
    element.setAttribute('story', 's');
    document.body.append(element);
    await element.updateComplete;
    expect(element.loads).toHaveLength(1);
  });

  test('anew when a source changes, and the old answer no longer counts', async () => {
    const element = await plain();
    element.poll = 'mood';
    await element.updateComplete;
    expect(element.loads.map(({ signal }) => signal.aborted)).toEqual([true, false]);
    element.loads[0]!.answer.resolve(false);
    await settle(element);
    expect(base(element).getAttribute('aria-busy')).toBe('true');
    await vi.waitFor(() => expect(said(element)).toBe('loading'));
  });

  test('anew when the language changes', async () => {
    const element = await plain();
    document.documentElement.lang = 'en';
    await settle(element);
    expect(element.loads).toHaveLength(2);
  });

  test('not when it is only moved', async () => {
    const element = await plain();
    const place = document.createElement('section');
    document.body.append(place);
    place.append(element);
    await settle(element);
    expect(element.loads).toHaveLength(1);
    expect(element.loads[0]!.signal.aborted).toBe(false);
  });

  test('not any more when it has left, and anew when it comes back', async () => {
    const element = await plain();
    element.remove();
    await settle(element);
    expect(element.loads[0]!.signal.aborted).toBe(true);
    document.body.append(element);
    await settle(element);
    expect(element.loads).toHaveLength(2);
  });

  test('behind what it shows when it is refreshed, which stays where that fails', async () => {
    const element = await plain();
    element.loads[0]!.answer.resolve(true);
    await settle(element);
    const refreshed = element.refresh();
    await settle(element);
    expect(said(element)).toBe('ready');
    element.loads[1]!.answer.reject(new TypeError('no'));
    await refreshed;
    await settle(element);
    expect(said(element)).toBe('ready');
  });
});

describe('a tag', () => {
  test('that is taken by another version stays with it, with one warning', () => {
    class OtherElement extends PlainElement {
      static override readonly version = '9.9.9';
    }
    OtherElement.define('test-plain');
    OtherElement.define('test-plain');
    expect(customElements.get('test-plain')).toBe(PlainElement);
    expect(warn.mock.calls).toEqual([['[test-plain] 9.9.9 is not used: the page has 0.1.0.']]);
  });

  test('that is defined twice is defined once', () => {
    expect(() => PlainElement.define()).not.toThrow();
    expect(warn).not.toHaveBeenCalled();
  });

  test('can be another one', async () => {
    class RenamedElement extends PlainElement {}
    RenamedElement.define('test-renamed');
    const element = document.createElement('test-renamed');
    expect(element).toBeInstanceOf(RenamedElement);
  });

  test('is registered where one is told to', () => {
    const registry = { get: vi.fn(), define: vi.fn() };
    PlainElement.define('test-elsewhere', registry as never);
    expect(registry.define).toHaveBeenCalledWith('test-elsewhere', PlainElement);
  });
});

test('the live region stands empty beside what is rendered, and says the last of what it is given', async () => {
  const element = await plain();
  const region = element.renderRoot.querySelector('[role=status]')!;
  expect(region.textContent).toBe('');
  element['announce']('one');
  element['announce']('two');
  await vi.waitFor(() => expect(region.textContent).toBe('two'));
});
