import { newId } from '../ids.js';
import { inPortions } from '../storage/portions.js';
import type { Transaction } from '../storage/writer.js';
import { mergeStory } from './merge.js';

/** A row, and the key its story goes by. */
export interface StoryName {
  readonly id: string;
  readonly key: string;
}

/**
 * Which rows the names of a batch of stories stand for.
 *
 * The publisher's id is the key and the URL an alias of it. What readers began under the URL, or under an id the
 * publisher has since changed, is the same story: its row stays. Two rows that turn out to be one are merged.
 */
export class StoryNames {
  readonly #transaction: Transaction;
  readonly #siteId: string;
  readonly #known: Map<string, StoryName>;
  readonly #aliases = new Map<string, string>();

  private constructor(transaction: Transaction, siteId: string, known: Map<string, StoryName>) {
    this.#transaction = transaction;
    this.#siteId = siteId;
    this.#known = known;
  }

  static async read(transaction: Transaction, siteId: string, keys: readonly string[]): Promise<StoryNames> {
    const { db } = transaction;
    const known = new Map<string, StoryName>();
    for (const some of inPortions([...new Set(keys)])) {
      const byAlias = await db
        .selectFrom('story_aliases')
        .innerJoin('stories', 'stories.id', 'story_aliases.storyId')
        .select(['story_aliases.key as alias', 'stories.id', 'stories.key'])
        .where('story_aliases.siteId', '=', siteId)
        .where('story_aliases.key', 'in', some)
        .execute();
      for (const { alias, id, key } of byAlias) known.set(alias, { id, key });
      const byKey = await db
        .selectFrom('stories')
        .select(['id', 'key'])
        .where('siteId', '=', siteId)
        .where('key', 'in', some)
        .execute();
      for (const name of byKey) known.set(name.key, name);
    }
    return new StoryNames(transaction, siteId, known);
  }

  /**
   * The row of the story with this key and URL, known or to be made.
   *
   * @returns also the id of a row that was found to be the same story and is gone
   */
  async settle(key: string, urlKey: string): Promise<{ named: StoryName; merged: string | undefined }> {
    const byKey = this.#known.get(key);
    const byUrl = this.#known.get(urlKey);
    const found = byKey ?? byUrl ?? { id: newId(), key };
    // A story that only its URL named until now is renamed; one that has another id of the publisher keeps that.
    const named = found.key === urlKey ? { id: found.id, key } : found;
    const twice = byKey && byUrl && byKey.id !== byUrl.id && byUrl.key === urlKey;
    if (twice) {
      await mergeStory(this.#transaction, byUrl.id, named.id);
      this.#replace(byUrl.id, named);
    }
    if (named !== found) this.#replace(named.id, named);
    for (const name of [key, urlKey]) {
      this.#known.set(name, named);
      if (name !== named.key) this.#aliases.set(name, named.id);
    }
    return { named, merged: twice ? byUrl.id : undefined };
  }

  /** To be called when the rows are there. */
  async writeAliases(): Promise<void> {
    const rows = [...this.#aliases].map(([key, storyId]) => ({ siteId: this.#siteId, key, storyId }));
    for (const some of inPortions(rows)) {
      await this.#transaction.db
        .insertInto('story_aliases')
        .values(some)
        .onConflict((conflict) =>
          conflict.columns(['siteId', 'key']).doUpdateSet((eb) => ({ storyId: eb.ref('excluded.storyId') })),
        )
        .execute();
    }
  }

  #replace(id: string, named: StoryName): void {
    for (const [name, known] of this.#known) if (known.id === id) this.#known.set(name, named);
    for (const [name, storyId] of this.#aliases) if (storyId === id) this.#aliases.set(name, named.id);
  }
}
