import { z } from 'zod';
import { commentSchema } from './comments.js';
import * as limits from './limits.js';
import { email, id, slug, storyQuery } from './primitives.js';
import { heldChoiceSchema } from './reactions.js';

export const readerSchema = z
  .object({
    id,
    name: z.string(),
    pendingName: z
      .string()
      .optional()
      .describe('A new name that is held for a moderator; others see `name` until then. Sent to this reader only'),
    rejectedName: z
      .string()
      .optional()
      .describe(
        'The last new name, where a moderator has rejected it, until another is sent. Sent to this reader only',
      ),
    kind: z.enum(['guest', 'email', 'signed-on']),
    verified: z.boolean(),
    badges: z.array(z.string()),
  })
  .meta({ id: 'Reader' });

export const sessionSchema = z
  .object({
    token: z.string().describe('Sent as `Authorization: Bearer`; never a cookie'),
    reader: readerSchema,
  })
  .meta({ id: 'Session' });

export const meSchema = z
  .object({
    reader: readerSchema,
    reactions: z.record(slug, heldChoiceSchema).describe("The reader's choice in each poll of the story"),
    votes: z.record(z.string(), z.literal([1, -1])).describe('By comment id'),
    own: z.array(commentSchema).describe("The reader's pending comments, and those of the last ten minutes"),
    muted: z.array(id).describe('Readers that this one has muted'),
  })
  .meta({ id: 'Me', description: "The reader's own overlay on the public data. Never cached." });

export const readerParams = z.object({ id });
export const meQuery = storyQuery.partial({ story: true });
export const readerBody = z.object({ name: z.string().max(limits.nameBytes).optional() }).meta({ id: 'ReaderBody' });
export const ssoBody = z.object({ jwt: z.string().max(limits.jwtChars) }).meta({ id: 'SsoBody' });
export const signInBody = z.object({ email }).meta({ id: 'SignInBody' });
export const signInCodeBody = z
  .object({ email, code: z.string().max(limits.codeChars) })
  .meta({ id: 'SignInCodeBody' });
export const exportSchema = z
  .object({
    reader: readerSchema,
    comments: z.array(commentSchema),
    reactions: z.array(z.object({ story: z.string(), poll: slug, choice: heldChoiceSchema })),
    votes: z.record(z.string(), z.literal([1, -1])),
  })
  .meta({ id: 'ReaderExport', description: 'Everything we hold about a reader.' });
