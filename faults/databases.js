/** Databases of the scripts that harm a server, and their rows as another process sees them. */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'libsql';
import pg from 'pg';
import { providePostgres } from '../scripts/postgres.js';

export const kinds = /** @type {const} */ (['sqlite', 'postgres']);

/**
 * @typedef {object} TestDatabase
 * @property {(typeof kinds)[number]} kind
 * @property {string} url
 * @property {string} data an empty data folder
 * @property {Record<string, string>} env settings of a server, or a command, on it
 * @property {(sql: string) => Promise<any[]>} query reads rows, without the server
 * @property {() => Promise<string>} findDamage reasons why the database is not whole; empty where it is
 * @property {() => Promise<void>} drop
 */

/**
 * Creates an empty database with a data folder.
 *
 * @param {(typeof kinds)[number]} kind
 * @param {{ folder?: string, server?: string }} [options] the folder of temporary files; a PostgreSQL that may create databases
 * @returns {Promise<TestDatabase>}
 */
export async function createDatabase(kind, { folder = tmpdir(), server } = {}) {
  const data = mkdtempSync(join(folder, 'afterword-faults-'));
  const remove = () => rmSync(data, { recursive: true, force: true });
  process.once('exit', remove);
  const opened = kind === 'sqlite' ? openSqlite(data) : await openPostgres(server);
  return {
    kind,
    data,
    ...opened,
    env: {
      AFTERWORD_DATA: data,
      AFTERWORD_DATABASE: opened.url,
      AFTERWORD_SECRET: 'a secret of these scripts that no site of ours has',
      AFTERWORD_LIMITS: 'off',
      AFTERWORD_LOG: 'warn',
    },
    async drop() {
      await opened.drop();
      process.off('exit', remove);
      remove();
    },
  };
}

/** @param {string} data */
function openSqlite(data) {
  const file = join(data, 'afterword.db');
  /** @param {(database: import('libsql').Database) => any} work */
  const read = (work) => {
    const database = new Sqlite(file, { readonly: true });
    try {
      return work(database);
    } finally {
      database.close();
    }
  };
  return {
    url: `sqlite:${file}`,
    query: async (/** @type {string} */ sql) => read((database) => database.prepare(sql).all()),
    findDamage: async () =>
      read((database) => {
        const results = database.prepare('pragma integrity_check').all();
        const orphans = database.prepare('pragma foreign_key_check').all();
        return [
          ...results
            .map((/** @type {any} */ { integrity_check: result }) => result)
            .filter((result) => result !== 'ok'),
          ...orphans.map((/** @type {any} */ { table, parent }) => `a row of ${table} has no row of ${parent}`),
        ].join('; ');
      }),
    drop: async () => {},
  };
}

/** @param {string} [server] */
async function openPostgres(server) {
  const postgres = server === undefined ? await providePostgres() : { url: server, stop: async () => {} };
  const name = `afterword_test_${randomUUID().replaceAll('-', '')}`;
  const url = new URL(postgres.url);
  url.pathname = `/${name}`;
  await queryOnce(postgres.url, `create database ${name}`);
  return {
    url: url.href,
    query: (/** @type {string} */ sql) => queryOnce(url.href, sql),
    // There is no check of all files without extensions. A build of an index that was interrupted leaves it invalid.
    findDamage: async () => {
      const rows = await queryOnce(
        url.href,
        'select indexrelid::regclass::text as name from pg_index where not indisvalid or not indisready',
      );
      return rows.map((row) => `the index ${row.name} is invalid`).join('; ');
    },
    async drop() {
      await queryOnce(postgres.url, `drop database ${name} with (force)`);
      await postgres.stop();
    },
  };
}

/**
 * @param {string} url
 * @param {string} sql
 * @returns {Promise<any[]>}
 */
async function queryOnce(url, sql) {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}
