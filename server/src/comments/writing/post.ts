import type { Author, Comment } from 'afterword/contract';
import { newId } from '../../ids.js';
import { Problem } from '../../problem.js';
import { insertRows } from '../../storage/statement-cache.js';
import type { CommentRow } from '../../storage/tables.js';
import type { Command, Transaction } from '../../storage/writer.js';
import type { EpochMs } from '../../time.js';
import { holdColumns, toComment } from '../comment-rows.js';
import { readWritableThreads } from '../reading/thread-state.js';
import { bestScore } from '../reading/wilson-score.js';
import type { Finding } from '../rules/pipeline.js';
import { updateReplyCounts, updateThreadCounters } from '../thread-counters.js';
import { findByIdempotencyKeys, replay } from './idempotency.js';

export interface NewComment {
  readonly siteId: string;
  readonly storyId: string;
  readonly parentId: string | null;
  readonly author: Author;
  readonly text: string;
  readonly nodes: Comment['nodes'];
  /** Reasons to hold the comment; empty if it is published at once. */
  readonly findings: readonly Finding[];
  /** True if the thread has closed by age. */
  readonly isClosedByAge?: boolean;
  /** For imported comments; otherwise now. */
  readonly createdAt?: EpochMs;
  /** Idempotency key and hash of the request, if the request had a key. */
  readonly idempotency: { readonly key: string; readonly requestHash: string } | undefined;
  /** The origin of the page that sent it. */
  readonly origin?: string | undefined;
}

/** Posts comments. A repeated key replays the stored comment. Refuses closed threads and parents of other threads. */
export const postComments: Command<NewComment, Comment> = {
  name: 'post-comments',
  storyIds: (_, posts) => posts.map(({ storyId }) => storyId),
  async run(transaction, posts) {
    const now = Date.now();
    const parents = await readParents(transaction, posts);
    const threads = await readWritableThreads(transaction, posts, now);
    /** Results of posts that insert no row: replayed or refused. */
    const earlyResults = new Map<NewComment, Comment | Problem>();
    const rows = new Map<NewComment, CommentRow>();
    for (const post of posts) {
      const parent = post.parentId === null ? undefined : parents.get(post.parentId);
      const thread = threads.get(post.storyId);
      if (post.isClosedByAge || thread?.isClosed) earlyResults.set(post, new Problem('thread-closed'));
      else if (post.parentId !== null && (parent?.storyId !== post.storyId || parent.state !== 'visible'))
        earlyResults.set(post, new Problem('parent-not-found'));
      else rows.set(post, toRow(post, parent, (thread?.version ?? 0) + 1, now));
    }
    // Fewer inserted rows than posts: some keys were used by earlier requests or twice within this batch.
    const written = await insertRows(transaction.db, 'comments', [...rows.values()], initialColumns);
    if (written < posts.length) {
      for (const [post, existing] of await findByIdempotencyKeys(transaction, posts)) {
        if (existing.id === rows.get(post)?.id) continue;
        earlyResults.set(post, replay(post, existing));
        rows.delete(post);
      }
    }
    const visible = [...rows.values()].filter(({ state }) => state === 'visible');
    await updateThreadCounters(
      transaction,
      visible.map(({ storyId }) => ({ storyId, delta: 1 })),
    );
    await updateReplyCounts(
      transaction,
      visible.flatMap(({ parentId }) => (parentId === null ? [] : [{ parentId, delta: 1 }])),
    );
    return posts.map((post) => {
      const row = rows.get(post);
      return row ? toComment(row, post.author, post.nodes) : earlyResults.get(post)!;
    });
  },
};

function toRow(post: NewComment, parent: Parent | undefined, version: number, now: EpochMs): CommentRow {
  const id = newId();
  const createdAt = post.createdAt ?? now;
  const state = post.findings.length > 0 ? 'pending' : 'visible';
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
    state,
    version,
    visibleSince: state === 'visible' ? version : null,
    ...holdColumns(post.findings),
    createdAt,
    score: bestScore(0, 0, createdAt),
    idempotencyKey: post.idempotency?.key ?? null,
    requestHash: post.idempotency?.requestHash ?? null,
    origin: post.origin ?? null,
    ...initialColumns,
  };
}

/** Values of columns that only change after posting. */
const initialColumns = {
  revision: 1,
  decidedAt: null,
  changedAt: null,
  editedAt: null,
  up: 0,
  down: 0,
  replies: 0,
  pinned: 0,
  featured: 0,
} satisfies Partial<CommentRow>;

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
