/** Finds a PostgreSQL server for the tests, or starts a temporary one. */
import { spawn } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import getPort from 'get-port';
import { findProgram, installDebianPackages, run, SetupError } from './commands.js';

/** @typedef {{ url: string, stop: () => Promise<void> }} TestPostgres */

/**
 * Returns a server that may create databases: the one in `AFTERWORD_TEST_POSTGRES`, else one that runs on this machine, else
 * a temporary cluster that `stop` removes.
 *
 * @param {{ install?: boolean }} [options] `install` allows installing Debian's package where no PostgreSQL is found
 * @returns {Promise<TestPostgres>}
 */
export async function providePostgres({ install = false } = {}) {
  const named = process.env.AFTERWORD_TEST_POSTGRES;
  if (named) {
    const problem = await refusal(named);
    if (problem) throw new SetupError(`AFTERWORD_TEST_POSTGRES: ${problem}.`);
    return { url: named, stop: async () => {} };
  }
  for (const url of defaultAddresses()) {
    if ((await refusal(url)) === undefined) return { url, stop: async () => {} };
  }
  if (!findInitdb() && install) await installDebianPackages(['postgresql'], 'PostgreSQL');
  return startPostgres();
}

/** Starts a temporary cluster, which `stop` removes. */
export async function startPostgres() {
  const initdb = findInitdb();
  if (!initdb) {
    throw new SetupError(
      'PostgreSQL is missing. Install it (on Debian: apt-get install postgresql), or name one in AFTERWORD_TEST_POSTGRES.',
    );
  }
  return startCluster(dirname(initdb));
}

function defaultAddresses() {
  const users = ['postgres', 'postgres:postgres', encodeURIComponent(userInfo().username)];
  return users.map((user) => `postgres://${user}@127.0.0.1:5432/postgres`);
}

/**
 * @param {string} url
 * @returns {Promise<string | undefined>} the reason why no database can be created there, if any
 */
async function refusal(url) {
  const { default: pg } = await import('pg');
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 3000 });
  try {
    await client.connect();
    const { rows } = await client.query(
      'select rolcreatedb or rolsuper as allowed from pg_roles where rolname = current_user',
    );
    return rows[0]?.allowed ? undefined : 'its user may not create databases';
  } catch (error) {
    return error instanceof Error && error.message ? error.message : 'cannot be reached';
  } finally {
    await client.end().catch(() => {
      // The connection was never opened. Its error has been returned.
    });
  }
}

function findInitdb() {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  return findProgram([...versions.map((version) => `${debian}/${version}/bin/initdb`), 'initdb']);
}

/**
 * @param {string} programs folder of PostgreSQL's programs
 * @returns {Promise<TestPostgres & { pid: number }>}
 */
async function startCluster(programs) {
  const folder = mkdtempSync(join(tmpdir(), 'afterword-postgres-'));
  const owner = await unprivileged();
  if (owner) chownSync(folder, owner.uid, owner.gid);
  const data = join(folder, 'data');
  const options = { ...owner, cwd: folder };
  const made = await run(
    join(programs, 'initdb'),
    ['-D', data, '-U', 'postgres', '--auth=trust', '--encoding=UTF8', '--locale=C', '--no-sync'],
    { ...options, stdio: ['ignore', 'ignore', 'inherit'] },
  );
  if (made !== 0) throw new SetupError(`PostgreSQL could not make a cluster in ${folder}: see above.`);

  const port = await getPort({ host: '127.0.0.1' });
  const settings = { port, listen_addresses: '127.0.0.1', unix_socket_directories: folder, fsync: 'off' };
  const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const server = spawn(join(programs, 'postgres'), ['-D', data, ...args], { ...options, stdio: 'ignore' });
  const ended = new Promise((resolve) => server.once('close', resolve));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  const killAtExit = () => {
    server.kill('SIGQUIT');
    remove();
  };
  process.once('exit', killAtExit);

  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  for (let attempt = 0; await refusal(url); attempt++) {
    if (server.exitCode !== null || attempt === 150) throw new SetupError(`PostgreSQL did not start in ${folder}.`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return {
    url,
    pid: /** @type {number} */ (server.pid),
    async stop() {
      process.off('exit', killAtExit);
      server.kill('SIGINT');
      await ended;
      remove();
    },
  };
}

/**
 * Finds an unprivileged user, because PostgreSQL refuses to run as root.
 *
 * @returns {Promise<{ uid: number, gid: number } | undefined>}
 */
async function unprivileged() {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of ['postgres', 'nobody']) {
    const uid = await outputOf('id', ['-u', name]);
    const gid = await outputOf('id', ['-g', name]);
    if (uid && gid) return { uid: Number(uid), gid: Number(gid) };
  }
  throw new SetupError('PostgreSQL does not run as root, and there is no user postgres or nobody to run it as.');
}

/**
 * @param {string} program
 * @param {string[]} args
 * @returns {Promise<string>}
 */
function outputOf(program, args) {
  return new Promise((resolve) => {
    let output = '';
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'ignore'] });
    child.stdout.on('data', (chunk) => (output += chunk));
    child.on('error', () => resolve(''));
    child.on('close', () => resolve(output.trim()));
  });
}
