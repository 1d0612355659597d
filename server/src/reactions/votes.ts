import type { Reactions } from 'afterword/contract';
import { Problem } from '../problem.js';
import type { Database } from '../storage/database.js';
import { inBatches, runCached } from '../storage/statement-cache.js';
import type { ReactionTallyRow, ReactionVoteRow } from '../storage/tables.js';
import type { Command, Transaction } from '../storage/writer.js';
import { pollState, type Polls, type StoredPoll } from './polls.js';
import type { EpochMs } from '../time.js';

/** Vote of a reader; an empty list of choices removes it. */
export interface Vote {
  readonly storyId: string;
  readonly pollId: string;
  readonly readerId: string;
  readonly choices: readonly string[];
  /** Identification level of the reader. */
  readonly confidence: ReactionVoteRow['confidence'];
  /** Origin of the page on which the vote was cast. */
  readonly origin: string | null;
}

/** Counts of one poll on one story. */
export interface Tally {
  readonly counts: Readonly<Record<string, number>>;
  readonly voters: number;
  readonly version: number;
  /** True while the poll is paused on this story for a review. */
  readonly frozen: boolean;
}

/** Tally of a story without votes. */
export const emptyTally: Tally = { counts: parseCounts('{}'), voters: 0, version: 0, frozen: false };

/**
 * Casts votes: upserts one row per reader and poll and updates the tally in the same transaction. Idempotent. Selects
 * the tally FOR NO KEY UPDATE first, so that concurrent nodes cannot lose updates. Frozen tallies refuse votes.
 */
export const castVotes: Command<Vote, Tally> = {
  name: 'cast-votes',
  storyIds: (_, votes) => votes.map(({ storyId }) => storyId),
  async run(transaction, votes) {
    const tallies = new Map<string, Tally | Problem>();
    for (const [poll, ofPoll] of [...groupByTally(votes)].sort(([a], [b]) => (a < b ? -1 : 1))) {
      tallies.set(poll, await castInTally(transaction, ofPoll));
    }
    return votes.map((vote) => tallies.get(tallyKey(vote)) ?? emptyTally);
  },
};

async function castInTally(transaction: Transaction, votes: readonly [Vote, ...Vote[]]): Promise<Tally | Problem> {
  const { db } = transaction;
  const [{ storyId, pollId }] = votes;
  const before = await lockTally(transaction, storyId, pollId);
  if (before.frozenAt !== null) return new Problem('poll-frozen');
  // The last vote of a reader in the batch wins, since each contains the full set of choices.
  const latest = new Map(votes.map((vote) => [vote.readerId, vote]));
  const readers = [...latest.keys()];
  const { rows } = await runCached(
    db,
    `votes of ${readers.length}`,
    () =>
      db
        .selectFrom('reaction_votes')
        .select(['readerId', 'choicesJson'])
        .where('storyId', '=', storyId)
        .where('pollId', '=', pollId)
        .where('readerId', 'in', readers),
    [storyId, pollId, ...readers],
  );
  const stored = new Map(rows.map(({ readerId, choicesJson }) => [readerId, choicesJson]));
  const counts = parseCounts(before.countsJson);
  let { voters } = before;
  const changedAt = Date.now();
  const upserted: ReactionVoteRow[] = [];
  const deleted: string[] = [];
  for (const { readerId, choices, confidence, origin } of latest.values()) {
    const previous = stored.get(readerId);
    const next = choices.length > 0 ? JSON.stringify([...new Set(choices)].sort()) : undefined;
    if (previous === next) continue;
    if (next === undefined) deleted.push(readerId);
    else upserted.push({ storyId, pollId, readerId, choicesJson: next, changedAt, confidence, origin });
    for (const choice of parseChoices(previous)) counts[choice] = (counts[choice] ?? 0) - 1;
    for (const choice of parseChoices(next)) counts[choice] = (counts[choice] ?? 0) + 1;
    voters += (next === undefined ? 0 : 1) - (previous === undefined ? 0 : 1);
  }
  if (upserted.length + deleted.length === 0) return { counts, voters, version: before.version, frozen: false };

  if (upserted.length > 0) {
    await runCached(
      db,
      `hold votes ${upserted.length}`,
      () =>
        db
          .insertInto('reaction_votes')
          .values(upserted)
          .onConflict((conflict) =>
            conflict.columns(['storyId', 'pollId', 'readerId']).doUpdateSet((eb) => ({
              choicesJson: eb.ref('excluded.choicesJson'),
              changedAt: eb.ref('excluded.changedAt'),
              confidence: eb.ref('excluded.confidence'),
              origin: eb.ref('excluded.origin'),
            })),
          ),
      // Parameters in column order, which is the key order of the row objects.
      upserted.flatMap((vote) => Object.values(vote) as unknown[]),
    );
  }
  if (deleted.length > 0) {
    await db
      .deleteFrom('reaction_votes')
      .where('storyId', '=', storyId)
      .where('pollId', '=', pollId)
      .where('readerId', 'in', deleted)
      .execute();
  }
  const version = before.version + 1;
  const countsJson = JSON.stringify(counts);
  await runCached(
    db,
    'count votes',
    () =>
      db
        .updateTable('reaction_tallies')
        .set({ countsJson, voters, version })
        .where('storyId', '=', storyId)
        .where('pollId', '=', pollId),
    [countsJson, voters, version, storyId, pollId],
  );
  return { counts, voters, version, frozen: false };
}

/** Selects a tally FOR NO KEY UPDATE (row lock), after creating it where it is missing. */
export async function lockTally(
  { db, locked }: Transaction,
  storyId: string,
  pollId: string,
): Promise<ReactionTallyRow> {
  const find = () =>
    locked(
      db.selectFrom('reaction_tallies').selectAll().where('storyId', '=', storyId).where('pollId', '=', pollId),
    ).executeTakeFirst();
  const found = await find();
  if (found) return found;
  await db
    .insertInto('reaction_tallies')
    .values({ storyId, pollId, countsJson: '{}', voters: 0, version: 0, frozenAt: null, frozenWhy: null })
    .onConflict((conflict) => conflict.columns(['storyId', 'pollId']).doNothing())
    .execute();
  const made = await find();
  if (!made) throw new Error('A tally that was just made is not there.');
  return made;
}

/** Reads the current tally of a poll on a story. */
export async function readTally({ read }: Database, storyId: string, pollId: string): Promise<Tally> {
  const row = await read
    .selectFrom('reaction_tallies')
    .selectAll()
    .where('storyId', '=', storyId)
    .where('pollId', '=', pollId)
    .executeTakeFirst();
  return row ? toTally(row) : emptyTally;
}

/** Reads the tallies of all polls that have votes on a story, for the public. */
export async function readPublicTallies(
  { database, polls }: { readonly database: Pick<Database, 'read'>; readonly polls: Polls },
  siteId: string,
  storyId: string,
) {
  const rows = await database.read.selectFrom('reaction_tallies').selectAll().where('storyId', '=', storyId).execute();
  const results: (ReturnType<typeof toPublicTally> & { poll: string })[] = [];
  for (const row of rows) {
    const poll = await polls.get(siteId, row.pollId);
    if (poll) results.push({ poll: row.pollId, ...toPublicTally(poll, toTally(row), Date.now()) });
  }
  return results;
}

/** Reads the versions of all tallies of some stories. */
export async function readTallyVersions({ read }: Pick<Database, 'read'>, storyIds: readonly string[]) {
  const versions: Pick<ReactionTallyRow, 'storyId' | 'pollId' | 'version'>[] = [];
  for (const batch of inBatches(storyIds)) {
    versions.push(
      ...(await read
        .selectFrom('reaction_tallies')
        .select(['storyId', 'pollId', 'version'])
        .where('storyId', 'in', batch)
        .execute()),
    );
  }
  return versions;
}

function toTally({ countsJson, voters, version, frozenAt }: ReactionTallyRow): Tally {
  return { counts: parseCounts(countsJson), voters, version, frozen: frozenAt !== null };
}

/** Converts a tally for the public: with every choice, and without counts while `results` is `after-closing`. */
export function toPublicTally(
  poll: StoredPoll,
  { counts, voters, version, frozen }: Tally,
  now: EpochMs,
): Omit<Reactions, 'poll'> & { state: Reactions['poll']['state'] } {
  const open = pollState(poll, now);
  const state = frozen && open === 'open' ? 'frozen' : open;
  if (poll.results === 'after-closing' && state !== 'closed') return { state, version };
  const every = Object.fromEntries(poll.choices.map(({ id }) => [id, counts[id] ?? 0]));
  return { state, counts: every, total: voters, version };
}

/** Reads a reader's choices on a story, by poll id. */
export async function readHeldChoices(
  { read }: Database,
  storyId: string,
  readerId: string,
): Promise<Map<string, string[]>> {
  const rows = await read
    .selectFrom('reaction_votes')
    .select(['pollId', 'choicesJson'])
    .where('readerId', '=', readerId)
    .where('storyId', '=', storyId)
    .execute();
  return new Map(rows.map(({ pollId, choicesJson }) => [pollId, parseChoices(choicesJson)]));
}

/** Parses stored counts. Has no prototype, since `constructor` is a valid choice id. */
export function parseCounts(json: string): Record<string, number> {
  return Object.assign(Object.create(null) as Record<string, number>, JSON.parse(json) as Record<string, number>);
}

function parseChoices(json: string | undefined): string[] {
  return json === undefined ? [] : (JSON.parse(json) as string[]);
}

/** Returns the key of one poll on one story, for maps in memory. */
export function tallyKey({ storyId, pollId }: { readonly storyId: string; readonly pollId: string }): string {
  return `${storyId} ${pollId}`;
}

function groupByTally(votes: readonly Vote[]): Map<string, [Vote, ...Vote[]]> {
  const groups = new Map<string, [Vote, ...Vote[]]>();
  for (const vote of votes) {
    const group = groups.get(tallyKey(vote));
    if (group) group.push(vote);
    else groups.set(tallyKey(vote), [vote]);
  }
  return groups;
}
