import type { Reactions } from 'afterword/contract';
import { Problem } from '../problem.js';
import type { Database } from '../storage/database.js';
import { runKept } from '../storage/kept-queries.js';
import type { ReactionTallyRow, ReactionVoteRow } from '../storage/tables.js';
import type { Command, Transaction } from '../storage/writer.js';
import { stateOf, type StoredPoll } from './polls.js';

/** What a reader wants to hold in a poll from now on; no choices takes the vote back. */
export interface Vote {
  readonly storyId: string;
  readonly pollId: string;
  readonly readerId: string;
  readonly choices: readonly string[];
  /** How well the reader is known. */
  readonly confidence: ReactionVoteRow['confidence'];
  /** Of the page that is voted on. */
  readonly origin: string | null;
}

/** Where a poll on a story stands. */
export interface Tally {
  readonly counts: Readonly<Record<string, number>>;
  readonly voters: number;
  readonly version: number;
  /** Paused on this story for a review. */
  readonly frozen: boolean;
}

/** Where a poll stands on a story nobody has voted on. */
export const noVotes: Tally = { counts: countsOf('{}'), voters: 0, version: 0, frozen: false };

/**
 * One row per reader and poll, and the tally beside it, changed in one transaction. Saying the same again changes
 * nothing. The tally is locked first, so that two nodes cannot both count from the same old state. One that is frozen
 * takes no votes.
 */
export const castVotes: Command<Vote, Tally> = {
  name: 'cast-votes',
  async run(transaction, votes) {
    const tallies = new Map<string, Tally | Problem>();
    for (const [poll, ofPoll] of [...byPoll(votes)].sort(([a], [b]) => (a < b ? -1 : 1))) {
      tallies.set(poll, await castInPoll(transaction, ofPoll));
    }
    return votes.map((vote) => tallies.get(pollKey(vote)) ?? noVotes);
  },
};

async function castInPoll(transaction: Transaction, votes: readonly [Vote, ...Vote[]]): Promise<Tally | Problem> {
  const { db } = transaction;
  const [{ storyId, pollId }] = votes;
  const before = await lockTally(transaction, storyId, pollId);
  if (before.frozenAt !== null) return new Problem('poll-frozen');
  // Each says all that its reader wants to hold, so the last one counts.
  const last = new Map(votes.map((vote) => [vote.readerId, vote]));
  const readers = [...last.keys()];
  const { rows } = await runKept(
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
  const counts = countsOf(before.countsJson);
  let { voters } = before;
  const changedAt = Date.now();
  const kept: ReactionVoteRow[] = [];
  const gone: string[] = [];
  for (const { readerId, choices, confidence, origin } of last.values()) {
    const was = stored.get(readerId);
    const is = choices.length > 0 ? JSON.stringify([...new Set(choices)].sort()) : undefined;
    if (was === is) continue;
    if (is === undefined) gone.push(readerId);
    else kept.push({ storyId, pollId, readerId, choicesJson: is, changedAt, confidence, origin });
    for (const choice of choicesOf(was)) counts[choice] = (counts[choice] ?? 0) - 1;
    for (const choice of choicesOf(is)) counts[choice] = (counts[choice] ?? 0) + 1;
    voters += (is === undefined ? 0 : 1) - (was === undefined ? 0 : 1);
  }
  if (kept.length + gone.length === 0) return { counts, voters, version: before.version, frozen: false };

  if (kept.length > 0) {
    await runKept(
      db,
      `hold votes ${kept.length}`,
      () =>
        db
          .insertInto('reaction_votes')
          .values(kept)
          .onConflict((conflict) =>
            conflict.columns(['storyId', 'pollId', 'readerId']).doUpdateSet((eb) => ({
              choicesJson: eb.ref('excluded.choicesJson'),
              changedAt: eb.ref('excluded.changedAt'),
              confidence: eb.ref('excluded.confidence'),
              origin: eb.ref('excluded.origin'),
            })),
          ),
      // In the order of the columns, which is that of the rows.
      kept.flatMap((vote) => Object.values(vote) as unknown[]),
    );
  }
  if (gone.length > 0) {
    await db
      .deleteFrom('reaction_votes')
      .where('storyId', '=', storyId)
      .where('pollId', '=', pollId)
      .where('readerId', 'in', gone)
      .execute();
  }
  const version = before.version + 1;
  const countsJson = JSON.stringify(counts);
  await runKept(
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

async function lockTally({ db, locked }: Transaction, storyId: string, pollId: string): Promise<ReactionTallyRow> {
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

/** Where a poll on a story stands now. */
export async function readTally({ read }: Database, storyId: string, pollId: string): Promise<Tally> {
  const row = await read
    .selectFrom('reaction_tallies')
    .selectAll()
    .where('storyId', '=', storyId)
    .where('pollId', '=', pollId)
    .executeTakeFirst();
  return row ? fromRow(row) : noVotes;
}

/** Where every poll stands that somebody has voted on, by poll id. */
export async function readTallies({ read }: Database, storyId: string): Promise<Map<string, Tally>> {
  const rows = await read.selectFrom('reaction_tallies').selectAll().where('storyId', '=', storyId).execute();
  return new Map(rows.map((row) => [row.pollId, fromRow(row)]));
}

function fromRow({ countsJson, voters, version, frozenAt }: ReactionTallyRow): Tally {
  return { counts: countsOf(countsJson), voters, version, frozen: frozenAt !== null };
}

/** A tally as everybody may see it now: with every choice, and without numbers where they wait for the end. */
export function shownTally(
  poll: StoredPoll,
  { counts, voters, version, frozen }: Tally,
  now: number,
): Omit<Reactions, 'poll'> & { state: Reactions['poll']['state'] } {
  const open = stateOf(poll, now);
  const state = frozen && open === 'open' ? 'frozen' : open;
  if (poll.results === 'after-closing' && state !== 'closed') return { state, version };
  const every = Object.fromEntries(poll.choices.map(({ id }) => [id, counts[id] ?? 0]));
  return { state, counts: every, total: voters, version };
}

/** What a reader holds in each poll of a story, by poll id. */
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
  return new Map(rows.map(({ pollId, choicesJson }) => [pollId, choicesOf(choicesJson)]));
}

/** Without a prototype: `constructor` is a choice like any other. */
function countsOf(json: string): Record<string, number> {
  return Object.assign(Object.create(null) as Record<string, number>, JSON.parse(json) as Record<string, number>);
}

function choicesOf(json: string | undefined): string[] {
  return json === undefined ? [] : (JSON.parse(json) as string[]);
}

function pollKey({ storyId, pollId }: Vote): string {
  return `${storyId} ${pollId}`;
}

function byPoll(votes: readonly Vote[]): Map<string, [Vote, ...Vote[]]> {
  const groups = new Map<string, [Vote, ...Vote[]]>();
  for (const vote of votes) {
    const group = groups.get(pollKey(vote));
    if (group) group.push(vote);
    else groups.set(pollKey(vote), [vote]);
  }
  return groups;
}
