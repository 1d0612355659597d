import type { Kysely } from 'kysely';
import { inBatches } from '../storage/statement-cache.js';
import type { ReactionTallyRow, Tables } from '../storage/tables.js';
import type { Transaction } from '../storage/writer.js';
import { addReads } from './rails/read-counter.js';

/** Merges two rows of the same story: moves comments, votes and reads to `into` and deletes `from`. */
export async function mergeStory(transaction: Transaction, from: string, into: string): Promise<void> {
  const { db } = transaction;
  await db.updateTable('story_aliases').set({ storyId: into }).where('storyId', '=', from).execute();
  await mergeReactions(db, from, into);
  await db.updateTable('polls').set({ storyId: into }).where('storyId', '=', from).execute();
  await mergeThreads(db, from, into);
  await mergeReads(transaction, from, into);
  await db.deleteFrom('stories').where('id', '=', from).execute();
}

/** Keeps the later vote of readers who voted on both, and recounts the tallies. */
async function mergeReactions(db: Kysely<Tables>, from: string, into: string): Promise<void> {
  const votes = await db.selectFrom('reaction_votes').selectAll().where('storyId', 'in', [from, into]).execute();
  const before = await db.selectFrom('reaction_tallies').selectAll().where('storyId', 'in', [from, into]).execute();
  const kept = new Map<string, (typeof votes)[number]>();
  for (const vote of votes.sort((a, b) => a.changedAt - b.changedAt)) {
    kept.set(`${vote.pollId} ${vote.readerId}`, { ...vote, storyId: into });
  }
  const tallies = new Map<
    string,
    Omit<ReactionTallyRow, 'storyId' | 'pollId' | 'countsJson'> & { counts: Record<string, number> }
  >();
  for (const { pollId, version, frozenAt, frozenWhy } of before) {
    const known = tallies.get(pollId);
    tallies.set(pollId, {
      counts: {},
      voters: 0,
      version: Math.max(version + 1, known?.version ?? 0),
      // A freeze of either tally is kept.
      frozenAt: known?.frozenAt ?? frozenAt,
      frozenWhy: known?.frozenWhy ?? frozenWhy,
    });
  }
  for (const { pollId, choicesJson } of kept.values()) {
    const tally = tallies.get(pollId);
    if (!tally) continue;
    tally.voters += 1;
    for (const choice of JSON.parse(choicesJson) as string[]) tally.counts[choice] = (tally.counts[choice] ?? 0) + 1;
  }
  await db.deleteFrom('reaction_votes').where('storyId', 'in', [from, into]).execute();
  await db.deleteFrom('reaction_tallies').where('storyId', 'in', [from, into]).execute();
  for (const batch of inBatches([...kept.values()])) await db.insertInto('reaction_votes').values(batch).execute();
  if (tallies.size > 0) {
    await db
      .insertInto('reaction_tallies')
      .values(
        [...tallies].map(([pollId, { counts, ...tally }]) => ({
          storyId: into,
          pollId,
          countsJson: JSON.stringify(counts),
          ...tally,
        })),
      )
      .execute();
  }
}

/** Moves the comments into the thread of `into`, which keeps its settings. */
async function mergeThreads(db: Kysely<Tables>, from: string, into: string): Promise<void> {
  // Stored sort orders refer to the story. Those of `into` are made again, since its version changes.
  await db.deleteFrom('thread_orders').where('storyId', '=', from).execute();
  await db.updateTable('comments').set({ storyId: into }).where('storyId', '=', from).execute();
  const threads = await db.selectFrom('threads').selectAll().where('storyId', 'in', [from, into]).execute();
  const ours = threads.find(({ storyId }) => storyId === into);
  const theirs = threads.find(({ storyId }) => storyId === from);
  if (!theirs) return;
  if (!ours) {
    await db
      .updateTable('threads')
      .set({ storyId: into, version: theirs.version + 1 })
      .where('storyId', '=', from)
      .execute();
    return;
  }
  await db
    .updateTable('threads')
    .set({ total: ours.total + theirs.total, version: Math.max(ours.version, theirs.version) + 1 })
    .where('storyId', '=', into)
    .execute();
  await db.deleteFrom('threads').where('storyId', '=', from).execute();
}

async function mergeReads(transaction: Transaction, from: string, into: string): Promise<void> {
  const { db } = transaction;
  const reads = await db.selectFrom('story_reads').selectAll().where('storyId', '=', from).executeTakeFirst();
  if (!reads) return;
  await db.deleteFrom('story_reads').where('storyId', '=', from).execute();
  await addReads(transaction, new Map([[into, reads]]));
}
