import { createRoute } from '@hono/zod-openapi';
import { liveEventSchema, liveQuery, siteParams } from 'afterword/contract';
import { responses, sitePath, type Api } from '../http/api.js';
import type { ClientAddress } from '../http/client-address.js';
import { Problem } from '../problem.js';
import { secondMs } from '../time.js';
import type { LiveHub, Subscriber } from './hub.js';

/** The services that the route of live updates uses. */
export interface LiveServices {
  readonly clientAddress: ClientAddress;
  readonly live: LiveHub;
}

/** Streams of one network: mobile carriers put many readers behind one address. */
const maxStreamsPerNetwork = 500;
const maxStreams = 20_000;
/** A stream with more unsent bytes is closed; the client reconnects and catches up. */
const maxBufferedBytes = 256 * 1024;
const reconnectMs = 3 * secondMs;

const getLive = createRoute({
  method: 'get',
  path: `${sitePath}/live`,
  tags: ['live'],
  summary: 'Changes of up to 20 stories as server-sent events; `Last-Event-ID` resumes',
  request: { params: siteParams, query: liveQuery },
  responses: {
    ...responses(200, 'The events', undefined, [
      'site-not-found',
      'validation-failed',
      'story-key-invalid',
      'rate-limited',
    ]),
    200: { description: 'The events', content: { 'text/event-stream': { schema: liveEventSchema } } },
  },
});

export function addLiveRoutes(api: Api, { clientAddress, live }: LiveServices): void {
  const countByNetwork = new Map<string, number>();
  let totalCount = 0;

  /** @returns a function that gives the place back */
  function takePlace(network: string): () => void {
    const count = countByNetwork.get(network) ?? 0;
    if (totalCount >= maxStreams || count >= maxStreamsPerNetwork)
      throw new Problem('rate-limited', undefined, { retryAfter: 60 });
    totalCount++;
    countByNetwork.set(network, count + 1);
    return () => {
      totalCount--;
      const left = (countByNetwork.get(network) ?? 1) - 1;
      if (left > 0) countByNetwork.set(network, left);
      else countByNetwork.delete(network);
    };
  }

  api.openapi(getLive, (c) => {
    const site = c.get('site');
    const { story: keys } = c.req.valid('query');
    const release = takePlace(clientAddress.networkOf(c.env?.incoming));
    const lastEventId = readEventId(c.req.header('last-event-id'));
    const stream = eventStream((subscriber) => live.subscribe(site, keys, lastEventId, subscriber), release);
    return c.body(stream, 200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store, no-transform',
      // Stops nginx from buffering the stream.
      'x-accel-buffering': 'no',
    });
  });
}

function readEventId(header: string | undefined): number | undefined {
  const id = Number(header ?? NaN);
  return Number.isSafeInteger(id) && id >= 0 ? id : undefined;
}

/** @param onEnd called once, however the stream ends */
function eventStream(
  subscribe: (subscriber: Subscriber) => Promise<() => void>,
  onEnd: () => void,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let unsubscribe: (() => void) | undefined;
  let hasEnded = false;
  const finish = () => {
    if (hasEnded) return;
    hasEnded = true;
    unsubscribe?.();
    onEnd();
  };
  return new ReadableStream<Uint8Array>(
    {
      async start(controller) {
        const end = () => {
          if (!hasEnded) controller.close();
          finish();
        };
        const send = (event: string) => {
          if (hasEnded) return;
          if ((controller.desiredSize ?? 0) <= 0) end();
          else controller.enqueue(encoder.encode(event));
        };
        send(`retry: ${reconnectMs}\n\n`);
        try {
          unsubscribe = await subscribe({ send, end });
          if (hasEnded) unsubscribe();
        } catch (error) {
          finish();
          controller.error(error);
        }
      },
      cancel: finish,
    },
    { highWaterMark: maxBufferedBytes, size: (chunk) => chunk.byteLength },
  );
}
