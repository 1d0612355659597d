import type { EditedPoll } from 'afterword/contract';
import { Problem } from '../problem.js';
import { inBatches } from '../storage/statement-cache.js';
import type { PollChoiceRow, PollRow } from '../storage/tables.js';
import { runSequentially, type Command, type Transaction } from '../storage/writer.js';

/** Poll to be stored, for a whole site or for one story. */
export interface PollEdit {
  readonly siteId: string;
  readonly storyId: string | null;
  readonly poll: Omit<EditedPoll, 'story'>;
}

/**
 * Creates or replaces polls. Votes are kept: an omitted choice is retired, and edits that would invalidate votes are
 * refused.
 */
export const putPolls: Command<PollEdit, void> = {
  name: 'put-polls',
  run: (transaction, edits) => runSequentially(edits, (edit) => putPoll(transaction, edit)),
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
    opensAt: toMs(poll.opensAt),
    closesAt: toMs(poll.closesAt),
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

/** Returns true if the poll has votes, except on the given story. */
async function hasVotes({ db }: Transaction, poll: PollRow, exceptStoryId?: string): Promise<boolean> {
  let tallies = db
    .selectFrom('reaction_tallies')
    .innerJoin('stories', 'stories.id', 'reaction_tallies.storyId')
    .select('reaction_tallies.storyId')
    .where('stories.siteId', '=', poll.siteId)
    .where('reaction_tallies.pollId', '=', poll.id)
    .where('reaction_tallies.voters', '>', 0);
  if (exceptStoryId !== undefined) tallies = tallies.where('reaction_tallies.storyId', '!=', exceptStoryId);
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
  const omitted = before.filter(({ id }) => !named.has(id)).map((choice) => ({ ...choice, retired: 1 as const }));
  const rows: PollChoiceRow[] = [...given, ...omitted]
    .sort((a, b) => a.retired - b.retired)
    .map((choice, position) => ({ ...choice, position }));
  for (const batch of inBatches(rows)) {
    await db
      .insertInto('poll_choices')
      .values(batch)
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

function toMs(time: string | null): number | null {
  return time === null ? null : Date.parse(time);
}

/** Reasons for a pause, as stored and shown to editors. */
const freezeReasons = { editor: 'by an editor', burst: 'a burst of guests who want the same' };

export interface Freeze {
  readonly storyId: string;
  readonly pollId: string;
  /** Cause of the pause; `null` resumes the poll. */
  readonly by: keyof typeof freezeReasons | null;
}

/** Freezes a poll on one story for a review, or resumes it. Counts are kept. */
export const freezeTallies: Command<Freeze, void> = {
  name: 'freeze-tallies',
  storyIds: (_, freezes) => freezes.map(({ storyId }) => storyId),
  async run({ db }, freezes) {
    for (const { storyId, pollId, by } of freezes) {
      const frozen = { frozenAt: by && Date.now(), frozenWhy: by && freezeReasons[by] };
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
