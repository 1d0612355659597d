import { commentSorts } from 'afterword/contract';
import { sql } from 'kysely';
import { Problem } from '../../problem.js';
import type { Database } from '../../storage/database.js';
import { inBatches } from '../../storage/statement-cache.js';
import type { CommentRow, ThreadOrderIdsRow, ThreadOrderRow } from '../../storage/tables.js';
import type { Command } from '../../storage/writer.js';
import { minuteMs, secondMs, type EpochMs } from '../../time.js';
import { isShown } from '../comment-rows.js';
import { UnsavedOrders } from './unsaved-orders.js';

export type CommentSort = (typeof commentSorts)[number];

/** Sort orders of the contract: by a column of roots, descending, in stored versions; or by time of creation. */
export const sorts = {
  best: { stored: 'score' },
  discussed: { stored: 'replies' },
  newest: { byTime: 'desc' },
  oldest: { byTime: 'asc' },
} as const satisfies Record<CommentSort, { stored: 'score' | 'replies' } | { byTime: 'asc' | 'desc' }>;

type SortsWith<Key extends string> = {
  [Sort in CommentSort]: (typeof sorts)[Sort] extends Readonly<Record<Key, unknown>> ? Sort : never;
}[CommentSort];
export type StoredSort = SortsWith<'stored'>;
export type TimeSort = SortsWith<'byTime'>;

export const storedSorts = commentSorts.filter(isStoredSort);
export const timeSorts = commentSorts.filter((sort): sort is TimeSort => !isStoredSort(sort));

export function isStoredSort(sort: CommentSort): sort is StoredSort {
  return 'stored' in sorts[sort];
}

/**
 * Version of a sort order whose values change while readers page, such as votes.
 *
 * A reader pages through one stored version: the ids of all roots, many per row, so that every page costs the same.
 * A new version is built when a changed thread is read, at most every ten seconds. A superseded version is kept for
 * 15 minutes. While the database takes no writes, readers get the version before, or one in memory where there is none.
 */
export interface SortOrder extends Pick<ThreadOrderRow, 'storyId' | 'version' | 'length' | 'newestAt' | 'newestId'> {
  readonly sort: StoredSort;
}

interface NewSortOrder {
  readonly storyId: string;
  readonly sort: StoredSort;
  readonly threadVersion: number;
  readonly newestAt: EpochMs;
  readonly newestId: string;
  readonly length: number;
  /** Of all roots, one after another. */
  readonly ids: string;
  readonly parts: readonly Pick<ThreadOrderIdsRow, 'part' | 'firstValue' | 'firstId' | 'ids'>[];
}

const minRebuildIntervalMs = 10 * secondMs;
/** The pause after a version could not be saved, in which none is built where readers can have the one before. */
const saveRetryMs = 2 * secondMs;
export const supersededRetentionMs = 15 * minuteMs;
const idChars = 36;
export const idsPerRow = 100;

/** Returns the value a root is sorted by: descending, ties by id. */
export function sortValue(root: Pick<CommentRow, 'score' | 'replies'>, sort: StoredSort): number {
  return root[sorts[sort].stored];
}

export class SortOrders {
  readonly #database: Database;
  readonly #building = new Map<string, Promise<SortOrder>>();
  readonly #unsaved = new UnsavedOrders<NewSortOrder>();
  #saveAgainAt = -Infinity;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Returns the newest version, after rebuilding it if the thread has changed. */
  async current(storyId: string, sort: StoredSort): Promise<SortOrder> {
    const thread = await this.#database.read
      .selectFrom('threads')
      .select('version')
      .where('storyId', '=', storyId)
      .executeTakeFirst();
    const threadVersion = thread?.version ?? 0;
    const newest = await readNewestOrder(this.#database.read, storyId, sort);
    if (newest && (newest.threadVersion === threadVersion || isRecent(newest))) return newest;
    const key = `${sort} ${storyId}`;
    let building = this.#building.get(key);
    if (!building) {
      building = this.#build(storyId, sort, threadVersion, newest).finally(() => this.#building.delete(key));
      this.#building.set(key, building);
    }
    return building;
  }

  /** @throws Problem `cursor-expired` if this version was deleted */
  async readVersion(storyId: string, sort: StoredSort, version: number): Promise<SortOrder> {
    const unsaved = this.#unsaved.find({ storyId, sort, version });
    if (unsaved) return unsaved;
    const order = await this.#database.read
      .selectFrom('thread_orders')
      .selectAll()
      .where('storyId', '=', storyId)
      .where('sort', '=', sort)
      .where('version', '=', version)
      .$narrowType<{ sort: StoredSort }>()
      .executeTakeFirst();
    if (!order) throw new Problem('cursor-expired');
    return order;
  }

  /** Reads the ids in `[start, end)`. */
  async readIds({ storyId, sort, version }: SortOrder, start: number, end: number): Promise<string[]> {
    if (start >= end) return [];
    const unsaved = this.#unsaved.find({ storyId, sort, version });
    if (unsaved) return splitEvery(unsaved.ids.slice(start * idChars, end * idChars), idChars);
    const first = Math.floor(start / idsPerRow);
    const rows = await this.#database.read
      .selectFrom('thread_order_ids')
      .select('ids')
      .where('storyId', '=', storyId)
      .where('sort', '=', sort)
      .where('version', '=', version)
      .where('part', '>=', first)
      .where('part', '<=', Math.floor((end - 1) / idsPerRow))
      .orderBy('part')
      .execute();
    const ids = rows.map((row) => row.ids).join('');
    return splitEvery(ids.slice((start - first * idsPerRow) * idChars, (end - first * idsPerRow) * idChars), idChars);
  }

  /** Finds the index of a root. Returns `undefined` if it is not in this version. */
  async positionOf({ storyId, sort, version }: SortOrder, root: CommentRow): Promise<number | undefined> {
    const unsaved = this.#unsaved.find({ storyId, sort, version });
    if (unsaved) return unsaved.ids.includes(root.id) ? unsaved.ids.indexOf(root.id) / idChars : undefined;
    const parts = this.#database.read
      .selectFrom('thread_order_ids')
      .select(['part', 'ids'])
      .where('storyId', '=', storyId)
      .where('sort', '=', sort)
      .where('version', '=', version)
      .limit(1);
    const byValue = parts
      .where((eb) => eb(eb.refTuple('firstValue', 'firstId'), '>=', eb.tuple(sortValue(root, sort), root.id)))
      .orderBy('firstValue')
      .orderBy('firstId');
    // Falls back to a scan: the root's value may have changed since this version was built.
    const containsRoot = sql<boolean>`replace(ids, ${root.id}, '') <> ids`;
    const likely = await byValue.executeTakeFirst();
    const row = likely?.ids.includes(root.id) ? likely : await parts.where(containsRoot).executeTakeFirst();
    return row && row.part * idsPerRow + row.ids.indexOf(root.id) / idChars;
  }

  /** @param before the version that readers get where a new one cannot be saved */
  async #build(
    storyId: string,
    sort: StoredSort,
    threadVersion: number,
    before: SortOrder | undefined,
  ): Promise<SortOrder> {
    const unsaved = this.#unsaved.latest({ storyId, sort });
    const fallback = before ?? (unsaved?.threadVersion === threadVersion ? unsaved : undefined);
    if (fallback && performance.now() < this.#saveAgainAt) return fallback;
    const order = await this.#readOrder(storyId, sort, threadVersion);
    try {
      return await this.#database.writer.submit(saveOrder, order);
    } catch (error) {
      if (!this.#database.isUnavailable(error)) throw error;
      this.#saveAgainAt = performance.now() + saveRetryMs;
      return fallback ?? this.#unsaved.keep(order);
    }
  }

  async #readOrder(storyId: string, sort: StoredSort, threadVersion: number): Promise<NewSortOrder> {
    const by = sql.ref(`comments.${sorts[sort].stored}`);
    // Pinned roots precede the first page and are in no stored order.
    const roots = this.#database.read
      .selectFrom('comments')
      .where('storyId', '=', storyId)
      .where('parentId', 'is', null)
      .where('pinned', '=', 0);
    const found = await roots
      .where(isShown)
      .select(sql<string | null>`string_agg(comments.id, '' order by ${by} desc, comments.id desc)`.as('ids'))
      .executeTakeFirstOrThrow();
    const newest = await roots
      .select(['id', 'createdAt'])
      .orderBy('createdAt', 'desc')
      .orderBy('id', 'desc')
      .limit(1)
      .executeTakeFirst();
    const ids = found.ids ?? '';
    const parts = splitEvery(ids, idsPerRow * idChars);
    const values = await this.#readSortValues(
      parts.map((some) => some.slice(0, idChars)),
      sort,
    );
    return {
      ids,
      storyId,
      sort,
      threadVersion,
      newestAt: newest?.createdAt ?? 0,
      newestId: newest?.id ?? '',
      length: ids.length / idChars,
      parts: parts.map((some, part) => {
        const firstId = some.slice(0, idChars);
        return { part, firstId, firstValue: values.get(firstId) ?? 0, ids: some };
      }),
    };
  }

  async #readSortValues(ids: readonly string[], sort: StoredSort): Promise<Map<string, number>> {
    const values = new Map<string, number>();
    for (const batch of inBatches(ids)) {
      const rows = await this.#database.read.selectFrom('comments').selectAll().where('id', 'in', batch).execute();
      for (const row of rows) values.set(row.id, sortValue(row, sort));
    }
    return values;
  }
}

/** Saves a new version, unless another node has saved one within the minimum interval. */
const saveOrder: Command<NewSortOrder, SortOrder> = {
  name: 'save-sort-order',
  storyIds: (_, orders) => orders.map(({ storyId }) => storyId),
  async run({ db, locked }, orders) {
    const saved: SortOrder[] = [];
    const now = Date.now();
    for (const { parts, ids: _, ...order } of orders) {
      const { storyId, sort } = order;
      await locked(db.selectFrom('threads').select('version').where('storyId', '=', storyId)).execute();
      const newest = await readNewestOrder(db, storyId, sort);
      if (newest && isRecent(newest)) {
        saved.push(newest);
        continue;
      }
      const version = (newest?.version ?? 0) + 1;
      const row = { ...order, version, madeAt: now, supersededAt: null };
      const rows = parts.map((part) => ({ storyId, sort, version, ...part }));
      await db
        .updateTable('thread_orders')
        .set({ supersededAt: now })
        .where('storyId', '=', storyId)
        .where('sort', '=', sort)
        .where('supersededAt', 'is', null)
        .execute();
      await db.insertInto('thread_orders').values(row).execute();
      for (const batch of inBatches(rows)) await db.insertInto('thread_order_ids').values(batch).execute();
      await db
        .deleteFrom('thread_orders')
        .where('storyId', '=', storyId)
        .where('sort', '=', sort)
        .where('supersededAt', '<', now - supersededRetentionMs)
        .execute();
      saved.push(row);
    }
    return saved;
  },
};

/** Returns true for a version made within the minimum interval. One of the future is of a clock that was set back. */
function isRecent({ madeAt }: Pick<ThreadOrderRow, 'madeAt'>): boolean {
  return Math.abs(Date.now() - madeAt) < minRebuildIntervalMs;
}

function readNewestOrder(db: Database['read'], storyId: string, sort: StoredSort) {
  return db
    .selectFrom('thread_orders')
    .selectAll()
    .where('storyId', '=', storyId)
    .where('sort', '=', sort)
    .orderBy('version', 'desc')
    .limit(1)
    .$narrowType<{ sort: StoredSort }>()
    .executeTakeFirst();
}

function splitEvery(text: string, size: number): string[] {
  return Array.from({ length: Math.ceil(text.length / size) }, (_, part) => text.slice(part * size, (part + 1) * size));
}
