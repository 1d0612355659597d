import type { Kysely } from 'kysely';
import type { Tables } from './tables.js';
import type { Command } from './writer.js';

/** A stored counter that differs from the rows that it counts. */
export interface CounterDifference {
  /** Table and column, such as `comments.up`. */
  readonly counter: string;
  /** Key of the row that stores the counter. */
  readonly id: string;
  readonly stored: number;
  readonly counted: number;
}

/** Differences found in one batch. */
export interface ComparedBatch {
  readonly differences: readonly CounterDifference[];
  /** Number of compared rows. */
  readonly rowCount: number;
  /** The key after which the next batch starts; `undefined` after the last batch. */
  readonly next: string | undefined;
}

/** Compares the counters of one table with the rows that they count. */
export interface CounterCheck {
  /**
   * Compares the rows after a key. Reads a counter and its rows in one statement, which sees one state of the database:
   * a write that is committed meanwhile changes both or none.
   */
  compare(read: Kysely<Tables>, after: string): Promise<ComparedBatch>;
  /** Counts the rows of some ids again under row locks, stores the counters that still differ, and returns these. */
  readonly mend: Command<readonly string[], readonly CounterDifference[]>;
}

const batchStories = 100;

/** Reads ids of stories in their order, for checks that count per story. */
export async function readStoryIds(read: Kysely<Tables>, after: string): Promise<string[]> {
  const rows = await read
    .selectFrom('stories')
    .select('id')
    .where('id', '>', after)
    .orderBy('id')
    .limit(batchStories)
    .execute();
  return rows.map(({ id }) => id);
}

/**
 * Makes a comparison that goes through all stories.
 *
 * @param differencesOf compares the counters of some stories
 */
export function compareByStory(
  differencesOf: (db: Kysely<Tables>, storyIds: readonly string[]) => Promise<CounterDifference[]>,
): CounterCheck['compare'] {
  return async (read, after) => {
    const storyIds = await readStoryIds(read, after);
    const differences = storyIds.length === 0 ? [] : await differencesOf(read, storyIds);
    return {
      differences,
      rowCount: storyIds.length,
      next: storyIds.length < batchStories ? undefined : storyIds.at(-1),
    };
  };
}
