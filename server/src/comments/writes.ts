import type { Author, Comment } from 'afterword/contract';
import { newId } from '../ids.js';
import { Problem } from '../problem.js';
import { insertRows, runKept } from '../storage/kept-queries.js';
import type { CommentRow } from '../storage/tables.js';
import type { Command, Transaction } from '../storage/writer.js';
import { answerAgain, readAnswers } from './answers.js';
import { toComment } from './comment-rows.js';
import type { Finding } from './rules/pipeline.js';
import { bestScore } from './score.js';

export interface NewComment {
  readonly siteId: string;
  readonly storyId: string;
  readonly parentId: string | null;
  readonly author: Author;
  readonly text: string;
  readonly nodes: Comment['nodes'];
  /** Why it waits for a moderator; none where it is shown at once. */
  readonly findings: readonly Finding[];
  /** Whether its thread has closed by age. */
  readonly closed?: boolean;
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
    const now = Date.now();
    const parents = await readParents(transaction, posts);
    const closed = await readClosed(transaction, posts, now);
    /** What is answered where no comment is new. */
    const instead = new Map<NewComment, Comment | Problem>();
    const rows = new Map<NewComment, CommentRow>();
    for (const post of posts) {
      const parent = post.parentId === null ? undefined : parents.get(post.parentId);
      if (post.closed || closed.has(post.storyId)) instead.set(post, new Problem('thread-closed'));
      else if (post.parentId !== null && (parent?.storyId !== post.storyId || parent.state !== 'visible'))
        instead.set(post, new Problem('parent-not-found'));
      else rows.set(post, newRow(post, parent, now));
    }
    // Fewer new rows than posts: some were posted before, by an earlier request or within this batch.
    const written = await insertRows(transaction.db, 'comments', [...rows.values()], untouched);
    if (written < posts.length) {
      for (const [post, standing] of await readAnswers(transaction, posts)) {
        if (standing.id === rows.get(post)?.id) continue;
        instead.set(post, answerAgain(post, standing));
        rows.delete(post);
      }
    }
    const visible = [...rows.values()].filter(({ state }) => state === 'visible');
    await countInThreads(
      transaction,
      visible.map(({ storyId }) => ({ storyId, change: 1 })),
    );
    await countReplies(
      transaction,
      visible.flatMap(({ parentId }) => (parentId === null ? [] : [{ parentId, change: 1 }])),
    );
    return posts.map((post) => {
      const row = rows.get(post);
      return row ? toComment(row, post.author, post.nodes) : instead.get(post)!;
    });
  },
};

function newRow(post: NewComment, parent: Parent | undefined, now: number): CommentRow {
  const id = newId();
  const createdAt = post.createdAt ?? now;
  return {
    id,
    siteId: post.siteId,
    storyId: post.storyId,
    parentId: post.parentId,
    rootId: parent?.rootId ?? id,
    depth: parent ? parent.depth + 1 : 0,
    authorId: post.author.id,
    text: post.text,
    nodesJson: JSON.stringify(post.nodes),
    state: post.findings.length > 0 ? 'pending' : 'visible',
    ...heldFor(post.findings),
    createdAt,
    score: bestScore(0, 0, createdAt),
    idempotencyKey: post.idempotency?.key ?? null,
    requestHash: post.idempotency?.requestHash ?? null,
    ...untouched,
  };
}

/** What nobody has done to a new comment yet. */
const untouched = {
  decidedAt: null,
  changedAt: null,
  editedAt: null,
  up: 0,
  down: 0,
  replies: 0,
  pinned: 0,
  featured: 0,
} satisfies Partial<CommentRow>;

/** The columns that say why a comment waits. */
export function heldFor(findings: readonly Finding[]): Pick<CommentRow, 'reasonsJson' | 'findingsJson'> {
  if (findings.length === 0) return { reasonsJson: null, findingsJson: null };
  return { reasonsJson: JSON.stringify(findings.map(({ reason }) => reason)), findingsJson: JSON.stringify(findings) };
}

type Parent = Pick<CommentRow, 'id' | 'storyId' | 'rootId' | 'depth' | 'state'>;

async function readParents({ db }: Transaction, posts: readonly NewComment[]): Promise<Map<string, Parent>> {
  const ids = [...new Set(posts.flatMap(({ parentId }) => parentId ?? []))];
  if (ids.length === 0) return new Map();
  const rows = await db
    .selectFrom('comments')
    .select(['id', 'storyId', 'rootId', 'depth', 'state'])
    .where('id', 'in', ids)
    .execute();
  return new Map(rows.map((row) => [row.id, row]));
}

/** The stories, of those written to, whose threads take no comments. */
export async function readClosed(
  { db }: Transaction,
  posts: readonly { readonly storyId: string }[],
  now: number,
): Promise<Set<string>> {
  const ids = [...new Set(posts.map(({ storyId }) => storyId))];
  const { rows } = await runKept(
    db,
    `closed threads ${ids.length}`,
    () =>
      db
        .selectFrom('threads')
        .select('storyId')
        .where('storyId', 'in', ids)
        .where((eb) => eb.or([eb('state', '!=', 'open'), eb('closesAt', '<=', now)])),
    [...ids, 'open', now],
  );
  return new Set(rows.map(({ storyId }) => storyId));
}

/** Keeps each thread's total and version beside its comments; 0 where a comment only changed. */
export async function countInThreads(
  { db }: Transaction,
  changes: readonly { storyId: string; change: number }[],
): Promise<void> {
  for (const [storyId, change] of summed(changes.map(({ storyId, change }) => [storyId, change]))) {
    const total = Math.max(0, change);
    await runKept(
      db,
      'count in thread',
      () =>
        db
          .insertInto('threads')
          .values({ storyId, state: 'open', closesAt: null, question: null, total, version: 1 })
          .onConflict((conflict) =>
            conflict.column('storyId').doUpdateSet((eb) => ({
              total: eb('threads.total', '+', change),
              version: eb('threads.version', '+', 1),
            })),
          ),
      [storyId, 'open', null, null, total, 1, change, 1],
    );
  }
}

/**
 * Keeps each parent's count of replies that have a place in the thread. A parent that is not visible itself holds its place
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
    if (!parent?.parentId || parent.state === 'visible') continue;
    const hadPlace = parent.replies - change > 0;
    const hasPlace = parent.replies > 0;
    if (hadPlace !== hasPlace) {
      await countReplies(transaction, [{ parentId: parent.parentId, change: hasPlace ? 1 : -1 }]);
    }
  }
}

/** In a fixed order, so that two nodes lock rows in the same order. */
function summed(changes: readonly (readonly [string, number])[]): [string, number][] {
  const sums = new Map<string, number>();
  for (const [key, change] of changes) sums.set(key, (sums.get(key) ?? 0) + change);
  return [...sums].sort(([a], [b]) => (a < b ? -1 : 1));
}
