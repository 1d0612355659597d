import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { subscribeLive } from '../../src/client/live.js';
import { StoryClient } from '../../src/client/story-client.js';
import { Site } from '../../src/client/site.js';
import type { LiveEvent } from '../../src/contract/types.js';
import { createThread, InMemoryApi } from '../../src/testing/index.js';
import { waitFor } from '../setup/wait-for.js';

const thread = createThread();
const threadEvent = (story: string, version: number): LiveEvent => ({ type: 'thread', story, thread, version });

describe('subscribeLive', () => {
  let api: InMemoryApi;
  let siteCount = 0;
  let subscriptions: AbortController[] = [];

  beforeEach(() => {
    api = new InMemoryApi().install();
    api.thread.version = 9;
    siteCount++;
  });
  afterEach(async () => {
    for (const subscription of subscriptions) subscription.abort();
    subscriptions = [];
    vi.useRealTimers();
    await api.restore();
  });

  /** Two sites with the same root act as two tabs. */
  const openTab = () => new Site(`${location.origin}/v1/sites/live-${siteCount}/`);
  function subscribe(site: Site, story: string) {
    const events: LiveEvent[] = [];
    const subscription = new AbortController();
    subscriptions.push(subscription);
    subscribeLive(new StoryClient(site, story), (event) => events.push(event), subscription.signal);
    return { events, end: () => subscription.abort() };
  }
  const streamCount = (count: number) => waitFor(() => expect(api.openStreams).toHaveLength(count));

  it('opens one stream for all stories of a page and delivers each event to its story', async () => {
    const site = openTab();
    const [a, b] = [subscribe(site, 'a'), subscribe(site, 'b')];
    await streamCount(1);
    const [source] = api.openStreams;
    expect(source!.stories.sort()).toEqual(['a', 'b']);
    source!.send(threadEvent('a', 3));
    expect(a.events).toEqual([threadEvent('a', 3)]);
    expect(b.events).toEqual([]);
  });

  it('shares one stream between two tabs; the second opens its own when the first has closed', async () => {
    const [first, second] = [openTab(), openTab()];
    const a = subscribe(first, 'a');
    await streamCount(1);
    const b = subscribe(second, 'b');
    await waitFor(() => expect(api.openStreams[0]?.stories.sort()).toEqual(['a', 'b']));
    expect(api.openStreams).toHaveLength(1);
    api.openStreams[0]!.send(threadEvent('b', 4));
    await waitFor(() => expect(b.events).toContainEqual(threadEvent('b', 4)));
    expect(a.events).toEqual([]);
    a.end();
    await waitFor(() => expect(api.openStreams.map(({ stories }) => stories)).toEqual([['b']]));
  });

  it('closes the stream with the last subscription', async () => {
    const a = subscribe(openTab(), 'a');
    await streamCount(1);
    a.end();
    await streamCount(0);
  });

  it('closes the stream on pagehide and opens it again on pageshow', async () => {
    subscribe(openTab(), 'a');
    await streamCount(1);
    window.dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }));
    expect(api.openStreams).toHaveLength(0);
    window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }));
    await streamCount(1);
  });

  it('polls with backoff where the stream is refused, then connects again', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const { events } = subscribe(openTab(), 'a');
    await waitFor(async () => {
      await vi.advanceTimersByTimeAsync(200);
      expect(api.openStreams).toHaveLength(1);
    });
    api.openStreams[0]!.fail({ refused: true });
    await vi.advanceTimersByTimeAsync(45_000);
    await waitFor(() => expect(events).toEqual([threadEvent('a', 9)]));
    await waitFor(async () => {
      await vi.advanceTimersByTimeAsync(300);
      expect(api.openStreams).toHaveLength(1);
    });
  });

  it('polls where a proxy buffers the stream', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const { events } = subscribe(openTab(), 'a');
    await waitFor(async () => {
      await vi.advanceTimersByTimeAsync(200);
      expect(api.openStreams).toHaveLength(1);
    });
    api.openStreams[0]!.open();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(api.openStreams).toHaveLength(0);
    await vi.advanceTimersByTimeAsync(45_000);
    await waitFor(() => expect(events).toHaveLength(1));
  });

  it('opens a stream of its own where BroadcastChannel is refused', async () => {
    const RealChannel = globalThis.BroadcastChannel;
    vi.stubGlobal(
      'BroadcastChannel',
      class {
        constructor() {
          throw new DOMException('Refused', 'SecurityError');
        }
      },
    );
    const { events } = subscribe(openTab(), 'a');
    vi.stubGlobal('BroadcastChannel', RealChannel);
    await streamCount(1);
    api.openStreams[0]!.send(threadEvent('a', 1));
    expect(events).toHaveLength(1);
  });

  describe('replays the version of the thread, without a request,', () => {
    const comment = (version: number) =>
      ({ type: 'comment', story: 'a', comment: {}, total: 3, version }) as unknown as LiveEvent;

    afterEach(() => {
      expect(api.requests).toEqual([]);
      expect(api.streams).toHaveLength(1);
    });

    it('to a second widget on the story', async () => {
      const site = openTab();
      subscribe(site, 'a');
      await streamCount(1);
      api.openStreams[0]!.send(threadEvent('a', 9));
      const late = subscribe(site, 'a');
      await waitFor(() => expect(late.events).toEqual([threadEvent('a', 9)]));
    });

    it('as the comments since then have raised it', async () => {
      const site = openTab();
      subscribe(site, 'a');
      await streamCount(1);
      api.openStreams[0]!.send(threadEvent('a', 9));
      api.openStreams[0]!.send(comment(10));
      const late = subscribe(site, 'a');
      await waitFor(() => expect(late.events).toEqual([threadEvent('a', 10)]));
    });

    it('to a second tab, and to a second widget there', async () => {
      subscribe(openTab(), 'a');
      await streamCount(1);
      api.openStreams[0]!.send(threadEvent('a', 9));
      const tab = openTab();
      const late = subscribe(tab, 'a');
      await waitFor(() => expect(late.events).toEqual([threadEvent('a', 9)]));
      const later = subscribe(tab, 'a');
      await waitFor(() => expect(later.events).toEqual([threadEvent('a', 9)]));
    });

    it('as a reset, where that came last', async () => {
      const site = openTab();
      subscribe(site, 'a');
      await streamCount(1);
      api.openStreams[0]!.send(threadEvent('a', 9));
      api.openStreams[0]!.send({ type: 'reset', story: 'a' });
      const late = subscribe(site, 'a');
      await waitFor(() => expect(late.events).toEqual([{ type: 'reset', story: 'a' }]));
    });
  });
});
