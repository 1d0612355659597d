import { createRoute } from '@hono/zod-openapi';
import { liveEventSchema, liveQuery, siteParams } from 'afterword/contract';
import { responses, sitePath, type Api } from '../http/api.js';
import { Problem } from '../problem.js';
import type { Services } from '../services.js';

/** Readers of one network: mobile carriers put very many behind one address. */
const mostOfNetwork = 500;
const mostOfAll = 20_000;
/** What a slow reader has not taken yet; whoever is further behind asks anew. */
const mostWaiting = 256 * 1024;
const retryMillis = 3000;

const getLive = createRoute({
  method: 'get',
  path: `${sitePath}/live`,
  tags: ['live'],
  summary: 'What is new about some stories, as server-sent events; `Last-Event-ID` goes on where it broke off',
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

export function addLiveRoutes(api: Api, { clientAddress, live }: Services): void {
  const open = new Map<string, number>();
  let all = 0;

  api.openapi(getLive, async (c) => {
    const site = c.get('site');
    const { story } = c.req.valid('query');
    const network = clientAddress.networkOf(c.env?.incoming);
    const before = open.get(network) ?? 0;
    if (all >= mostOfAll || before >= mostOfNetwork) throw new Problem('rate-limited', undefined, { retryAfter: 60 });
    all++;
    open.set(network, before + 1);
    const leave = () => {
      all--;
      const left = (open.get(network) ?? 1) - 1;
      if (left > 0) open.set(network, left);
      else open.delete(network);
    };
    const last = Number(c.req.header('last-event-id') ?? NaN);
    const since = Number.isSafeInteger(last) && last >= 0 ? last : undefined;
    const stream = eventStream((follower) => live.follow(site, story, since, follower), leave);
    return c.body(stream, 200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store, no-transform',
      // A proxy that gathers answers before it passes them on would gather for ever.
      'x-accel-buffering': 'no',
    });
  });
}

function eventStream(
  follow: (follower: { send(event: string): void; end(): void }) => Promise<() => void>,
  leave: () => void,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let stop: (() => void) | undefined;
  let ended = false;
  const finish = () => {
    if (ended) return;
    ended = true;
    stop?.();
    leave();
  };
  return new ReadableStream<Uint8Array>(
    {
      async start(controller) {
        const end = () => {
          if (!ended) controller.close();
          finish();
        };
        const send = (event: string) => {
          if (ended) return;
          // It comes back, and says what it heard last.
          if ((controller.desiredSize ?? 0) <= 0) end();
          else controller.enqueue(encoder.encode(event));
        };
        send(`retry: ${retryMillis}\n\n`);
        try {
          stop = await follow({ send, end });
          if (ended) stop();
        } catch (error) {
          finish();
          controller.error(error);
        }
      },
      cancel: finish,
    },
    { highWaterMark: mostWaiting, size: (chunk) => chunk.byteLength },
  );
}
