import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Signals, signalsOf } from '../../src/client/signals.js';
import * as limits from '../../src/contract/limits.js';
import type { Site } from '../../src/client/site.js';

const story = 'https://news.example/a';
let hidden = false;
let sent: object[];
let site: Site;
let pages = 0;
const beacons = new Map<string, object[]>();

function sendBeacon(address: string, body: string): void {
  beacons.get(address)!.push({ path: 'signals', ...(JSON.parse(body) as object) });
}

function turn(away: boolean): void {
  hidden = away;
  document.dispatchEvent(new Event('visibilitychange'));
}

beforeEach(() => {
  vi.useFakeTimers();
  hidden = false;
  vi.spyOn(document, 'hidden', 'get').mockImplementation(() => hidden);
  // Each test has its own URL, because instances of earlier tests flush, too.
  const received: object[] = (sent = []);
  site = { root: `https://api.example/${++pages}/` } as Site;
  beacons.set(`${site.root}signals`, received);
  vi.stubGlobal('navigator', { sendBeacon });
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

describe('Signals', () => {
  it('sends all signals in one beacon when the page is hidden', () => {
    const signals = new Signals(site);
    signals.add({ type: 'view', story, rail: 'latest', position: 0 });
    signals.add({ type: 'click', story, rail: 'latest', position: 0 });
    expect(sent).toEqual([]);
    turn(true);
    dispatchEvent(new Event('pagehide'));
    expect(sent).toEqual([
      {
        path: 'signals',
        signals: [
          { type: 'view', story, rail: 'latest', position: 0 },
          { type: 'click', story, rail: 'latest', position: 0 },
        ],
      },
    ]);
  });

  it('sends a beacon when it reaches the limit of the API', () => {
    const signals = new Signals(site);
    for (let position = 0; position < 2 * limits.signals + 1; position++)
      signals.add({ type: 'view', story, position });
    expect(sent).toHaveLength(2);
  });

  it('sends nothing under Global Privacy Control or Do Not Track', () => {
    const signals = new Signals(site);
    vi.stubGlobal('navigator', { globalPrivacyControl: true, sendBeacon });
    signals.add({ type: 'view', story });
    vi.stubGlobal('navigator', { doNotTrack: '1', sendBeacon });
    signals.add({ type: 'view', story });
    vi.stubGlobal('navigator', { sendBeacon });
    turn(true);
    expect(sent).toEqual([]);
  });

  it('has one instance per site', () => {
    expect(signalsOf(site)).toBe(signalsOf(site));
  });
});

describe('countRead', () => {
  it('counts a story once, after ten consecutive seconds visible', () => {
    const signals = new Signals(site);
    const { signal } = new AbortController();
    signals.countRead(story, signal);
    signals.countRead(story, signal);
    vi.advanceTimersByTime(9000);
    turn(true);
    vi.advanceTimersByTime(60_000);
    turn(false);
    vi.advanceTimersByTime(9000);
    turn(true);
    expect(sent).toEqual([]);
    turn(false);
    vi.advanceTimersByTime(10_000);
    turn(true);
    turn(false);
    vi.advanceTimersByTime(60_000);
    turn(true);
    expect(sent).toEqual([{ path: 'signals', signals: [{ type: 'read', story }] }]);
  });

  it('counts no story that the page has left before, and counts it from the start when it is back', () => {
    const signals = new Signals(site);
    const left = new AbortController();
    signals.countRead(story, left.signal);
    vi.advanceTimersByTime(9000);
    left.abort();
    vi.advanceTimersByTime(60_000);
    signals.countRead(story, new AbortController().signal);
    vi.advanceTimersByTime(9000);
    turn(true);
    expect(sent).toEqual([]);
    turn(false);
    vi.advanceTimersByTime(10_000);
    turn(true);
    expect(sent).toEqual([{ path: 'signals', signals: [{ type: 'read', story }] }]);
  });
});
