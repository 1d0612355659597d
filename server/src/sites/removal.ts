import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import type { Database } from '../storage/database.js';
import { runSequentially, type Command } from '../storage/writer.js';
import { secondMs, type EpochMs } from '../time.js';
import { exportSite, type RowCounts } from './export.js';
import { belongsTo, keyIs, keyOf, readSiteRows, siteTables, type RowKey, type SiteTable } from './site-tables.js';
import { siteCacheMs } from './store.js';

const maxBatchRows = 500;
/** The pause after a batch is as long as the batch took, so that servers have half of the time. */
const maxPauseMs = secondMs;
/** Workers of running servers may add rows while the first pass runs. */
const maxPasses = 5;
/** Indexes for the foreign keys of deleted rows. They exist during a removal only, since they would slow down posts. */
const removalIndexes = [
  { name: 'removal_comments_parent', table: 'comments', column: 'parent_id' },
  { name: 'removal_story_aliases_story', table: 'story_aliases', column: 'story_id' },
] as const;

/**
 * Exports a site, and deletes all its rows in bounded batches. Servers no longer know the site from the start, so that the
 * export is whole. A removal that was broken off goes on when it is called again.
 *
 * @param file of the export
 * @returns the deleted rows by table
 * @throws OperatorError where the export cannot be written. The site is then as it was
 */
export async function removeSite(database: Database, siteId: string, file: string): Promise<RowCounts> {
  const { writer } = database;
  const { wasRemoved } = await writer.submit(markRemoved, { siteId, removedAt: Date.now() });
  await sleep(siteCacheMs + secondMs);
  try {
    await exportSite(database, siteId, file);
  } catch (error) {
    if (!wasRemoved) await writer.submit(markRemoved, { siteId, removedAt: null });
    throw error;
  }
  await writer.submit(createRemovalIndexes, undefined);
  try {
    return await deleteSiteRows(database, siteId);
  } finally {
    await writer.submit(dropRemovalIndexes, undefined);
  }
}

async function deleteSiteRows({ read, writer }: Database, siteId: string): Promise<RowCounts> {
  const counts: Record<string, number> = {};
  const children = siteTables.filter(({ name }) => name !== 'sites').reverse();
  for (let pass = 1; pass <= maxPasses; pass++) {
    let deletedCount = 0;
    for (const table of children) {
      const selected = sql.join(table.key.map((column) => sql.ref(`${table.name}.${column}`)));
      // The newest first: a reply has a later id than its parent.
      for await (const rows of readSiteRows(read, siteId, table, { maxRows: maxBatchRows, order: 'desc', selected })) {
        const startedAt = performance.now();
        const range = { siteId, table, first: keyOf(table, rows.at(-1)!), last: keyOf(table, rows[0]!) };
        const count = await writer.submit(deleteRange, range);
        deletedCount += count;
        counts[table.name] = (counts[table.name] ?? 0) + count;
        await sleep(Math.min(performance.now() - startedAt, maxPauseMs));
      }
    }
    if (deletedCount === 0) break;
  }
  await writer.submit(deleteSite, siteId);
  return counts;
}

/** Marks a site as removed, or not. Keeps the time of an earlier removal. */
const markRemoved: Command<{ siteId: string; removedAt: EpochMs | null }, { wasRemoved: boolean }> = {
  name: 'mark-removed-sites',
  run: ({ db, locked }, sites) =>
    runSequentially(sites, async ({ siteId, removedAt }) => {
      const found = db.selectFrom('sites').select('removedAt').where('id', '=', siteId);
      const { removedAt: before } = await locked(found).executeTakeFirstOrThrow();
      if (before === null || removedAt === null)
        await db.updateTable('sites').set({ removedAt }).where('id', '=', siteId).execute();
      return { wasRemoved: before !== null };
    }),
};

interface RowRange {
  readonly siteId: string;
  readonly table: SiteTable;
  readonly first: RowKey;
  readonly last: RowKey;
}

/** Deletes the rows of a site between two primary keys, both included. */
const deleteRange: Command<RowRange, number> = {
  name: 'delete-site-rows',
  run: ({ db }, ranges) =>
    runSequentially(ranges, async ({ siteId, table, first, last }) => {
      // Replies with an earlier id than their parent, which nodes whose clocks differ have made.
      if (table.name === 'comments')
        await db
          .updateTable('comments')
          .set({ parentId: null })
          .where('parentId', '>=', String(first[0]))
          .where('parentId', '<=', String(last[0]))
          .where('id', '<', String(first[0]))
          .execute();
      const { numAffectedRows = 0n } = await sql`
        delete from ${sql.table(table.name)}
        where ${keyIs(table, '>=', first)} and ${keyIs(table, '<=', last)} and ${belongsTo(siteId, table)}`.execute(db);
      return Number(numAffectedRows);
    }),
};

const deleteSite: Command<string, void> = {
  name: 'delete-sites',
  async run({ db }, ids) {
    await db.deleteFrom('sites').where('id', 'in', ids).execute();
    return ids.map(() => undefined);
  },
};

const createRemovalIndexes: Command<undefined, void> = {
  name: 'create-removal-indexes',
  async run({ db }, calls) {
    for (const { name, table, column } of removalIndexes)
      await db.schema
        .createIndex(name)
        .ifNotExists()
        .on(table)
        .column(column)
        .where(sql.ref(column), 'is not', sql.lit(null))
        .execute();
    return calls.map(() => undefined);
  },
};

const dropRemovalIndexes: Command<undefined, void> = {
  name: 'drop-removal-indexes',
  async run({ db }, calls) {
    for (const { name } of removalIndexes) await db.schema.dropIndex(name).ifExists().execute();
    return calls.map(() => undefined);
  },
};
