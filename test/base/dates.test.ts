import { html, LitElement } from 'lit';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { relativeTime } from '../../src/base/dates.js';
import { LocaleController } from '../../src/base/locale-controller.js';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

class ClockElement extends LitElement {
  readonly locale = new LocaleController(this);
  at = new Date();
  renders = 0;

  override render(): unknown {
    this.renders++;
    return this.locale.words ? html`${relativeTime(this.locale, this.at)}` : '';
  }

  get shown(): string {
    return this.renderRoot.textContent.trim();
  }
}
customElements.define('test-clock', ClockElement);

async function putClock(ageMs = 0): Promise<ClockElement> {
  const clock = document.createElement('test-clock') as ClockElement;
  clock.lang = 'vi';
  clock.at = new Date(Date.now() - ageMs);
  document.body.append(clock);
  await clock.locale.ready;
  await clock.updateComplete;
  return clock;
}

async function pass(ms: number, ...clocks: ClockElement[]): Promise<void> {
  vi.advanceTimersByTime(ms);
  for (const clock of clocks) await clock.updateComplete;
}

function setHidden(hidden: boolean): void {
  vi.spyOn(document, 'hidden', 'get').mockReturnValue(hidden);
  document.dispatchEvent(new Event('visibilitychange'));
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
});

afterEach(async () => {
  document.body.replaceChildren();
  setHidden(false);
  vi.restoreAllMocks();
  await vi.runOnlyPendingTimersAsync();
  vi.useRealTimers();
});

describe('a relative time', () => {
  test('goes on', async () => {
    const clock = await putClock();
    expect(clock.shown).toBe('vừa xong');
    const seen: string[] = [];
    for (const ms of [minuteMs, minuteMs, 3 * minuteMs, 55 * minuteMs, hourMs, 22 * hourMs, 24 * hourMs]) {
      await pass(ms, clock);
      seen.push(clock.shown);
    }
    expect(seen).toEqual([
      '1 phút trước',
      '2 phút trước',
      '5 phút trước',
      '1 giờ trước',
      '2 giờ trước',
      'hôm qua',
      '2 ngày trước',
    ]);
  });

  test('of a date in the future goes on once the date has passed', async () => {
    const clock = await putClock(-5 * minuteMs);
    await pass(5 * minuteMs + 30_000, clock);
    expect(clock.shown).toBe('vừa xong');
    await pass(minuteMs, clock);
    expect(clock.shown).toBe('1 phút trước');
  });

  test('is rendered as seldom as it changes', async () => {
    const clock = await putClock(3 * hourMs);
    const before = clock.renders;
    await pass(hourMs - minuteMs, clock);
    expect(clock.renders).toBe(before);
    await pass(minuteMs, clock);
    expect([clock.renders, clock.shown]).toEqual([before + 1, '4 giờ trước']);
  });

  test('shares one timer, and renders at most once a minute', async () => {
    const clocks = [];
    for (const seconds of [0, 7, 19, 41, 59, 200, 9_000]) clocks.push(await putClock(seconds * 1000));
    expect(vi.getTimerCount()).toBe(1);
    const before = clocks.map(({ renders }) => renders);
    for (let seconds = 0; seconds < 600; seconds += 10) await pass(10_000, ...clocks);
    clocks.forEach(({ renders }, index) => expect(renders - before[index]!).toBeLessThanOrEqual(10));
    expect(vi.getTimerCount()).toBe(1);
    expect(clocks.map(({ shown }) => shown).slice(0, 2)).toEqual(['10 phút trước', '10 phút trước']);
  });

  test('rests while the page is hidden, and is right when it is shown again', async () => {
    const clock = await putClock();
    setHidden(true);
    await pass(minuteMs, clock);
    const before = clock.renders;
    expect(vi.getTimerCount()).toBe(0);
    const other = await putClock();
    await pass(3 * hourMs, clock, other);
    expect([vi.getTimerCount(), clock.renders, clock.shown]).toEqual([0, before, 'vừa xong']);
    setHidden(false);
    await pass(0, clock, other);
    expect([clock.shown, other.shown]).toEqual(['3 giờ trước', '3 giờ trước']);
    await pass(hourMs, clock);
    expect(clock.shown).toBe('4 giờ trước');
  });

  test('of an element that has left the page keeps no timer, and goes on when it returns', async () => {
    const clock = await putClock();
    clock.remove();
    await pass(minuteMs, clock);
    expect([vi.getTimerCount(), clock.shown]).toEqual([0, 'vừa xong']);
    await pass(hourMs, clock);
    document.body.append(clock);
    await clock.updateComplete;
    expect(clock.shown).toBe('1 giờ trước');
  });
});
