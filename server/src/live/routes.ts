import { createRoute } from '@hono/zod-openapi';
import { liveEventSchema, liveQuery, siteParams, type ErrorCode } from 'afterword/contract';
import { responses, sitePath, type Api } from '../http/api.js';
import type { ClientAddress } from '../http/client-address.js';
import { Problem } from '../problem.js';
import { secondMs } from '../time.js';
import type { LiveHub } from './hub.js';
import { StreamPlaces } from './stream-places.js';
import type { Subscriber } from './watched-stories.js';

/** The services that the route of live updates uses. */
export interface LiveServices {
  readonly clientAddress: ClientAddress;
  readonly live: LiveHub;
}

/** A stream with more unsent bytes is closed; the client reconnects and catches up. */
const maxBufferedBytes = 256 * 1024;
const refusals: ReadonlySet<ErrorCode> = new Set(['rate-limited', 'unavailable']);
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
      'unavailable',
    ]),
    200: { description: 'The events', content: { 'text/event-stream': { schema: liveEventSchema } } },
  },
});

export function addLiveRoutes(api: Api, { clientAddress, live }: LiveServices): void {
  const places = new StreamPlaces();

  api.openapi(getLive, async (c) => {
    const site = c.get('site');
    const { story: keys } = c.req.valid('query');
    try {
      const release = places.take(clientAddress.networkOf(c.env?.incoming), keys.length);
      const lastEventId = readEventId(c.req.header('last-event-id'));
      const stream = await openStream((subscriber) => live.subscribe(site, keys, lastEventId, subscriber), release);
      return c.body(stream, 200, {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store, no-transform',
        // Stops nginx from buffering the stream.
        'x-accel-buffering': 'no',
      });
    } catch (error) {
      if (error instanceof Problem && refusals.has(error.code)) live.countRefused();
      throw error;
    }
  });
}

function readEventId(header: string | undefined): number | undefined {
  const id = Number(header ?? NaN);
  return Number.isSafeInteger(id) && id >= 0 ? id : undefined;
}

/**
 * Returns a stream once it is subscribed, with the first events in it.
 *
 * @param onEnd called once, however the stream ends
 */
async function openStream(
  subscribe: (subscriber: Subscriber) => Promise<() => void>,
  onEnd: () => void,
): Promise<ReadableStream<Uint8Array>> {
  const encoder = new TextEncoder();
  let controller!: ReadableStreamDefaultController<Uint8Array>;
  let unsubscribe: (() => void) | undefined;
  let hasEnded = false;
  const finish = () => {
    if (hasEnded) return;
    hasEnded = true;
    unsubscribe?.();
    onEnd();
  };
  const stream = new ReadableStream<Uint8Array>(
    { start: (started) => void (controller = started), cancel: finish },
    { highWaterMark: maxBufferedBytes, size: (chunk) => chunk.byteLength },
  );
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
  } catch (error) {
    finish();
    throw error;
  }
  if (hasEnded) unsubscribe();
  return stream;
}
