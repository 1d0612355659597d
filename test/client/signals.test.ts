import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Signals, signalsOf } from '../../src/client/signals.js';
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
  // Its own for every test: what an earlier one gathered goes where it belongs.
  const heard: object[] = (sent = []);
  site = { root: `https://api.example/${++pages}/` } as Site;
  beacons.set(`${site.root}signals`, heard);
  vi.stubGlobal('navigator', { sendBeacon });
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

describe('signals', () => {
  it('go together when the page is left, and once', () => {
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

  it('never grow beyond what the API takes', () => {
    const signals = new Signals(site);
    for (let position = 0; position < 90; position++) signals.add({ type: 'view', story, position });
    expect(sent).toHaveLength(2);
  });

  it('are not sent for readers who ask not to be followed', () => {
    const signals = new Signals(site);
    vi.stubGlobal('navigator', { globalPrivacyControl: true, sendBeacon });
    signals.add({ type: 'view', story });
    vi.stubGlobal('navigator', { doNotTrack: '1', sendBeacon });
    signals.add({ type: 'view', story });
    vi.stubGlobal('navigator', { sendBeacon });
    turn(true);
    expect(sent).toEqual([]);
  });

  it('are gathered once for a site', () => {
    expect(signalsOf(site)).toBe(signalsOf(site));
  });
});

describe('a read', () => {
  it('counts once, after ten seconds in sight', () => {
    const signals = new Signals(site);
    signals.countRead(story);
    signals.countRead(story);
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
});
