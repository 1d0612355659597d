import { PostgresAdapter, sql, type Kysely } from 'kysely';
import type { Tables } from './0006-tables.js';

const readHalfLifeMs = 12 * 60 * 60 * 1000;

/**
 * Moves everything about a story to another one and deletes it. Counters are counted again. Of two votes of a reader in one
 * poll the later one is kept, the other thread's settings are dropped.
 */
export async function mergeStories(db: Kysely<Tables>, from: string, into: string): Promise<void> {
  await lockStories(db, [from, into]);
  await db.updateTable('story_aliases').set({ storyId: into }).where('storyId', '=', from).execute();
  await db.updateTable('polls').set({ storyId: into }).where('storyId', '=', from).execute();
  await mergeVotes(db, from, into);
  await mergeThreads(db, from, into);
  await mergeReads(db, from, into);
  await db.deleteFrom('stories').where('id', '=', from).execute();
}

/**
 * Locks two stories on PostgreSQL as writers of the version before do, which may run meanwhile, and their rows: nobody can
 * refer to them until the end.
 */
async function lockStories(db: Kysely<Tables>, ids: readonly string[]): Promise<void> {
  if (!(db.getExecutor().adapter instanceof PostgresAdapter)) return;
  for (const id of [...ids].sort()) await sql`select pg_advisory_xact_lock(hashtextextended(${id}, 0))`.execute(db);
  await db.selectFrom('stories').select('id').where('id', 'in', ids).orderBy('id').forUpdate().execute();
}

async function mergeVotes(db: Kysely<Tables>, from: string, into: string): Promise<void> {
  await deleteEarlierVotes(db, from, into);
  await deleteEarlierVotes(db, into, from);
  await db.updateTable('reaction_votes').set({ storyId: into }).where('storyId', '=', from).execute();
  const tallies = await db
    .selectFrom('reaction_tallies')
    .selectAll()
    .where('storyId', 'in', [from, into])
    .orderBy('version')
    .execute();
  const votes = await db
    .selectFrom('reaction_votes')
    .select(({ fn }) => ['pollId', 'choicesJson', fn.countAll<number>().as('count')])
    .where('storyId', '=', into)
    .groupBy(['pollId', 'choicesJson'])
    .execute();
  const merged = new Map<string, (typeof tallies)[number]>();
  for (const tally of tallies) {
    const other = merged.get(tally.pollId);
    merged.set(tally.pollId, {
      ...countVotes(votes.filter(({ pollId }) => pollId === tally.pollId)),
      storyId: into,
      pollId: tally.pollId,
      version: tally.version + 1,
      // A freeze of either tally is kept.
      frozenAt: other?.frozenAt ?? tally.frozenAt,
      frozenWhy: other?.frozenWhy ?? tally.frozenWhy,
    });
  }
  await db.deleteFrom('reaction_tallies').where('storyId', 'in', [from, into]).execute();
  if (merged.size > 0)
    await db
      .insertInto('reaction_tallies')
      .values([...merged.values()])
      .execute();
}

/** Deletes the votes in a story whose readers have voted in the other one later, or at the same time. */
async function deleteEarlierVotes(db: Kysely<Tables>, storyId: string, otherId: string): Promise<void> {
  await db
    .deleteFrom('reaction_votes')
    .where('storyId', '=', storyId)
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom('reaction_votes as other')
          .select('other.readerId')
          .where('other.storyId', '=', otherId)
          .whereRef('other.pollId', '=', 'reaction_votes.pollId')
          .whereRef('other.readerId', '=', 'reaction_votes.readerId')
          .whereRef('other.changedAt', '>=', 'reaction_votes.changedAt'),
      ),
    )
    .execute();
}

function countVotes(votes: readonly { choicesJson: string; count: number }[]): { countsJson: string; voters: number } {
  const counts = new Map<string, number>();
  let voters = 0;
  for (const { choicesJson, count } of votes) {
    voters += count;
    for (const choice of JSON.parse(choicesJson) as string[]) counts.set(choice, (counts.get(choice) ?? 0) + count);
  }
  return { countsJson: JSON.stringify(Object.fromEntries(counts)), voters };
}

async function mergeThreads(db: Kysely<Tables>, from: string, into: string): Promise<void> {
  // Stored sort orders refer to the story. Those of the other one are made again, since its version changes.
  await db.deleteFrom('thread_orders').where('storyId', '=', from).execute();
  await db.updateTable('comments').set({ storyId: into }).where('storyId', '=', from).execute();
  const threads = await db
    .selectFrom('threads')
    .select(['storyId', 'version'])
    .where('storyId', 'in', [from, into])
    .execute();
  if (!threads.some(({ storyId }) => storyId === from)) return;
  if (threads.length > 1) await db.deleteFrom('threads').where('storyId', '=', from).execute();
  const visible = await db
    .selectFrom('comments')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('storyId', '=', into)
    .where('state', '=', 'visible')
    .executeTakeFirstOrThrow();
  await db
    .updateTable('threads')
    .set({ storyId: into, total: visible.count, version: Math.max(...threads.map(({ version }) => version)) + 1 })
    .where('storyId', 'in', [from, into])
    .execute();
}

/** Adds reads up. Their `value` halves every twelve hours. */
async function mergeReads(db: Kysely<Tables>, from: string, into: string): Promise<void> {
  const reads = await db.selectFrom('story_reads').selectAll().where('storyId', 'in', [from, into]).execute();
  if (!reads.some(({ storyId }) => storyId === from)) return;
  const at = Math.max(...reads.map((row) => row.at));
  const value = reads.reduce((sum, row) => sum + row.value * 0.5 ** ((at - row.at) / readHalfLifeMs), 0);
  const total = reads.reduce((sum, row) => sum + row.total, 0);
  await db.deleteFrom('story_reads').where('storyId', 'in', [from, into]).execute();
  await db.insertInto('story_reads').values({ storyId: into, value, at, total }).execute();
}
