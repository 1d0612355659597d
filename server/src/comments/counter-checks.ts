import type { Kysely } from 'kysely';
import {
  compareByStory,
  type ComparedBatch,
  type CounterCheck,
  type CounterDifference,
} from '../storage/counter-check.js';
import type { Tables } from '../storage/tables.js';
import { runSequentially, type Transaction } from '../storage/writer.js';
import { isListed } from './comment-rows.js';
import type { CommentSort } from './reading/sort-orders.js';
import { bestScore } from './reading/wilson-score.js';
import { nextVersion, updateThreadCounters } from './thread-counters.js';

const batchComments = 500;
/** Scores are compared with a margin, since databases round numbers. */
const maxScoreError = 1e-9;
const idChars = 36;

/** Checks the votes, the score and the listed replies of each comment. */
export const commentCounters: CounterCheck = {
  async compare(read, after): Promise<ComparedBatch> {
    const rows = await countComments(read)
      .where('comments.id', '>', after)
      .orderBy('comments.id')
      .limit(batchComments)
      .execute();
    return {
      differences: rows.flatMap(differencesOf),
      rowCount: rows.length,
      next: rows.length < batchComments ? undefined : rows.at(-1)?.id,
    };
  },
  mend: {
    name: 'mend-comment-counters',
    run: (transaction, batches) => runSequentially(batches, (ids) => mendComments(transaction, ids)),
  },
};

type CountedComment = Awaited<ReturnType<ReturnType<typeof countComments>['execute']>>[number];

function countComments(db: Kysely<Tables>) {
  return db.selectFrom('comments').select((eb) => {
    const votes = eb
      .selectFrom('comment_votes')
      .whereRef('comment_votes.commentId', '=', 'comments.id')
      .select((of) => of.fn.countAll<number>().as('count'));
    return [
      'comments.id',
      'comments.storyId',
      'comments.parentId',
      'comments.state',
      'comments.createdAt',
      'comments.up',
      'comments.down',
      'comments.score',
      'comments.replies',
      votes.where('value', '=', 1).as('countedUp'),
      votes.where('value', '=', -1).as('countedDown'),
      eb
        .selectFrom('comments as reply')
        .whereRef('reply.storyId', '=', 'comments.storyId')
        .whereRef('reply.parentId', '=', 'comments.id')
        .where((of) => of.or([of('reply.state', '=', 'visible'), of('reply.replies', '>', 0)]))
        .select((of) => of.fn.countAll<number>().as('count'))
        .as('countedReplies'),
    ];
  });
}

function countedOf({ countedUp, countedDown, countedReplies, createdAt }: CountedComment) {
  const [up, down, replies] = [countedUp ?? 0, countedDown ?? 0, countedReplies ?? 0];
  return { up, down, replies, score: bestScore(up, down, createdAt) };
}

function differencesOf(row: CountedComment): CounterDifference[] {
  const counted = countedOf(row);
  return (['up', 'down', 'replies', 'score'] as const)
    .filter((name) => Math.abs(row[name] - counted[name]) > (name === 'score' ? maxScoreError : 0))
    .map((name) => ({ counter: `comments.${name}`, id: row.id, stored: row[name], counted: counted[name] }));
}

/** Mends comments, and the ancestors of those that are listed only because of the mended count. */
async function mendComments(transaction: Transaction, ids: readonly string[]): Promise<CounterDifference[]> {
  const { db, locked } = transaction;
  await locked(db.selectFrom('comments').select('id').where('id', 'in', ids).orderBy('id')).execute();
  const rows = await countComments(db).where('comments.id', 'in', ids).orderBy('comments.id').execute();
  const mended: CounterDifference[] = [];
  const parents = new Set<string>();
  for (const row of rows) {
    const differences = differencesOf(row);
    if (differences.length === 0) continue;
    mended.push(...differences);
    const counted = countedOf(row);
    await db
      .updateTable('comments')
      .set({ ...counted, changedAt: Date.now(), version: await nextVersion(transaction, row.storyId) })
      .where('id', '=', row.id)
      .execute();
    if (row.parentId !== null && isListed(row) !== isListed({ ...row, ...counted })) parents.add(row.parentId);
  }
  return parents.size === 0 ? mended : [...mended, ...(await mendComments(transaction, [...parents]))];
}

/** Checks the number of visible comments of each thread. */
export const threadTotals: CounterCheck = {
  compare: compareByStory(threadDifferences),
  mend: {
    name: 'mend-thread-totals',
    run: (transaction, batches) => runSequentially(batches, (storyIds) => mendThreads(transaction, storyIds)),
  },
};

async function threadDifferences(db: Kysely<Tables>, storyIds: readonly string[]): Promise<CounterDifference[]> {
  const rows = await db
    .selectFrom('stories')
    .leftJoin('threads', 'threads.storyId', 'stories.id')
    .where('stories.id', 'in', storyIds)
    .select((eb) => [
      'stories.id',
      'threads.total',
      eb
        .selectFrom('comments')
        .whereRef('comments.storyId', '=', 'stories.id')
        .where('comments.state', '=', 'visible')
        .select((of) => of.fn.countAll<number>().as('count'))
        .as('counted'),
    ])
    .orderBy('stories.id')
    .execute();
  return rows.flatMap(({ id, total, counted }) => {
    const difference = { counter: 'threads.total', id, stored: total ?? 0, counted: counted ?? 0 };
    return difference.stored === difference.counted ? [] : [difference];
  });
}

async function mendThreads(transaction: Transaction, storyIds: readonly string[]): Promise<CounterDifference[]> {
  const { db } = transaction;
  // Locks the rows of the threads, and creates those that are missing.
  await updateThreadCounters(
    transaction,
    storyIds.map((storyId) => ({ storyId, delta: 0 })),
  );
  const differences = await threadDifferences(db, storyIds);
  for (const { id, counted } of differences)
    await db.updateTable('threads').set({ total: counted }).where('storyId', '=', id).execute();
  return differences;
}

/** Checks the stored number of roots in each version of a sort order. */
export const sortOrderLengths: CounterCheck = {
  compare: compareByStory(sortOrderDifferences),
  mend: {
    name: 'mend-sort-order-lengths',
    run: (transaction, batches) => runSequentially(batches, (ids) => mendSortOrders(transaction, ids)),
  },
};

async function sortOrderDifferences(db: Kysely<Tables>, storyIds: readonly string[]): Promise<CounterDifference[]> {
  const rows = await db
    .selectFrom('thread_orders as version')
    .where('version.storyId', 'in', storyIds)
    .select((eb) => [
      'version.storyId',
      'version.sort',
      'version.version',
      'version.length',
      eb
        .selectFrom('thread_order_ids as part')
        .whereRef('part.storyId', '=', 'version.storyId')
        .whereRef('part.sort', '=', 'version.sort')
        .whereRef('part.version', '=', 'version.version')
        .select((of) => of.fn.sum<number | null>(of.fn<number>('length', ['part.ids'])).as('chars'))
        .as('chars'),
    ])
    .orderBy('version.storyId')
    .execute();
  return rows.flatMap(({ storyId, sort, version, length, chars }) => {
    const counted = (chars ?? 0) / idChars;
    const id = `${storyId} ${sort} ${version}`;
    return counted === length ? [] : [{ counter: 'thread_orders.length', id, stored: length, counted }];
  });
}

async function mendSortOrders({ db, locked }: Transaction, ids: readonly string[]): Promise<CounterDifference[]> {
  const storyIds = [...new Set(ids.map((id) => id.split(' ')[0]!))].sort();
  await locked(
    db.selectFrom('thread_orders').select('version').where('storyId', 'in', storyIds).orderBy('storyId'),
  ).execute();
  const differences = await sortOrderDifferences(db, storyIds);
  for (const { id, counted } of differences) {
    const [storyId, sort, version] = id.split(' ') as [string, CommentSort, string];
    await db
      .updateTable('thread_orders')
      .set({ length: counted })
      .where('storyId', '=', storyId)
      .where('sort', '=', sort)
      .where('version', '=', Number(version))
      .execute();
  }
  return differences;
}
