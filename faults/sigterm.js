/**
 * Stops a server by SIGTERM under load, again and again: `node faults/sigterm.js [rounds] [--readers 32] [--pause 0]
 * [--database sqlite|postgres]`. No request over a kept-alive connection may break, no acknowledged comment may be
 * missing, counters must be equal to their rows, and the exit code 0. Needs a build. See faults/README.md.
 */
import { parseArgs } from 'node:util';
import { printTable } from '../bench/table.js';
import { runCommand } from '../test/setup/run-command.js';
import { startServer } from '../test/setup/start-server.js';
import { createDatabase, kinds } from './databases.js';
import { startKeepAliveLoad } from './keep-alive-load.js';

const { values: options, positionals } = parseArgs({
  options: {
    readers: { type: 'string', default: '32' },
    pause: { type: 'string', default: '0' },
    database: { type: 'string' },
  },
  allowPositionals: true,
});
const rounds = Number(positionals[0] ?? 20);
/** Between the first request and the signal. */
const minLoadMs = 1000;
const maxLoadMs = 2000;

/** @type {Record<string, string | number>[]} */
const table = [];
for (const kind of kinds)
  if (options.database === undefined || options.database === kind) table.push(await stopRounds(kind));
printTable(`SIGTERM under the load of ${options.readers} readers, with a pause of ${options.pause} s`, table);
const harm = ['lost', 'resets', 'counters differ', 'other exit codes'];
const hasFailed = table.some((row) => harm.some((name) => row[name] !== 0));
console.log(hasFailed ? '\nFAILED' : '\nEvery accepted request was answered, and every acknowledged write is there.');
process.exitCode = hasFailed ? 1 : 0;

/** @param {(typeof kinds)[number]} kind */
async function stopRounds(kind) {
  const database = await createDatabase(kind);
  const env = { ...database.env, AFTERWORD_DRAIN_SECONDS: options.pause };
  const result = {
    ...{ database: kind, rounds: 0, answered: 0, acknowledged: 0, errors: 0 },
    ...{ lost: 0, resets: 0, 'counters differ': 0, 'other exit codes': 0 },
  };
  for (; result.rounds < rounds; result.rounds++) {
    const server = await startServer({ data: database.data, env });
    const site = `http://127.0.0.1:${server.port}/v1/sites/demo`;
    const tokens = await newTokens(site, Number(options.readers));
    const load = startKeepAliveLoad(site, {
      story: `sigterm-${result.rounds}`,
      tokens,
      // Connections that are idle when the signal comes differ from busy ones.
      pauseMs: (result.rounds % 5) * 20,
    });
    await new Promise((resolve) => setTimeout(resolve, minLoadMs + Math.random() * (maxLoadMs - minLoadMs)));
    if ((await server.stop()) !== 0) {
      result['other exit codes']++;
      console.error(server.output());
    }
    await load.ended;
    const { acknowledged, answered, broken, statuses } = load.result;
    for (const error of broken) console.error(`round ${result.rounds}: ${error}`);
    const rows = await database.query('select id from comments');
    const stored = new Set(rows.map(({ id }) => id));
    const recount = await runCommand(['recount'], database.env);
    if (recount.code !== 0) console.error(`round ${result.rounds}: ${recount.output}${recount.error}`);
    result.answered += answered;
    result.acknowledged += acknowledged.length;
    result.lost += acknowledged.filter((id) => !stored.has(id)).length;
    result.resets += broken.length;
    result['counters differ'] += recount.code === 0 ? 0 : 1;
    result.errors += Object.entries(statuses).reduce((sum, [status, n]) => sum + (Number(status) < 400 ? 0 : n), 0);
  }
  await database.drop();
  return result;
}

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
