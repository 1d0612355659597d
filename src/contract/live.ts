import { z } from 'zod';
import { commentSchema, threadSchema } from './comments.js';
import * as limits from './limits.js';
import { count, repeated, slug, story } from './primitives.js';
import { pollSchema } from './reactions.js';

/** Events of `GET /live`; each names its story. */
export const liveEventSchema = z
  .discriminatedUnion('type', [
    z.object({
      type: z.literal('reactions'),
      story: z.string(),
      poll: slug,
      state: pollSchema.shape.state.optional(),
      counts: z.record(z.string(), count).optional(),
      total: count.optional(),
      version: count,
    }),
    z.object({ type: z.literal('comment'), story: z.string(), comment: commentSchema, total: count, version: count }),
    z.object({
      type: z.literal('comment-changed'),
      story: z.string(),
      comment: commentSchema,
      total: count,
      version: count,
    }),
    z
      .object({ type: z.literal('thread'), story: z.string(), thread: threadSchema, version: count })
      .describe('Also the first event of each story: a client with an older version requests the changes'),
    z.object({ type: z.literal('reset'), story: z.string() }).describe('Changes were lost: request the thread again'),
  ])
  .meta({ id: 'LiveEvent' });

export const liveQuery = z.object({ story: repeated(story, limits.liveStories) });
