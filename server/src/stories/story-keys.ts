import { newId } from '../ids.js';
import { inBatches } from '../storage/statement-cache.js';
import type { Transaction } from '../storage/writer.js';
import { mergeStory } from './merge.js';

/** Id of a story's row and its canonical key. */
export interface KeyedStory {
  readonly id: string;
  readonly key: string;
}

/**
 * Resolves the keys of a batch of stories to rows.
 *
 * The publisher's id is the canonical key, the URL is an alias. A row created by readers under the URL, or under a
 * former id of the publisher, is reused. Two rows of the same story are merged.
 */
export class StoryKeyMap {
  readonly #transaction: Transaction;
  readonly #siteId: string;
  readonly #known: Map<string, KeyedStory>;
  readonly #aliases = new Map<string, string>();

  private constructor(transaction: Transaction, siteId: string, known: Map<string, KeyedStory>) {
    this.#transaction = transaction;
    this.#siteId = siteId;
    this.#known = known;
  }

  static async read(transaction: Transaction, siteId: string, keys: readonly string[]): Promise<StoryKeyMap> {
    const { db } = transaction;
    const known = new Map<string, KeyedStory>();
    for (const batch of inBatches([...new Set(keys)])) {
      const aliasRows = await db
        .selectFrom('story_aliases')
        .innerJoin('stories', 'stories.id', 'story_aliases.storyId')
        .select(['story_aliases.key as alias', 'stories.id', 'stories.key'])
        .where('story_aliases.siteId', '=', siteId)
        .where('story_aliases.key', 'in', batch)
        .execute();
      for (const { alias, id, key } of aliasRows) known.set(alias, { id, key });
      const keyRows = await db
        .selectFrom('stories')
        .select(['id', 'key'])
        .where('siteId', '=', siteId)
        .where('key', 'in', batch)
        .execute();
      for (const name of keyRows) known.set(name.key, name);
    }
    return new StoryKeyMap(transaction, siteId, known);
  }

  /**
   * Resolves a story's key and URL to an existing row or a new id.
   *
   * @returns also the id of the row that was merged into it and deleted
   */
  async resolve(key: string, urlKey: string): Promise<{ keyed: KeyedStory; mergedId: string | undefined }> {
    const byKey = this.#known.get(key);
    const byUrl = this.#known.get(urlKey);
    const found = byKey ?? byUrl ?? { id: newId(), key };
    // A row created under its URL gets the publisher's id as key; a row with another id keeps that id.
    const keyed = found.key === urlKey ? { id: found.id, key } : found;
    const isDuplicate = byKey && byUrl && byKey.id !== byUrl.id && byUrl.key === urlKey;
    if (isDuplicate) {
      await mergeStory(this.#transaction, byUrl.id, keyed.id);
      this.#replace(byUrl.id, keyed);
    }
    if (keyed !== found) this.#replace(keyed.id, keyed);
    for (const name of [key, urlKey]) {
      this.#known.set(name, keyed);
      if (name !== keyed.key) this.#aliases.set(name, keyed.id);
    }
    return { keyed, mergedId: isDuplicate ? byUrl.id : undefined };
  }

  /** Writes the aliases. Requires the rows of all stories. */
  async writeAliases(): Promise<void> {
    const rows = [...this.#aliases].map(([key, storyId]) => ({ siteId: this.#siteId, key, storyId }));
    for (const batch of inBatches(rows)) {
      await this.#transaction.db
        .insertInto('story_aliases')
        .values(batch)
        .onConflict((conflict) =>
          conflict.columns(['siteId', 'key']).doUpdateSet((eb) => ({ storyId: eb.ref('excluded.storyId') })),
        )
        .execute();
    }
  }

  #replace(id: string, keyed: KeyedStory): void {
    for (const [name, known] of this.#known) if (known.id === id) this.#known.set(name, keyed);
    for (const [name, storyId] of this.#aliases) if (storyId === id) this.#aliases.set(name, keyed.id);
  }
}
