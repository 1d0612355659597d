/**
 * One process that opens a database, for tests and `faults/upgrade.js`: `upgrade-process.ts <mode> <url> [rows]`.
 *
 * `prepare` fills a database of this version. `upgrade` runs a migration that no version has, prints a line after each of its
 * steps, and is meant to be killed. `inspect` prints what there is, as JSON.
 */
import { writeSync } from 'node:fs';
import { sql, type Kysely } from 'kysely';
import { openDatabase } from '../../server/src/storage/database.js';
import { migrations } from '../../server/src/storage/migrations.js';
import { allChanges, inspectUpgrade, testMigration, testTables } from './upgrade-inspection.js';

const [mode, url = '', rows = '2000'] = process.argv.slice(2);
const rowCount = Number(rows);
/** Written at once, so that a process that is killed has printed what it did. */
const print = (line: string) => writeSync(1, `${line}\n`);

if (mode === 'prepare') {
  await addReaders();
} else if (mode === 'inspect') {
  print(JSON.stringify({ ...(await inspectUpgrade(url)), allChanges }));
} else {
  print('opening');
  const upgraded = { ...migrations, [testMigration]: { up: changeReaders } };
  const database = await openDatabase(url, { migrations: upgraded, onMigrated: (names) => print(names.join(' ')) });
  await database.close();
  print('closed');
}

async function addReaders(): Promise<void> {
  const database = await openDatabase(url);
  await database.writer.submit(
    {
      name: 'add-readers',
      async run({ db }) {
        await db
          .insertInto('sites')
          .values({
            id: 'paper',
            name: 'Paper',
            lang: 'vi',
            originsJson: '[]',
            settingsJson: '{}',
            serverKeyHash: null,
            createdAt: 1,
          })
          .execute();
        for (let start = 0; start < rowCount; start += 100) {
          const readers = Array.from({ length: Math.min(100, rowCount - start) }, (_, index) => ({
            id: `reader-${start + index}`,
            siteId: 'paper',
            name: `Reader ${start + index}`,
            nameRevision: 0,
            kind: 'guest' as const,
            verified: 0 as const,
            badgesJson: '[]',
            createdAt: start + index,
            erasedAt: null,
          }));
          await db.insertInto('readers').values(readers).execute();
        }
        return [undefined];
      },
    },
    undefined,
  );
  await database.close();
}

/** A large change: columns, rows, tables and indexes. */
async function changeReaders(db: Kysely<unknown>): Promise<void> {
  const steps = [
    sql`alter table readers add column seen_at bigint`,
    sql`update readers set seen_at = created_at`,
    sql`create index readers_seen on readers (seen_at)`,
    ...testTables.flatMap((table) => [
      sql`create table ${sql.table(table)} (id text primary key, name text not null)`,
      sql`insert into ${sql.table(table)} select id, name from readers`,
    ]),
  ];
  for (const [index, step] of steps.entries()) {
    await step.execute(db);
    print(`step ${index + 1} of ${steps.length}`);
  }
}
