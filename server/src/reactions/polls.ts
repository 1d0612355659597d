import { defaultPoll, type EditedPoll, type Poll } from 'afterword/contract';
import type { Kysely } from 'kysely';
import { growingCache } from '../growing-cache.js';
import { Problem } from '../problem.js';
import { inLang, type Words } from '../sites/words.js';
import type { Database } from '../storage/database.js';
import type { PollChoiceRow, PollRow, Tables } from '../storage/tables.js';
import type { Command } from '../storage/writer.js';

/** A poll as an editor writes it. */
export interface NewPoll {
  readonly id: string;
  readonly question: Words;
  readonly multiple: boolean;
  readonly choices: readonly { readonly id: string; readonly label: Words; readonly icon: string }[];
}

/** The reaction poll every site begins with. */
export const defaultPollWords: NewPoll = {
  id: defaultPoll,
  question: { vi: 'Cảm nhận của bạn về bài viết này', en: 'How do you feel about this story?' },
  multiple: false,
  choices: [
    { id: 'great', label: { vi: 'Rất hay', en: 'Excellent' }, icon: 'great' },
    { id: 'like', label: { vi: 'Thích', en: 'I like it' }, icon: 'like' },
    { id: 'fun', label: { vi: 'Giải trí', en: 'Entertaining' }, icon: 'fun' },
    { id: 'improve', label: { vi: 'Cần cải thiện', en: 'Needs work' }, icon: 'improve' },
  ],
};

/** A poll with all its choices, retired ones too, in every language. */
export interface StoredPoll extends NewPoll {
  readonly results: PollRow['results'];
  readonly state: PollRow['state'];
  /** Milliseconds since 1970. */
  readonly opensAt: number | null;
  readonly closesAt: number | null;
  /** The only story it stands on, and what that is called; without, any. */
  readonly storyId: string | null;
  readonly storyKey: string | null;
  readonly choices: readonly (NewPoll['choices'][number] & { readonly retired: boolean })[];
}

const freshMillis = 5000;

/** The polls of all sites, kept for five seconds. */
export class Polls {
  readonly #database: Database;
  readonly #known = growingCache<StoredPoll>(5000, freshMillis);

  constructor(database: Database) {
    this.#database = database;
  }

  async get(siteId: string, id: string): Promise<StoredPoll | undefined> {
    const key = `${siteId} ${id}`;
    const known = this.#known.get(key);
    if (known) return known;
    const [poll] = await this.#read(siteId, id);
    if (poll) this.#known.set(key, poll);
    return poll;
  }

  /** @throws Problem `poll-not-found` */
  async need(siteId: string, id: string): Promise<StoredPoll> {
    const poll = await this.get(siteId, id);
    if (!poll) throw new Problem('poll-not-found');
    return poll;
  }

  /** All of a site, as they stand now. */
  list(siteId: string): Promise<StoredPoll[]> {
    return this.#read(siteId);
  }

  /** It was just changed. */
  forget(siteId: string, id: string): void {
    this.#known.delete(`${siteId} ${id}`);
  }

  async #read(siteId: string, id?: string): Promise<StoredPoll[]> {
    const { read } = this.#database;
    let polls = read
      .selectFrom('polls')
      .leftJoin('stories', 'stories.id', 'polls.storyId')
      .selectAll('polls')
      .select('stories.key as storyKey')
      .where('polls.siteId', '=', siteId);
    let choices = read.selectFrom('poll_choices').selectAll().where('siteId', '=', siteId);
    if (id !== undefined) {
      polls = polls.where('polls.id', '=', id);
      choices = choices.where('pollId', '=', id);
    }
    const rows = await polls.orderBy('polls.id').execute();
    if (rows.length === 0) return [];
    const ofAll = await choices.orderBy('position').execute();
    return rows.map((row) =>
      fromRows(
        row,
        ofAll.filter(({ pollId }) => pollId === row.id),
      ),
    );
  }
}

function fromRows(row: PollRow & { storyKey: string | null }, choices: readonly PollChoiceRow[]): StoredPoll {
  const { id, questionJson, multiple, results, state, opensAt, closesAt, storyId, storyKey } = row;
  return {
    id,
    question: JSON.parse(questionJson) as Words,
    multiple: multiple === 1,
    results,
    state,
    opensAt,
    closesAt,
    storyId,
    storyKey,
    choices: choices.map(({ id, labelJson, icon, retired }) => ({
      id,
      label: JSON.parse(labelJson) as Words,
      icon,
      retired: retired === 1,
    })),
  };
}

/** The poll as its editors see it. */
export function editedPoll({ storyId: _, storyKey, opensAt, closesAt, choices, ...poll }: StoredPoll): EditedPoll {
  return { ...poll, opensAt: isoTime(opensAt), closesAt: isoTime(closesAt), story: storyKey, choices: [...choices] };
}

function isoTime(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}

/** Whether the poll takes votes now: its own state, within the times it opens and closes at. */
export function stateOf({ state, opensAt, closesAt }: StoredPoll, now: number): Poll['state'] {
  if (state !== 'open') return state;
  return (opensAt !== null && now < opensAt) || (closesAt !== null && now >= closesAt) ? 'closed' : 'open';
}

/** The poll in one language, as readers see it. */
export function shownPoll(poll: StoredPoll, lang: string | undefined, siteLang: string, now: number): Poll {
  const { id, question, choices, multiple, results, opensAt, closesAt } = poll;
  const words = (all: Words) => inLang(all, lang, siteLang);
  return {
    id,
    question: words(question),
    choices: choices
      .filter(({ retired }) => !retired)
      .map(({ id, label, icon }) => ({ id, label: words(label), icon })),
    multiple,
    results,
    state: stateOf(poll, now),
    opensAt: isoTime(opensAt),
    closesAt: isoTime(closesAt),
  };
}

/** Adds a poll where the site has none of that id; an existing one is an editor's business. */
export async function addPoll(db: Kysely<Tables>, siteId: string, poll: NewPoll): Promise<void> {
  await db
    .insertInto('polls')
    .values({
      siteId,
      id: poll.id,
      questionJson: JSON.stringify(poll.question),
      multiple: poll.multiple ? 1 : 0,
      results: 'always',
      state: 'open',
      opensAt: null,
      closesAt: null,
      storyId: null,
    })
    .onConflict((conflict) => conflict.columns(['siteId', 'id']).doNothing())
    .execute();
  await db
    .insertInto('poll_choices')
    .values(
      poll.choices.map(({ id, label, icon }, position) => ({
        siteId,
        pollId: poll.id,
        id,
        labelJson: JSON.stringify(label),
        icon,
        position,
        retired: 0 as const,
      })),
    )
    .onConflict((conflict) => conflict.columns(['siteId', 'pollId', 'id']).doNothing())
    .execute();
}

/** Adds polls to sites that have none of their id. */
export const addPolls: Command<{ siteId: string; poll: NewPoll }, void> = {
  name: 'add-polls',
  async run({ db }, added) {
    for (const { siteId, poll } of added) await addPoll(db, siteId, poll);
    return added.map(() => undefined);
  },
};
