/** The attacked server, and what a stranger needs to reach it. */
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { root } from '../../scripts/commands.js';
import { providePostgres } from '../../scripts/postgres.js';
import { ownEnvironment, startServer } from '../../test/setup/start-server.js';

export const secret = 'a secret of this script and of no site';
export const metricsToken = 'a-token-of-this-script-for-metrics';

/**
 * @typedef {object} Attack a row of the table
 * @property {string} attack
 * @property {string} tried
 * @property {number} times
 * @property {string} answer what came back
 * @property {boolean} held
 */

/**
 * @typedef {object} Answer
 * @property {number} status
 * @property {any} body parsed where it is JSON
 * @property {string} text
 * @property {Headers} headers
 */

/**
 * @typedef {RequestInit & { json?: unknown, token?: string, address?: string, origin?: string, site?: string }} AskInit
 * `address` is that of the client, as a trusted proxy reports it
 */

/** @typedef {Awaited<ReturnType<typeof startTarget>>} Target */

/**
 * Starts a demo with limits on, behind a proxy on this machine that is trusted.
 *
 * @param {string} database `sqlite` or `postgres`
 * @param {Record<string, string>} [settings]
 */
export async function startTarget(database, settings = {}) {
  const data = mkdtempSync(join(tmpdir(), 'afterword-attacks-'));
  const stored = database === 'postgres' ? await createDatabase() : undefined;
  const env = {
    AFTERWORD_DEMO: '1',
    AFTERWORD_DATA: data,
    AFTERWORD_SECRET: secret,
    AFTERWORD_METRICS_TOKEN: metricsToken,
    AFTERWORD_TRUST_PROXY: '127.0.0.1,::1',
    AFTERWORD_LOG: 'error',
    ...(stored ? { AFTERWORD_DATABASE: stored.url } : {}),
    ...settings,
  };
  const server = await startServer({ data, env });
  const url = server.url.replace('localhost', '127.0.0.1');
  let networks = 0;

  /** Returns an address of a network that has sent nothing yet. */
  const newAddress = () => {
    networks++;
    return `198.${18 + Math.floor(networks / 65_536)}.${Math.floor(networks / 256) % 256}.${networks % 256}`;
  };

  /**
   * Requests an address of the server.
   *
   * @param {string} path
   * @param {AskInit} [init]
   * @returns {Promise<Answer>}
   */
  async function open(path, { json, token, address = newAddress(), origin, site: _, ...init } = {}) {
    const headers = new Headers(init.headers);
    if (address && !headers.has('x-forwarded-for')) headers.set('x-forwarded-for', address);
    if (origin !== undefined) headers.set('origin', origin);
    if (token !== undefined) headers.set('authorization', `Bearer ${token}`);
    if (json !== undefined && !headers.has('content-type')) headers.set('content-type', 'application/json');
    const body = json === undefined ? init.body : JSON.stringify(json);
    const response = await fetch(`${url}${path}`, { redirect: 'manual', ...init, headers, body });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, body: parse(text) };
  }

  /**
   * Requests an address below a site of the API.
   *
   * @param {string} path
   * @param {AskInit} [init]
   */
  const ask = (path, init = {}) => open(`/v1/sites/${init.site ?? 'demo'}${path}`, init);

  /**
   * Runs the command line on the data of the server, as the operator does.
   *
   * @param {...string} args
   * @returns {Promise<{ code: number, output: string }>}
   */
  const cli = (...args) =>
    new Promise((resolve) => {
      const program = [join(root, 'server/afterword.js'), ...args];
      execFile(process.execPath, program, { env: { ...ownEnvironment(), ...env } }, (error, stdout, stderr) =>
        resolve({ code: error ? Number(error.code ?? 1) : 0, output: stdout + stderr }),
      );
    });

  return {
    url,
    port: server.port,
    database,
    data,
    newAddress,
    open,
    ask,
    cli,
    /** @param {string} name @param {AskInit} [init] @returns {Promise<string>} the token of a new guest */
    async guest(name = 'Lan', init = {}) {
      const { body, status } = await ask('/readers', { method: 'POST', json: { name }, ...init });
      if (status !== 201) throw new Error(`No guest: ${status} ${body?.code}`);
      return body.token;
    },
    /** @param {string} token @param {string} story @param {string} text @param {AskInit} [init] */
    comment: (token, story, text, init = {}) =>
      ask('/comments', { method: 'POST', token, json: { story, text }, ...init }),
    /** @returns {Promise<string>} the key of the publisher's own server */
    async serverKey(site = 'demo') {
      const token = /awk_\S+/.exec((await cli('sites', 'key', site)).output)?.[0] ?? '';
      // A server knows a site for five seconds before it reads it again.
      await until(async () => (await ask('/polls', { site, token })).status === 200 || undefined);
      return token;
    },
    /** Returns the CPU time of the server's process so far. */
    cpuMs() {
      const tasks = readdirSync(`/proc/${server.pid}/task`);
      const nanoseconds = tasks.map((task) =>
        Number(readFileSync(`/proc/${server.pid}/task/${task}/schedstat`, 'utf8').split(' ')[0]),
      );
      return nanoseconds.reduce((sum, each) => sum + each, 0) / 1e6;
    },
    /** Returns the MIME messages that the server has mailed, oldest first. */
    mails() {
      const folder = join(data, 'outbox');
      if (!existsSync(folder)) return [];
      const files = readdirSync(folder).filter((file) => file.endsWith('.eml'));
      return files.sort().map((file) => readFileSync(join(folder, file), 'utf8'));
    },
    /** Checks after all attacks that the server answers, and has logged no error. @returns {Promise<Attack>} */
    async health() {
      const { status } = await open('/readyz');
      const errors = server
        .output()
        .split('\n')
        .filter((line) => /"level":(?:50|60)/.test(line));
      if (errors.length > 0) console.log(errors.slice(0, 5).join('\n'));
      return {
        attack: 'afterwards',
        tried: 'GET /readyz, and the errors in the log',
        times: 1,
        answer: `${status}, ${errors.length} errors`,
        held: status === 200 && errors.length === 0,
      };
    },
    async stop() {
      await server.stop();
      await stored?.drop();
      rmSync(data, { recursive: true, force: true });
    },
  };
}

/**
 * Makes a row of the table from answers.
 *
 * @param {string} attack
 * @param {string} tried
 * @param {readonly Pick<Answer, 'status' | 'body'>[]} answers
 * @param {boolean} held
 * @param {string} [more] what the statuses do not show
 * @returns {Attack}
 */
export function attackOf(attack, tried, answers, held, more) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const { status, body } of answers) {
    const name = [status || 'no answer', body?.code].filter(Boolean).join(' ');
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const shown = [...counts].map(([name, count]) => (answers.length === 1 ? name : `${count} × ${name}`));
  const answer = [...shown.slice(0, 4), ...(shown.length > 4 ? ['…'] : []), ...(more ? [more] : [])].join(', ');
  return { attack, tried, times: answers.length, answer, held };
}

/** Returns true for a refusal by the rules, which is neither an acceptance nor a failure of the server. */
export function isRefused(/** @type {{ status: number }} */ { status }) {
  return status >= 400 && status < 500;
}

/**
 * Calls a function for each item, a few at once.
 *
 * @template Item, Result
 * @param {Iterable<Item>} items
 * @param {(item: Item, index: number) => Promise<Result>} work
 * @param {number} [atOnce]
 * @returns {Promise<Result[]>} in the order of the items
 */
export async function mapSome(items, work, atOnce = 16) {
  const list = [...items];
  /** @type {Result[]} */
  const results = [];
  let next = 0;
  const take = async () => {
    while (next < list.length) {
      const index = next++;
      results[index] = await work(/** @type {Item} */ (list[index]), index);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, take));
  return results;
}

/** @param {number} count */
export function range(count) {
  return Array.from({ length: count }, (_, index) => index);
}

/** Calls a function until it returns something, for at most half a minute.
 *
 * @template T
 * @param {() => Promise<T | undefined> | T | undefined} read
 * @returns {Promise<T>}
 */
export async function until(read) {
  const deadline = Date.now() + 30_000;
  for (;;) {
    const found = await read();
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new Error('What was waited for did not happen within 30 seconds.');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** @param {string} text */
function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function createDatabase() {
  const postgres = await providePostgres();
  const name = `afterword_test_${randomUUID().replaceAll('-', '')}`;
  /** @param {string} statement */
  const admin = async (statement) => {
    const client = new pg.Client({ connectionString: postgres.url });
    await client.connect();
    await client.query(statement);
    await client.end();
  };
  await admin(`create database ${name}`);
  const url = new URL(postgres.url);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    async drop() {
      await admin(`drop database ${name} with (force)`);
      await postgres.stop();
    },
  };
}
