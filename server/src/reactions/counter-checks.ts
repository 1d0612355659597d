import type { Kysely } from 'kysely';
import { compareByStory, type CounterCheck, type CounterDifference } from '../storage/counter-check.js';
import type { Tables } from '../storage/tables.js';
import { runSequentially, type Transaction } from '../storage/writer.js';
import { lockTally, parseCounts, tallyKey } from './votes.js';

/** Checks the voters and the counts of each poll on each story. */
export const tallyCounters: CounterCheck = {
  compare: compareByStory(async (db, storyIds) => (await countTallies(db, storyIds)).flatMap(differencesOf)),
  mend: {
    name: 'mend-tallies',
    run: (transaction, batches) => runSequentially(batches, (keys) => mendTallies(transaction, keys)),
  },
};

interface CountedTally {
  readonly key: string;
  readonly stored: { readonly countsJson: string; readonly voters: number };
  readonly counted: { counts: Record<string, number>; voters: number };
}

/**
 * Counts the votes of each poll on some stories. The stored tally is read with the votes, in one statement; votes without
 * a tally have an empty one.
 */
async function countTallies(db: Kysely<Tables>, storyIds: readonly string[]): Promise<CountedTally[]> {
  const votes = await db
    .selectFrom((from) =>
      from
        .selectFrom('reaction_votes')
        .where('storyId', 'in', storyIds)
        .groupBy(['storyId', 'pollId', 'choicesJson'])
        .select((eb) => ['storyId', 'pollId', 'choicesJson', eb.fn.countAll<number>().as('count')])
        .as('held'),
    )
    .leftJoin('reaction_tallies as tally', (on) =>
      on.onRef('tally.storyId', '=', 'held.storyId').onRef('tally.pollId', '=', 'held.pollId'),
    )
    .select(['held.storyId', 'held.pollId', 'held.choicesJson', 'held.count', 'tally.countsJson', 'tally.voters'])
    .orderBy('held.storyId')
    .orderBy('held.pollId')
    .execute();
  const tallies = new Map<string, CountedTally>();
  for (const { choicesJson, count, countsJson, voters, ...row } of votes) {
    const key = tallyKey(row);
    const stored = { countsJson: countsJson ?? '{}', voters: voters ?? 0 };
    const tally = tallies.get(key) ?? { key, stored, counted: { counts: parseCounts('{}'), voters: 0 } };
    tallies.set(key, tally);
    tally.counted.voters += count;
    for (const choice of JSON.parse(choicesJson) as string[])
      tally.counted.counts[choice] = (tally.counted.counts[choice] ?? 0) + count;
  }
  const withoutVotes = await db
    .selectFrom('reaction_tallies as tally')
    .select(['tally.storyId', 'tally.pollId', 'tally.countsJson', 'tally.voters'])
    .where('tally.storyId', 'in', storyIds)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('reaction_votes as vote')
            .select('vote.readerId')
            .whereRef('vote.storyId', '=', 'tally.storyId')
            .whereRef('vote.pollId', '=', 'tally.pollId'),
        ),
      ),
    )
    .execute();
  for (const { countsJson, voters, ...row } of withoutVotes) {
    const key = tallyKey(row);
    // A poll whose last vote was removed between the two statements is in both; the later one counts.
    tallies.set(key, { key, stored: { countsJson, voters }, counted: { counts: parseCounts('{}'), voters: 0 } });
  }
  return [...tallies.values()];
}

function differencesOf({ key, stored, counted }: CountedTally): CounterDifference[] {
  const counts = parseCounts(stored.countsJson);
  const choices = [...new Set([...Object.keys(counts), ...Object.keys(counted.counts)])].sort();
  return [
    { counter: 'reaction_tallies.voters', id: key, stored: stored.voters, counted: counted.voters },
    ...choices.map((choice) => ({
      counter: `reaction_tallies.counts.${choice}`,
      id: key,
      stored: counts[choice] ?? 0,
      counted: counted.counts[choice] ?? 0,
    })),
  ].filter((compared) => compared.stored !== compared.counted);
}

async function mendTallies(transaction: Transaction, keys: readonly string[]): Promise<CounterDifference[]> {
  const { db } = transaction;
  const wanted = [...new Set(keys)].sort();
  const versions = new Map<string, number>();
  for (const key of wanted) {
    const [storyId, pollId] = key.split(' ') as [string, string];
    versions.set(key, (await lockTally(transaction, storyId, pollId)).version);
  }
  const storyIds = [...new Set(wanted.map((key) => key.split(' ')[0]!))];
  const mended: CounterDifference[] = [];
  for (const tally of await countTallies(db, storyIds)) {
    const version = versions.get(tally.key);
    const differences = differencesOf(tally);
    if (version === undefined || differences.length === 0) continue;
    mended.push(...differences);
    const [storyId, pollId] = tally.key.split(' ') as [string, string];
    const { counts, voters } = tally.counted;
    await db
      .updateTable('reaction_tallies')
      .set({ countsJson: JSON.stringify(counts), voters, version: version + 1 })
      .where('storyId', '=', storyId)
      .where('pollId', '=', pollId)
      .execute();
  }
  return mended;
}
