import { open, rename, rm } from 'node:fs/promises';
import { sql } from 'kysely';
import { OperatorError } from '../operator-error.js';
import type { Database } from '../storage/database.js';
import { readSiteRows, siteTables } from './site-tables.js';

const maxBatchRows = 500;
/** The file has secrets and addresses of readers: only its owner may read it. */
const fileMode = 0o600;

/** Counts of rows by table. */
export type RowCounts = Readonly<Record<string, number>>;

/**
 * Writes everything of a site into a file of JSON lines, in batches. The first line names the site, the last one counts
 * the rows. The file has its name once it is whole and on disk.
 *
 * @throws OperatorError where the file exists or cannot be written
 */
export async function exportSite({ read }: Pick<Database, 'read'>, siteId: string, file: string): Promise<RowCounts> {
  const partial = `${file}.partial`;
  try {
    await (await open(file, 'wx', fileMode)).close();
  } catch (error) {
    throw cannotWrite(file, error);
  }
  try {
    const rows = await writeRows(read, siteId, partial);
    await rename(partial, file);
    return rows;
  } catch (error) {
    for (const path of [partial, file]) await rm(path, { force: true });
    throw cannotWrite(file, error);
  }
}

async function writeRows(read: Database['read'], siteId: string, file: string): Promise<RowCounts> {
  const handle = await open(file, 'w', fileMode);
  const counts: Record<string, number> = {};
  try {
    const write = (lines: readonly unknown[]) =>
      handle.appendFile(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    await write([{ format: 'afterword-site', version: 1, site: siteId, exportedAt: new Date().toISOString() }]);
    for (const table of siteTables) {
      const all = { maxRows: maxBatchRows, order: 'asc', selected: sql`${sql.table(table.name)}.*` } as const;
      counts[table.name] = 0;
      for await (const rows of readSiteRows(read, siteId, table, all)) {
        await write(rows.map((row) => ({ table: table.name, row })));
        counts[table.name]! += rows.length;
      }
    }
    await write([{ rows: counts }]);
    await handle.sync();
  } finally {
    await handle.close();
  }
  return counts;
}

function cannotWrite(file: string, error: unknown): Error {
  const { code, syscall, message } = error as NodeJS.ErrnoException;
  if (code === 'EEXIST') return new OperatorError(`${file} exists already. Name another file with --export.`);
  return syscall === undefined || code === undefined
    ? (error as Error)
    : new OperatorError(`${file} cannot be written: ${message}`);
}
