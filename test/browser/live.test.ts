import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { live } from '../../src/client/live.js';
import { Place } from '../../src/client/place.js';
import { Site } from '../../src/client/site.js';
import type { LiveEvent } from '../../src/contract/types.js';
import { FakeRoutes } from './fake-routes.js';
import { FakeSource } from './fake-source.js';

const thread = { state: 'open', closesAt: null, question: null, rules: {} } as unknown as Extract<
  LiveEvent,
  { type: 'thread' }
>['thread'];
const standsAt = (story: string, version: number): LiveEvent => ({ type: 'thread', story, thread, version });

describe('live', () => {
  let api: FakeRoutes;
  let sites = 0;
  let ends: AbortController[] = [];

  beforeEach(() => {
    api = new FakeRoutes().install().on(/^GET comments/, () => ({ comments: [], thread, version: 9, total: 0 }));
    FakeSource.install();
    sites++;
  });
  afterEach(() => {
    for (const end of ends) end.abort();
    ends = [];
    api.restore();
    vi.useRealTimers();
    FakeSource.restore();
  });

  /** A page's site; two of them with the same root are two tabs. */
  const tab = () => new Site(`${location.origin}/v1/sites/live-${sites}/`);
  function listen(site: Site, story: string) {
    const heard: LiveEvent[] = [];
    const end = new AbortController();
    ends.push(end);
    live(new Place(site, story), (event) => heard.push(event), end.signal);
    return { heard, end: () => end.abort() };
  }
  const opened = (count = 1) => vi.waitFor(() => expect(FakeSource.open).toHaveLength(count));

  it('opens one connection for all stories of a page, and hears each where it belongs', async () => {
    const site = tab();
    const [a, b] = [listen(site, 'a'), listen(site, 'b')];
    await opened();
    const [source] = FakeSource.open;
    expect(source!.stories.sort()).toEqual(['a', 'b']);
    source!.send(standsAt('a', 3));
    expect(a.heard).toEqual([standsAt('a', 3)]);
    expect(b.heard).toEqual([]);
  });

  it('is one connection for two tabs; when the first goes, the other takes over', async () => {
    const [first, second] = [tab(), tab()];
    const a = listen(first, 'a');
    await opened();
    const b = listen(second, 'b');
    await vi.waitFor(() => expect(FakeSource.open[0]?.stories.sort()).toEqual(['a', 'b']));
    expect(FakeSource.open).toHaveLength(1);
    FakeSource.open[0]!.send(standsAt('b', 4));
    await vi.waitFor(() => expect(b.heard).toContainEqual(standsAt('b', 4)));
    expect(a.heard).toEqual([]);
    a.end();
    await vi.waitFor(() => expect(FakeSource.open.map(({ stories }) => stories)).toEqual([['b']]));
  });

  it('closes with the last listener', async () => {
    const a = listen(tab(), 'a');
    await opened();
    a.end();
    await opened(0);
  });

  it('closes when the page is left, and opens again when it is shown again', async () => {
    listen(tab(), 'a');
    await opened();
    window.dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }));
    expect(FakeSource.open).toHaveLength(0);
    window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }));
    await opened();
  });

  it('tells a second widget on a story where it stands', async () => {
    const site = tab();
    listen(site, 'a');
    await opened();
    const late = listen(site, 'a');
    await vi.waitFor(() => expect(late.heard).toEqual([standsAt('a', 9)]));
    expect(FakeSource.all).toHaveLength(1);
  });

  it('asks now and then where events are refused, and then tries again', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const { heard } = listen(tab(), 'a');
    await vi.waitFor(async () => {
      await vi.advanceTimersByTimeAsync(200);
      expect(FakeSource.open).toHaveLength(1);
    });
    FakeSource.open[0]!.fail(true);
    await vi.advanceTimersByTimeAsync(45_000);
    await vi.waitFor(() => expect(heard).toEqual([standsAt('a', 9)]));
    await vi.waitFor(async () => {
      await vi.advanceTimersByTimeAsync(300);
      expect(FakeSource.open).toHaveLength(1);
    });
  });

  it('does not wait for a stream that a proxy holds up', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const { heard } = listen(tab(), 'a');
    await vi.waitFor(async () => {
      await vi.advanceTimersByTimeAsync(200);
      expect(FakeSource.open).toHaveLength(1);
    });
    FakeSource.open[0]!.onopen!();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(FakeSource.open).toHaveLength(0);
    await vi.advanceTimersByTimeAsync(45_000);
    await vi.waitFor(() => expect(heard).toHaveLength(1));
  });

  it('listens for itself where tabs cannot talk', async () => {
    const RealChannel = globalThis.BroadcastChannel;
    vi.stubGlobal(
      'BroadcastChannel',
      class {
        constructor() {
          throw new DOMException('Refused', 'SecurityError');
        }
      },
    );
    const { heard } = listen(tab(), 'a');
    vi.stubGlobal('BroadcastChannel', RealChannel);
    await opened();
    FakeSource.open[0]!.send(standsAt('a', 1));
    expect(heard).toHaveLength(1);
  });
});
