import { sql } from 'kysely';
import { Problem } from '../problem.js';
import type { Database } from '../storage/database.js';
import { inPortions } from '../storage/portions.js';
import type { CommentRow, ThreadOrderIdsRow, ThreadOrderRow } from '../storage/tables.js';
import type { Command } from '../storage/writer.js';
import { isShown } from './comment-rows.js';
import type { StoredSort } from './cursor.js';

/**
 * What a thread is sorted by where that changes under a reader's hand: by votes (`best`) or by replies (`discussed`).
 *
 * Who pages through such a list pages through one version of it, written down for that: the ids of the roots, so many to a
 * row that a page costs the same wherever it is. A version is made when somebody reads a thread that has changed, at most
 * every ten seconds, and kept for a quarter of an hour after the next one.
 */
export type Order = Pick<ThreadOrderRow, 'storyId' | 'sort' | 'version' | 'length' | 'newestAt' | 'newestId'>;

interface NewOrder {
  readonly storyId: string;
  readonly sort: StoredSort;
  readonly threadVersion: number;
  readonly newestAt: number;
  readonly newestId: string;
  readonly length: number;
  readonly parts: readonly Pick<ThreadOrderIdsRow, 'part' | 'firstValue' | 'firstId' | 'ids'>[];
}

const freshMillis = 10_000;
const keptMillis = 15 * 60_000;
const unreadMillis = 24 * 60 * 60_000;
const idChars = 36;
const idsInRow = 100;
const columns = { best: 'score', discussed: 'replies' } as const;

/** What a root is sorted by, the highest first; where it is the same, by id. */
export function valueOf(root: Pick<CommentRow, 'score' | 'replies'>, sort: StoredSort): number {
  return root[columns[sort]];
}

export class ThreadOrders {
  readonly #database: Database;
  readonly #making = new Map<string, Promise<Order>>();

  constructor(database: Database) {
    this.#database = database;
  }

  /** The newest version; a new one where the thread has changed since. */
  async current(storyId: string, sort: StoredSort): Promise<Order> {
    const thread = await this.#database.read
      .selectFrom('threads')
      .select('version')
      .where('storyId', '=', storyId)
      .executeTakeFirst();
    const threadVersion = thread?.version ?? 0;
    const newest = await newestOrder(this.#database.read, storyId, sort);
    if (newest && (newest.threadVersion === threadVersion || Date.now() < newest.madeAt + freshMillis)) return newest;
    const key = `${sort} ${storyId}`;
    let making = this.#making.get(key);
    if (!making) {
      making = this.#make(storyId, sort, threadVersion).finally(() => this.#making.delete(key));
      this.#making.set(key, making);
    }
    return making;
  }

  /** @throws Problem `cursor-expired` where this version is no longer kept */
  async version(storyId: string, sort: StoredSort, version: number): Promise<Order> {
    const order = await this.#database.read
      .selectFrom('thread_orders')
      .selectAll()
      .where('storyId', '=', storyId)
      .where('sort', '=', sort)
      .where('version', '=', version)
      .executeTakeFirst();
    if (!order) throw new Problem('cursor-expired');
    return order;
  }

  /** The ids from `start` up to, not including, `end`. */
  async ids({ storyId, sort, version }: Order, start: number, end: number): Promise<string[]> {
    if (start >= end) return [];
    const first = Math.floor(start / idsInRow);
    const rows = await this.#database.read
      .selectFrom('thread_order_ids')
      .select('ids')
      .where('storyId', '=', storyId)
      .where('sort', '=', sort)
      .where('version', '=', version)
      .where('part', '>=', first)
      .where('part', '<=', Math.floor((end - 1) / idsInRow))
      .orderBy('part')
      .execute();
    const ids = rows.map((row) => row.ids).join('');
    return split(ids.slice((start - first * idsInRow) * idChars, (end - first * idsInRow) * idChars), idChars);
  }

  /** Where a root stands, or `undefined` where it is not in this version. */
  async positionOf({ storyId, sort, version }: Order, root: CommentRow): Promise<number | undefined> {
    const parts = this.#database.read
      .selectFrom('thread_order_ids')
      .select(['part', 'ids'])
      .where('storyId', '=', storyId)
      .where('sort', '=', sort)
      .where('version', '=', version)
      .limit(1);
    const byValue = parts
      .where((eb) => eb(eb.refTuple('firstValue', 'firstId'), '>=', eb.tuple(valueOf(root, sort), root.id)))
      .orderBy('firstValue')
      .orderBy('firstId');
    // It stands elsewhere where its value has changed since; and nowhere where it is younger.
    const holds = sql<boolean>`replace(ids, ${root.id}, '') <> ids`;
    const likely = await byValue.executeTakeFirst();
    const row = likely?.ids.includes(root.id) ? likely : await parts.where(holds).executeTakeFirst();
    return row && row.part * idsInRow + row.ids.indexOf(root.id) / idChars;
  }

  async #make(storyId: string, sort: StoredSort, threadVersion: number): Promise<Order> {
    const by = sql.ref(`comments.${columns[sort]}`);
    // Pinned ones stand above the first page, and so in no order.
    const roots = this.#database.read
      .selectFrom('comments')
      .where('storyId', '=', storyId)
      .where('parentId', 'is', null)
      .where('pinned', '=', 0);
    const { ids } = await roots
      .where(isShown)
      .select(sql<string | null>`string_agg(comments.id, '' order by ${by} desc, comments.id desc)`.as('ids'))
      .executeTakeFirstOrThrow();
    const newest = await roots
      .select(['id', 'createdAt'])
      .orderBy('createdAt', 'desc')
      .orderBy('id', 'desc')
      .limit(1)
      .executeTakeFirst();
    const inParts = split(ids ?? '', idsInRow * idChars);
    const values = await this.#values(
      inParts.map((some) => some.slice(0, idChars)),
      sort,
    );
    return this.#database.writer.submit(keepOrder, {
      storyId,
      sort,
      threadVersion,
      newestAt: newest?.createdAt ?? 0,
      newestId: newest?.id ?? '',
      length: (ids ?? '').length / idChars,
      parts: inParts.map((ids, part) => {
        const firstId = ids.slice(0, idChars);
        return { part, firstId, firstValue: values.get(firstId) ?? 0, ids };
      }),
    });
  }

  async #values(ids: readonly string[], sort: StoredSort): Promise<Map<string, number>> {
    const values = new Map<string, number>();
    for (const some of inPortions(ids)) {
      const rows = await this.#database.read.selectFrom('comments').selectAll().where('id', 'in', some).execute();
      for (const row of rows) values.set(row.id, valueOf(row, sort));
    }
    return values;
  }
}

/** Writes a new version down. Where another node was faster, its version is as good. */
const keepOrder: Command<NewOrder, Order> = {
  name: 'keep-thread-order',
  async run({ db, locked }, orders) {
    const kept: Order[] = [];
    const now = Date.now();
    for (const { parts, ...order } of orders) {
      const { storyId, sort } = order;
      await locked(db.selectFrom('threads').select('version').where('storyId', '=', storyId)).execute();
      const newest = await newestOrder(db, storyId, sort);
      if (newest && now < newest.madeAt + freshMillis) {
        kept.push(newest);
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
      for (const some of inPortions(rows)) await db.insertInto('thread_order_ids').values(some).execute();
      await db
        .deleteFrom('thread_orders')
        .where('storyId', '=', storyId)
        .where('sort', '=', sort)
        .where('supersededAt', '<', now - keptMillis)
        .execute();
      kept.push(row);
    }
    return kept;
  },
};

/** Forgets the orders of threads that nobody reads any more; the next reader has one made. */
export const forgetOldOrders: Command<number, void> = {
  name: 'forget-old-orders',
  async run({ db }, times) {
    const now = Math.max(...times);
    await db
      .deleteFrom('thread_orders')
      .where((eb) => eb.or([eb('supersededAt', '<', now - keptMillis), eb('madeAt', '<', now - unreadMillis)]))
      .execute();
    return times.map(() => undefined);
  },
};

function newestOrder(db: Database['read'], storyId: string, sort: StoredSort): Promise<ThreadOrderRow | undefined> {
  return db
    .selectFrom('thread_orders')
    .selectAll()
    .where('storyId', '=', storyId)
    .where('sort', '=', sort)
    .orderBy('version', 'desc')
    .limit(1)
    .executeTakeFirst();
}

function split(text: string, size: number): string[] {
  return Array.from({ length: Math.ceil(text.length / size) }, (_, part) => text.slice(part * size, (part + 1) * size));
}
