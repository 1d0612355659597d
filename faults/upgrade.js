/**
 * Kills upgrades and first starts at random moments: `node faults/upgrade.js [rounds] [--database sqlite|postgres]`.
 * After each kill the database must be as it was or upgraded as a whole, and the next start must complete it. See
 * faults/README.md.
 */
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { tsImport } from 'tsx/esm/api';
import { printTable } from '../bench/table.js';
import { root } from '../scripts/commands.js';
import { providePostgres } from '../scripts/postgres.js';

const { values, positionals } = parseArgs({ options: { database: { type: 'string' } }, allowPositionals: true });
const rounds = Number(positionals[0] ?? 24);
const rowCount = 20_000;
const program = join(root, 'test/server/upgrade-process.ts');
const { inspectUpgrade, allChanges, testMigration } = await tsImport(
  '../test/server/upgrade-inspection.ts',
  import.meta.url,
);

const folder = mkdtempSync(join(tmpdir(), 'afterword-faults-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));

/**
 * @typedef {object} Store a kind of database
 * @property {() => Promise<string>} empty creates an empty database
 * @property {() => Promise<string>} filled creates a copy of one at the schema of this version
 * @property {(url: string) => Promise<void>} drop
 * @property {() => Promise<void>} close
 */

/** @type {Record<string, () => Promise<Store>>} */
const stores = {
  async sqlite() {
    const original = join(folder, 'original.db');
    await run('prepare', `sqlite:${original}`);
    const create = () => join(folder, `${randomUUID()}.db`);
    return {
      empty: async () => `sqlite:${create()}`,
      async filled() {
        const file = create();
        copyFileSync(original, file);
        return `sqlite:${file}`;
      },
      async drop(url) {
        const file = url.slice('sqlite:'.length);
        for (const suffix of ['', '-wal', '-shm', '-lock']) rmSync(`${file}${suffix}`, { force: true });
      },
      close: async () => {},
    };
  },
  async postgres() {
    const postgres = await providePostgres();
    const client = new pg.Client({ connectionString: postgres.url });
    await client.connect();
    /** @param {string} [template] */
    const create = async (template) => {
      const name = `afterword_test_${randomUUID().replaceAll('-', '')}`;
      await client.query(`create database ${name} ${template ? `template ${template}` : ''}`);
      const url = new URL(postgres.url);
      url.pathname = `/${name}`;
      return url.href;
    };
    /** @param {string} url */
    const nameOf = (url) => new URL(url).pathname.slice(1);
    const original = await create();
    await run('prepare', original);
    return {
      empty: () => create(),
      filled: () => create(nameOf(original)),
      drop: async (url) => void (await client.query(`drop database ${nameOf(url)} with (force)`)),
      async close() {
        await client.query(`drop database ${nameOf(original)} with (force)`);
        await client.end();
        await postgres.stop();
      },
    };
  },
};

/** @type {Record<string, string | number>[]} */
const table = [];
let failures = 0;
for (const [kind, open] of Object.entries(stores)) {
  if (values.database && values.database !== kind) continue;
  const store = await open();
  table.push(await killRounds(`${kind}, upgrade`, store.filled, rowCount, store.drop));
  table.push(await killRounds(`${kind}, first start`, store.empty, 0, store.drop));
  table.push(await startRounds(`${kind}, 3 starts at once`, store.empty, store.drop));
  await store.close();
}
printTable(`Kills at random moments, ${rowCount} readers`, table);
console.log(failures === 0 ? '\nEvery database is whole.' : `\n${failures} databases are damaged.`);
process.exitCode = failures === 0 ? 0 : 1;

/**
 * @param {string} name
 * @param {() => Promise<string>} create
 * @param {number} readers in the database
 * @param {(url: string) => Promise<void>} drop
 */
async function killRounds(name, create, readers, drop) {
  const moments = { before: 0, during: 0, after: 0 };
  const damages = { 'half done': 0, 'not completed': 0, 'bad integrity': 0, 'lost rows': 0 };
  const durationMs = await measure(create, drop);
  for (let round = 0; round < rounds; round++) {
    const url = await create();
    const { output } = await run('upgrade', url, Math.random() * durationMs * 1.5);
    const killed = await inspectUpgrade(url);
    moments[killed.isRecorded ? 'after' : output.includes('step 1 of') ? 'during' : 'before']++;
    const { code } = await run('upgrade', url);
    const completed = await inspectUpgrade(url);
    const found = {
      'half done': killed.changes !== (killed.isRecorded ? allChanges : 0),
      'not completed': code !== 0 || !completed.isRecorded || completed.changes !== allChanges,
      'bad integrity': killed.integrity !== 'ok' || completed.integrity !== 'ok',
      'lost rows': (readers > 0 && killed.readers !== readers) || completed.readers !== readers,
    };
    for (const damage of /** @type {(keyof typeof found)[]} */ (Object.keys(found)))
      if (found[damage]) damages[damage]++;
    if (Object.values(found).includes(true)) failures++;
    await drop(url);
  }
  return { case: name, rounds, ...moments, ...damages };
}

/**
 * Starts three processes at once on an empty database.
 *
 * @param {string} name
 * @param {() => Promise<string>} create
 * @param {(url: string) => Promise<void>} drop
 */
async function startRounds(name, create, drop) {
  const roundCount = Math.ceil(rounds / 3);
  let incomplete = 0;
  let integrity = 0;
  for (let round = 0; round < roundCount; round++) {
    const url = await create();
    const starts = await Promise.all([run('upgrade', url), run('upgrade', url), run('upgrade', url)]);
    const state = await inspectUpgrade(url);
    const migrated = starts.filter(({ output }) => output.includes(testMigration)).length;
    const isComplete = starts.every(({ code }) => code === 0) && migrated === 1 && state.changes === allChanges;
    if (!isComplete) incomplete++;
    if (state.integrity !== 'ok') integrity++;
    if (!isComplete || state.integrity !== 'ok') failures++;
    await drop(url);
  }
  return {
    case: name,
    rounds: roundCount,
    ...{ before: '', during: '', after: '' },
    ...{ 'half done': 0, 'not completed': incomplete, 'bad integrity': integrity, 'lost rows': 0 },
  };
}

/**
 * Returns the milliseconds that an upgrade takes here.
 *
 * @param {() => Promise<string>} create
 * @param {(url: string) => Promise<void>} drop
 */
async function measure(create, drop) {
  const url = await create();
  const { upgradeMs } = await run('upgrade', url);
  await drop(url);
  return upgradeMs;
}

/**
 * Runs one process, and kills it some milliseconds after it has begun to open the database.
 *
 * @param {'prepare' | 'upgrade'} mode
 * @param {string} url
 * @param {number} [killAfterMs]
 * @returns {Promise<{ code: number | null, output: string, upgradeMs: number }>}
 */
function run(mode, url, killAfterMs) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--import', 'tsx', program, mode, url, String(rowCount)], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    let openedAt = 0;
    let upgradeMs = 0;
    child.stdout.setEncoding('utf8').on('data', (text) => {
      output += text;
      if (openedAt === 0 && killAfterMs !== undefined) setTimeout(() => child.kill('SIGKILL'), killAfterMs);
      openedAt ||= performance.now();
      upgradeMs = performance.now() - openedAt;
    });
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, output, upgradeMs }));
  });
}
