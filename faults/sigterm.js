/**
 * Stops a built server under load, again and again, and recounts: `node faults/sigterm.js [--rounds 20] [--readers 32]
 * [--pause 0] [--database postgres://…]`. The database must be empty or one of an earlier run.
 *
 * Exits with 1 where a kept-alive connection was reset, an acknowledged comment is missing, or a stop took another exit
 * code than 0.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startServer } from '../test/setup/start-server.js';
import { startKeepAliveLoad } from './keep-alive-load.js';

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '20' },
    readers: { type: 'string', default: '32' },
    pause: { type: 'string', default: '0' },
    database: { type: 'string' },
  },
});
const data = mkdtempSync(join(tmpdir(), 'afterword-sigterm-'));
const env = {
  AFTERWORD_LIMITS: 'off',
  AFTERWORD_LOG: 'warn',
  AFTERWORD_DRAIN_SECONDS: options.pause,
  ...(options.database && {
    AFTERWORD_DATABASE: options.database,
    AFTERWORD_SECRET: 'a secret of this script, not of a site',
  }),
};
const totals = { rounds: 0, answered: 0, acknowledged: 0, lost: 0, broken: 0, refusals: 0, 'other exit codes': 0 };

try {
  /** @type {string[]} */
  let acknowledged = [];
  for (let round = 0; round <= Number(options.rounds); round++) {
    const server = await startServer({ data, env });
    const site = `${server.url.replace('localhost', '127.0.0.1')}/v1/sites/demo`;
    const tokens = await newTokens(site, Number(options.readers));
    totals.lost += await countMissing(site, tokens[0] ?? '', acknowledged);
    if (round === Number(options.rounds)) {
      await server.stop();
      break;
    }
    const { result, ended } = startKeepAliveLoad(site, {
      story: `sigterm-${Date.now()}`,
      tokens,
      pauseMs: (round % 5) * 20,
    });
    await new Promise((resolve) => setTimeout(resolve, 1000 + Math.random() * 1000));
    if ((await server.stop()) !== 0) totals['other exit codes']++;
    await ended;
    acknowledged = result.acknowledged;
    totals.rounds++;
    totals.answered += result.answered;
    totals.acknowledged += acknowledged.length;
    totals.broken += result.broken.length;
    totals.refusals += Object.entries(result.statuses).reduce(
      (sum, [status, count]) => sum + (Number(status) < 400 ? 0 : count),
      0,
    );
    for (const error of result.broken) console.error(error);
  }
} finally {
  rmSync(data, { recursive: true, force: true });
}
console.table([totals]);
process.exitCode = totals.lost + totals.broken + totals['other exit codes'] === 0 ? 0 : 1;

/**
 * @param {string} site
 * @param {number} count
 * @returns {Promise<string[]>}
 */
async function newTokens(site, count) {
  const headers = { 'content-type': 'application/json' };
  const guests = Array.from({ length: count }, async () => {
    const answer = await fetch(`${site}/readers`, { method: 'POST', headers, body: '{}' });
    return /** @type {any} */ (await answer.json()).token;
  });
  return Promise.all(guests);
}

/**
 * Counts acknowledged comments that cannot be read.
 *
 * @param {string} site
 * @param {string} token
 * @param {string[]} ids
 */
async function countMissing(site, token, ids) {
  let missing = 0;
  for (const id of ids) {
    // A comment that does not exist cannot be voted on.
    const answer = await fetch(`${site}/comments/${id}/vote`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: '{"value":1}',
    });
    if (answer.status !== 200) missing++;
  }
  return missing;
}
