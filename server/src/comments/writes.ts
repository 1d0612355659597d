import { limits, type Comment } from 'afterword/contract';
import { uuidv7 } from 'uuidv7';
import { Problem } from '../problem.js';
import type { CommentRow } from '../storage/tables.js';
import type { Command, Transaction } from '../storage/writer.js';
import { readComments } from './paging.js';
import { bestScore } from './score.js';

export interface NewComment {
  readonly siteId: string;
  readonly storyId: string;
  readonly parentId: string | null;
  readonly authorId: string;
  readonly text: string;
  readonly nodesJson: string;
  readonly state: 'visible' | 'pending';
  readonly reasons: NonNullable<Comment['reasons']>;
  /** Milliseconds since 1970, for a comment that brings its own time; else now. */
  readonly createdAt?: number;
  /** Where the request carried one: the key, and a hash of what it asked for. */
  readonly idempotency: { readonly key: string; readonly requestHash: string } | undefined;
}

/**
 * Posts comments. A repeated key gets the first answer again, whatever has changed since; a closed thread and a parent
 * that is not in it refuse the comment.
 */
export const postComments: Command<NewComment, Comment> = {
  name: 'post-comments',
  async run(transaction, posts) {
    const { db } = transaction;
    const now = Date.now();
    const answered = await readAnswered(transaction, posts);
    const parents = await readParents(transaction, posts);
    const closed = await readClosed(transaction, posts, now);
    const results = new Map<NewComment, string | Problem>();
    const rows: CommentRow[] = [];
    for (const post of posts) {
      const key = answerKey(post);
      const before = key === undefined ? undefined : answered.get(key);
      if (before) {
        results.set(
          post,
          before.requestHash === post.idempotency?.requestHash
            ? before.commentId
            : new Problem('idempotency-key-reused'),
        );
        continue;
      }
      if (closed.has(post.storyId)) {
        results.set(post, new Problem('thread-closed'));
        continue;
      }
      const parent = post.parentId === null ? undefined : parents.get(post.parentId);
      if (post.parentId !== null && (parent?.storyId !== post.storyId || parent.state !== 'visible')) {
        results.set(post, new Problem('parent-not-found'));
        continue;
      }
      const id = uuidv7();
      const createdAt = post.createdAt ?? now;
      results.set(post, id);
      if (key !== undefined) answered.set(key, { commentId: id, requestHash: post.idempotency?.requestHash ?? '' });
      rows.push({
        id,
        siteId: post.siteId,
        storyId: post.storyId,
        parentId: post.parentId,
        rootId: parent?.rootId ?? id,
        depth: parent ? parent.depth + 1 : 0,
        authorId: post.authorId,
        text: post.text,
        nodesJson: post.nodesJson,
        state: post.state,
        reasonsJson: post.reasons.length > 0 ? JSON.stringify(post.reasons) : null,
        createdAt,
        editedAt: null,
        up: 0,
        down: 0,
        score: bestScore(0, 0, createdAt),
        replies: 0,
        pinned: 0,
        featured: 0,
      });
    }
    if (rows.length > 0) await db.insertInto('comments').values(rows).execute();
    const visible = rows.filter(({ state }) => state === 'visible');
    await countInThreads(
      transaction,
      visible.map(({ storyId }) => ({ storyId, change: 1 })),
    );
    await countReplies(
      transaction,
      visible.flatMap(({ parentId }) => (parentId === null ? [] : [{ parentId, change: 1 }])),
    );
    await keepAnswers(transaction, posts, rows, results, now);
    const ids = [...new Set([...results.values()].filter((result) => typeof result === 'string'))];
    const comments = new Map((await readComments({ read: db }, ids)).map((comment) => [comment.id, comment]));
    return posts.map((post) => {
      const result = results.get(post);
      if (result instanceof Error) return result;
      return comments.get(result ?? '') ?? new Problem('comment-not-found');
    });
  },
};

interface Answered {
  readonly commentId: string;
  readonly requestHash: string;
}

async function readAnswered({ db }: Transaction, posts: readonly NewComment[]): Promise<Map<string, Answered>> {
  const keyed = posts.flatMap((post) => (post.idempotency ? [{ ...post, key: post.idempotency.key }] : []));
  if (keyed.length === 0) return new Map();
  const rows = await db
    .selectFrom('idempotent_answers')
    .selectAll()
    .where('siteId', 'in', [...new Set(keyed.map(({ siteId }) => siteId))])
    .where('readerId', 'in', [...new Set(keyed.map(({ authorId }) => authorId))])
    .where('key', 'in', [...new Set(keyed.map(({ key }) => key))])
    .execute();
  return new Map(
    rows.map(({ siteId, readerId, key, requestHash, answerJson }) => [
      `${siteId} ${readerId} ${key}`,
      { commentId: JSON.parse(answerJson) as string, requestHash },
    ]),
  );
}

async function keepAnswers(
  { db }: Transaction,
  posts: readonly NewComment[],
  rows: readonly CommentRow[],
  results: ReadonlyMap<NewComment, string | Problem>,
  createdAt: number,
): Promise<void> {
  const made = new Set(rows.map(({ id }) => id));
  const answers = posts.flatMap((post) => {
    const result = results.get(post);
    if (!post.idempotency || typeof result !== 'string' || !made.delete(result)) return [];
    const { key, requestHash } = post.idempotency;
    return [
      { siteId: post.siteId, readerId: post.authorId, key, requestHash, answerJson: JSON.stringify(result), createdAt },
    ];
  });
  // Two nodes may have taken the same key at once: the second insert fails, and with it the second comment.
  if (answers.length > 0) await db.insertInto('idempotent_answers').values(answers).execute();
}

function answerKey({ siteId, authorId, idempotency }: NewComment): string | undefined {
  return idempotency && `${siteId} ${authorId} ${idempotency.key}`;
}

async function readParents({ db }: Transaction, posts: readonly NewComment[]) {
  const ids = [...new Set(posts.flatMap(({ parentId }) => parentId ?? []))];
  if (ids.length === 0) return new Map<string, never>();
  const rows = await db
    .selectFrom('comments')
    .select(['id', 'storyId', 'rootId', 'depth', 'state'])
    .where('id', 'in', ids)
    .execute();
  return new Map(rows.map((row) => [row.id, row]));
}

/** The stories, of those written to, whose threads take no comments. */
async function readClosed({ db }: Transaction, posts: readonly NewComment[], now: number): Promise<Set<string>> {
  const rows = await db
    .selectFrom('threads')
    .select('storyId')
    .where('storyId', 'in', [...new Set(posts.map(({ storyId }) => storyId))])
    .where((eb) => eb.or([eb('state', '!=', 'open'), eb('closesAt', '<=', now)]))
    .execute();
  return new Set(rows.map(({ storyId }) => storyId));
}

/** Puts the newsroom's question above a thread. */
export async function setThreadQuestion(transaction: Transaction, storyId: string, question: string): Promise<void> {
  await countInThreads(transaction, [{ storyId, change: 0 }]);
  await transaction.db.updateTable('threads').set({ question }).where('storyId', '=', storyId).execute();
}

/** Keeps each thread's total and version beside its comments; 0 where a comment only changed. */
export async function countInThreads(
  { db }: Transaction,
  changes: readonly { storyId: string; change: number }[],
): Promise<void> {
  for (const [storyId, change] of summed(changes.map(({ storyId, change }) => [storyId, change]))) {
    await db
      .insertInto('threads')
      .values({ storyId, state: 'open', closesAt: null, question: null, total: Math.max(0, change), version: 1 })
      .onConflict((conflict) =>
        conflict
          .column('storyId')
          .doUpdateSet((eb) => ({ total: eb('threads.total', '+', change), version: eb('threads.version', '+', 1) })),
      )
      .execute();
  }
}

/**
 * Keeps each parent's count of replies that have a place in the thread. A parent that is gone itself holds its place
 * only while something stands below it, so a change may go on upwards.
 */
export async function countReplies(
  transaction: Transaction,
  changes: readonly { parentId: string; change: number }[],
): Promise<void> {
  for (const [id, change] of summed(changes.map(({ parentId, change }) => [parentId, change]))) {
    if (change === 0) continue;
    const parent = await transaction.db
      .updateTable('comments')
      .set((eb) => ({ replies: eb('replies', '+', change) }))
      .where('id', '=', id)
      .returning(['state', 'replies', 'parentId'])
      .executeTakeFirst();
    if (!parent?.parentId || !isGone(parent.state)) continue;
    const hadPlace = parent.replies - change > 0;
    const hasPlace = parent.replies > 0;
    if (hadPlace !== hasPlace) {
      await countReplies(transaction, [{ parentId: parent.parentId, change: hasPlace ? 1 : -1 }]);
    }
  }
}

/** Deleted by its writer or removed by a moderator: nothing of it is shown but, perhaps, its place. */
export function isGone(state: CommentRow['state']): boolean {
  return state === 'deleted' || state === 'removed';
}

/** In a fixed order, so that two nodes lock rows in the same order. */
function summed(changes: readonly (readonly [string, number])[]): [string, number][] {
  const sums = new Map<string, number>();
  for (const [key, change] of changes) sums.set(key, (sums.get(key) ?? 0) + change);
  return [...sums].sort(([a], [b]) => (a < b ? -1 : 1));
}

const answersKeptMillis = limits.idempotencyKeyDays * 24 * 60 * 60_000;

/** Forgets which requests were answered with what, once nobody can be repeating them. */
export const forgetOldAnswers: Command<number, void> = {
  name: 'forget-old-answers',
  async run({ db }, times) {
    const before = Math.max(...times) - answersKeptMillis;
    await db.deleteFrom('idempotent_answers').where('createdAt', '<', before).execute();
    return times.map(() => undefined);
  },
};
