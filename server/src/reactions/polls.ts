import { defaultPoll, type EditedPoll, type Poll } from 'afterword/contract';
import type { Kysely } from 'kysely';
import { inAllLanguages } from '../locales/registry.js';
import { Problem } from '../problem.js';
import type { Database } from '../storage/database.js';
import { memoryCache } from '../storage/memory-cache.js';
import type { PollChoiceRow, PollRow, Tables } from '../storage/tables.js';
import type { Command } from '../storage/writer.js';
import { translate, type LocalizedText } from '../text.js';
import { secondMs, toIsoTime, type EpochMs } from '../time.js';

/** Poll as an editor defines it. */
export interface NewPoll {
  readonly id: string;
  readonly question: LocalizedText;
  readonly multiple: boolean;
  readonly choices: readonly { readonly id: string; readonly label: LocalizedText; readonly icon: string }[];
}

/** Default reaction poll of a new site. */
const defaultReactionPoll: NewPoll = {
  id: defaultPoll,
  question: inAllLanguages((words) => words.defaultPoll.question),
  multiple: false,
  // Built-in icons have the same names.
  choices: (['great', 'like', 'fun', 'improve'] as const).map((id) => ({
    id,
    label: inAllLanguages((words) => words.defaultPoll.choices[id]),
    icon: id,
  })),
};

/** Stored poll with all languages and choices, retired ones included. */
export interface StoredPoll extends NewPoll {
  readonly results: PollRow['results'];
  readonly state: PollRow['state'];
  readonly opensAt: EpochMs | null;
  readonly closesAt: EpochMs | null;
  /** Id and key of the only story that shows the poll; `null` for polls of all stories. */
  readonly storyId: string | null;
  readonly storyKey: string | null;
  readonly choices: readonly (NewPoll['choices'][number] & { readonly retired: boolean })[];
}

const ttlMs = 5 * secondMs;

/** Reads polls and caches them for five seconds. */
export class Polls {
  readonly #database: Database;
  readonly #cache = memoryCache<StoredPoll>(5000, ttlMs);

  constructor(database: Database) {
    this.#database = database;
  }

  async get(siteId: string, id: string): Promise<StoredPoll | undefined> {
    const key = `${siteId} ${id}`;
    const known = this.#cache.get(key);
    if (known) return known;
    const [poll] = await this.#read(siteId, id);
    if (poll) this.#cache.set(key, poll);
    return poll;
  }

  /** @throws Problem `poll-not-found` */
  async getOrThrow(siteId: string, id: string): Promise<StoredPoll> {
    const poll = await this.get(siteId, id);
    if (!poll) throw new Problem('poll-not-found');
    return poll;
  }

  /** Lists all polls of a site, uncached. */
  list(siteId: string): Promise<StoredPoll[]> {
    return this.#read(siteId);
  }

  /** Drops a changed poll from the cache. */
  invalidate(siteId: string, id: string): void {
    this.#cache.delete(`${siteId} ${id}`);
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
    const allChoices = await choices.orderBy('position').execute();
    return rows.map((row) =>
      toPoll(
        row,
        allChoices.filter(({ pollId }) => pollId === row.id),
      ),
    );
  }
}

function toPoll(row: PollRow & { storyKey: string | null }, choices: readonly PollChoiceRow[]): StoredPoll {
  const { id, questionJson, multiple, results, state, opensAt, closesAt, storyId, storyKey } = row;
  return {
    id,
    question: JSON.parse(questionJson) as LocalizedText,
    multiple: multiple === 1,
    results,
    state,
    opensAt,
    closesAt,
    storyId,
    storyKey,
    choices: choices.map(({ id, labelJson, icon, retired }) => ({
      id,
      label: JSON.parse(labelJson) as LocalizedText,
      icon,
      retired: retired === 1,
    })),
  };
}

/** Converts a poll for editors. */
export function toEditedPoll({ storyId: _, storyKey, opensAt, closesAt, choices, ...poll }: StoredPoll): EditedPoll {
  return {
    ...poll,
    opensAt: toNullableIsoTime(opensAt),
    closesAt: toNullableIsoTime(closesAt),
    story: storyKey,
    choices: [...choices],
  };
}

function toNullableIsoTime(at: EpochMs | null): string | null {
  return at === null ? null : toIsoTime(at);
}

/** Returns the state at a time: the stored state, limited by the opening and closing times. */
export function pollState({ state, opensAt, closesAt }: StoredPoll, now: EpochMs): Poll['state'] {
  if (state !== 'open') return state;
  return (opensAt !== null && now < opensAt) || (closesAt !== null && now >= closesAt) ? 'closed' : 'open';
}

/** Converts a poll for readers, in one language and without retired choices. */
export function toPublicPoll(poll: StoredPoll, lang: string | undefined, siteLang: string, now: EpochMs): Poll {
  const { id, question, choices, multiple, results, opensAt, closesAt } = poll;
  const { text, ...questionLang } = translate(question, lang, siteLang);
  return {
    id,
    question: text,
    ...questionLang,
    choices: choices
      .filter(({ retired }) => !retired)
      .map(({ id, label, icon }) => {
        const { text, ...labelLang } = translate(label, lang, siteLang);
        return { id, label: text, ...labelLang, icon };
      }),
    multiple,
    results,
    state: pollState(poll, now),
    opensAt: toNullableIsoTime(opensAt),
    closesAt: toNullableIsoTime(closesAt),
  };
}

/** Inserts a poll unless the site has one with this id. Never overwrites an edited poll. */
async function addPoll(db: Kysely<Tables>, siteId: string, poll: NewPoll): Promise<void> {
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

/** Inserts the default poll unless the site has one with its id. */
export function addDefaultPoll(db: Kysely<Tables>, siteId: string): Promise<void> {
  return addPoll(db, siteId, defaultReactionPoll);
}

/** Inserts polls unless their sites have ones with these ids. */
export const addPolls: Command<{ siteId: string; poll: NewPoll }, void> = {
  name: 'add-polls',
  async run({ db }, added) {
    for (const { siteId, poll } of added) await addPoll(db, siteId, poll);
    return added.map(() => undefined);
  },
};
