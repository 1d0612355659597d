import type { EditedPoll } from 'afterword/contract';
import { Problem } from '../problem.js';
import { inPortions } from '../storage/portions.js';
import type { PollChoiceRow, PollRow } from '../storage/tables.js';
import type { Command, Transaction } from '../storage/writer.js';

/** A poll as an editor wants it, on a site and perhaps on one story only. */
export interface PollEdit {
  readonly siteId: string;
  readonly storyId: string | null;
  readonly poll: Omit<EditedPoll, 'story'>;
}

/**
 * Makes polls, or makes them anew. Votes are kept: a choice that is left out is retired, and what would leave votes
 * without a meaning is refused.
 */
export const putPolls: Command<PollEdit, void> = {
  name: 'put-polls',
  async run(transaction, edits) {
    const results: (undefined | Problem)[] = [];
    for (const edit of edits) results.push(await putPoll(transaction, edit));
    return results;
  },
};

async function putPoll(transaction: Transaction, { siteId, storyId, poll }: PollEdit): Promise<Problem | undefined> {
  const { db, locked } = transaction;
  const before = await locked(
    db.selectFrom('polls').selectAll().where('siteId', '=', siteId).where('id', '=', poll.id),
  ).executeTakeFirst();
  const multiple = poll.multiple ? 1 : 0;
  const leavesStory = storyId !== null && before?.storyId !== storyId;
  if (before && (before.multiple !== multiple || leavesStory)) {
    if (await hasVotes(transaction, before, leavesStory ? storyId : undefined)) return new Problem('poll-in-use');
  }
  const row = {
    questionJson: JSON.stringify(poll.question),
    multiple,
    results: poll.results,
    state: poll.state,
    opensAt: millis(poll.opensAt),
    closesAt: millis(poll.closesAt),
    storyId,
  } satisfies Partial<PollRow>;
  await db
    .insertInto('polls')
    .values({ siteId, id: poll.id, ...row })
    .onConflict((conflict) => conflict.columns(['siteId', 'id']).doUpdateSet(row))
    .execute();
  await putChoices(transaction, siteId, poll);
  return undefined;
}

/** Whether anybody holds a choice in it, elsewhere than on the story that may keep it. */
async function hasVotes({ db }: Transaction, poll: PollRow, but?: string): Promise<boolean> {
  let tallies = db
    .selectFrom('reaction_tallies')
    .innerJoin('stories', 'stories.id', 'reaction_tallies.storyId')
    .select('reaction_tallies.storyId')
    .where('stories.siteId', '=', poll.siteId)
    .where('reaction_tallies.pollId', '=', poll.id)
    .where('reaction_tallies.voters', '>', 0);
  if (but !== undefined) tallies = tallies.where('reaction_tallies.storyId', '!=', but);
  return (await tallies.limit(1).executeTakeFirst()) !== undefined;
}

async function putChoices({ db }: Transaction, siteId: string, poll: PollEdit['poll']): Promise<void> {
  const before = await db
    .selectFrom('poll_choices')
    .selectAll()
    .where('siteId', '=', siteId)
    .where('pollId', '=', poll.id)
    .orderBy('position')
    .execute();
  const named = new Set(poll.choices.map(({ id }) => id));
  const given = poll.choices.map(({ id, label, icon, retired }) => ({
    siteId,
    pollId: poll.id,
    id,
    labelJson: JSON.stringify(label),
    icon,
    retired: retired ? (1 as const) : (0 as const),
  }));
  const left = before.filter(({ id }) => !named.has(id)).map((choice) => ({ ...choice, retired: 1 as const }));
  const rows: PollChoiceRow[] = [...given, ...left]
    .sort((a, b) => a.retired - b.retired)
    .map((choice, position) => ({ ...choice, position }));
  for (const some of inPortions(rows)) {
    await db
      .insertInto('poll_choices')
      .values(some)
      .onConflict((conflict) =>
        conflict.columns(['siteId', 'pollId', 'id']).doUpdateSet((eb) => ({
          labelJson: eb.ref('excluded.labelJson'),
          icon: eb.ref('excluded.icon'),
          position: eb.ref('excluded.position'),
          retired: eb.ref('excluded.retired'),
        })),
      )
      .execute();
  }
}

function millis(time: string | null): number | null {
  return time === null ? null : Date.parse(time);
}

export interface Freeze {
  readonly storyId: string;
  readonly pollId: string;
  /** Why votes are paused there, for editors; `null` lets them go on. */
  readonly why: string | null;
}

/** Pauses a poll on one story for a review, or lets it go on. What was counted stays. */
export const freezeTallies: Command<Freeze, void> = {
  name: 'freeze-tallies',
  async run({ db }, freezes) {
    for (const { storyId, pollId, why } of freezes) {
      const frozen = { frozenAt: why === null ? null : Date.now(), frozenWhy: why };
      await db
        .insertInto('reaction_tallies')
        .values({ storyId, pollId, countsJson: '{}', voters: 0, version: 1, ...frozen })
        .onConflict((conflict) =>
          conflict
            .columns(['storyId', 'pollId'])
            .doUpdateSet((eb) => ({ ...frozen, version: eb('reaction_tallies.version', '+', 1) })),
        )
        .execute();
    }
    return freezes.map(() => undefined);
  },
};
