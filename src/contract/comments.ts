import { z } from 'zod';
import * as limits from './limits.js';
import { count, cursor, id, pageLimit, story, storyQuery, time } from './primitives.js';

export const commentSorts = ['best', 'newest', 'oldest', 'discussed'] as const;
export const commentStates = ['visible', 'pending', 'rejected', 'removed', 'deleted'] as const;
export const reportReasons = ['spam', 'abuse', 'hate', 'off-topic', 'personal-data', 'illegal', 'other'] as const;
export const holdReasons = [
  'guest',
  'new-commenter',
  'words',
  'links',
  'repeat',
  'rate',
  'reported',
  'external',
  'moderator',
] as const;

/** Node tree of a comment's text. No HTML exists between the writer and the reader. */
export const commentNodeSchema = z
  .discriminatedUnion('type', [
    z.object({ type: z.literal('text'), value: z.string() }),
    z.object({ type: z.literal('break') }),
    z.object({ type: z.literal('code'), value: z.string() }),
    z.object({ type: z.literal('mention'), id, name: z.string() }).describe('A participant of the thread'),
    z.object({ type: z.literal('code-block'), value: z.string() }),
    z.object({
      type: z.enum(['paragraph', 'emphasis', 'strong', 'quote', 'item']),
      get children() {
        return z.array(commentNodeSchema);
      },
    }),
    z.object({
      type: z.literal('list'),
      ordered: z.boolean(),
      start: count.optional().describe('Number of the first item; absent where it is 1'),
      get children() {
        return z.array(commentNodeSchema);
      },
    }),
    z.object({
      type: z.literal('link'),
      href: z.string().describe('http, https or mailto'),
      get children() {
        return z.array(commentNodeSchema);
      },
    }),
  ])
  .meta({ id: 'CommentNode' });

export const authorSchema = z
  .object({
    id: z.string().describe('Empty where the comment was deleted or removed'),
    name: z.string(),
    picture: z.string().optional(),
    badges: z.array(z.string()),
  })
  .meta({ id: 'Author' });

export const commentVotesSchema = z.object({ up: count, down: count }).meta({ id: 'CommentVotes' });

export const commentSchema = z
  .object({
    id,
    parentId: id.nullable(),
    author: authorSchema,
    nodes: z.array(commentNodeSchema),
    text: z.string().describe('The source, as typed'),
    createdAt: time,
    editedAt: time.nullable(),
    state: z.enum(commentStates),
    reasons: z.array(z.enum(holdReasons)).optional().describe('Why it is held; shown to its writer and to moderators'),
    votes: commentVotesSchema,
    pinned: z.boolean(),
    featured: z.boolean(),
    get replies() {
      return repliesSchema;
    },
  })
  .meta({ id: 'Comment' });

export const repliesSchema = z
  .object({
    get comments() {
      return z.array(commentSchema);
    },
    nextCursor: z.string().nullable(),
    total: count.describe('Direct replies that are visible'),
  })
  .meta({ id: 'Replies' });

export const threadSchema = z
  .object({
    state: z.enum(['open', 'closed', 'read-only']),
    closesAt: time.nullable(),
    question: z.string().nullable().describe("The newsroom's question to its readers"),
    rules: z.object({
      who: z.enum(['guest', 'email', 'signed-on']).describe('Minimal identity of a writer'),
      votes: z.enum(['up', 'up-down']),
      editSeconds: count,
      maxGraphemes: count,
      moderation: z.enum(['pre', 'post']),
    }),
  })
  .meta({ id: 'Thread' });

export const commentsSchema = z
  .object({
    comments: z.array(commentSchema).describe('Roots, or the children of `parent`'),
    prevCursor: z.string().nullable(),
    nextCursor: z.string().nullable(),
    total: count.describe('All visible comments of the story, replies included'),
    thread: threadSchema,
    version: count.describe('Grows with every change of the thread'),
  })
  .meta({ id: 'Comments' });

export const commentAnswerSchema = z.object({ comment: commentSchema }).meta({ id: 'CommentAnswer' });
export const previewSchema = z.object({ nodes: z.array(commentNodeSchema) }).meta({ id: 'Preview' });
export const commentHistorySchema = z
  .object({
    revisions: z
      .array(z.object({ text: z.string(), nodes: z.array(commentNodeSchema), at: time }))
      .describe('Oldest first; the current text comes last'),
  })
  .meta({ id: 'CommentHistory' });
export const commentVotedSchema = z
  .object({ votes: commentVotesSchema, value: z.literal([1, 0, -1]) })
  .meta({ id: 'CommentVoted' });

/** Checks bytes first: counting the graphemes of a huge text would be expensive. */
const text = z.string().meta({
  description: `At most ${limits.commentGraphemes} graphemes and ${limits.commentBytes} bytes.`,
  maxLength: limits.commentBytes,
});

export const commentsQuery = storyQuery.extend({
  sort: z.enum(commentSorts).default('best'),
  limit: pageLimit.default(limits.comments),
  replies: z.coerce.number().int().min(0).max(limits.limit).default(limits.replies),
  parent: id.optional(),
  cursor: cursor.optional(),
  anchor: id.optional(),
});
export const commentParams = z.object({ id });
/** Readers to mention. One becomes a mention where they take part in the thread and the text has their `@name`. */
const mentions = z.array(id).max(limits.mentions).optional();
export const commentBody = z.object({ story, parentId: id.nullish(), text, mentions }).meta({ id: 'CommentBody' });
export const commentEditBody = z.object({ text, mentions }).meta({ id: 'CommentEditBody' });
export const commentPreviewBody = z
  .object({ text, story: story.optional(), mentions })
  .meta({ id: 'CommentPreviewBody' });
export const commentVoteBody = z.object({ value: z.literal([1, 0, -1]) }).meta({ id: 'CommentVoteBody' });
export const reportBody = z
  .object({
    reason: z.enum(reportReasons),
    note: z
      .string()
      .max(limits.reportNoteGraphemes * 4)
      .optional(),
  })
  .meta({ id: 'ReportBody' });
/** Printable ASCII, so that it can be logged and compared byte by byte. */
export const idempotencyKey = z.string().regex(/^[\x20-\x7e]{1,255}$/, 'One to 255 printable ASCII characters.');
