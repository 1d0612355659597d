/**
 * Kills a server by SIGKILL while readers write, again and again: `node faults/kill.js [rounds] [--writers 20]
 * [--minutes 25] [--database sqlite|postgres]`. After each start all acknowledged writes must be there, counters equal
 * to their rows, and the database whole. Needs a build. See faults/README.md.
 */
import { parseArgs } from 'node:util';
import { printTable } from '../bench/table.js';
import { runCommand } from '../test/setup/run-command.js';
import { startServer } from '../test/setup/start-server.js';
import { createDatabase, kinds } from './databases.js';
import { Journal } from './journal.js';
import { Writers } from './writers.js';

const { values: options, positionals } = parseArgs({
  options: {
    writers: { type: 'string', default: '20' },
    minutes: { type: 'string', default: '25' },
    database: { type: 'string' },
  },
  allowPositionals: true,
});
const maxRounds = Number(positionals[0] ?? 200);
const maxMs = Number(options.minutes) * 60_000;
/** Between the first write and the kill. */
const minLoadMs = 200;
const maxLoadMs = 1200;

/** @type {Record<string, string | number>[]} */
const table = [];
for (const kind of kinds)
  if ([kind, undefined].some((one) => one === options.database)) table.push(await killRounds(kind));
printTable(`SIGKILL while ${options.writers} readers write`, table);
const harm = table.some((row) =>
  ['lost', 'stored twice', 'counters differ', 'damaged', 'errors'].some((name) => row[name]),
);
console.log(harm ? '\nFAILED' : '\nEvery acknowledged write is there.');
process.exitCode = harm ? 1 : 0;

/** @param {(typeof kinds)[number]} kind */
async function killRounds(kind) {
  const database = await createDatabase(kind);
  const journal = new Journal();
  const writers = new Writers(journal);
  const result = {
    ...{ database: kind, rounds: 0, acknowledged: 0, 'cut off': 0 },
    ...{ lost: 0, 'stored twice': 0, 'counters differ': 0, damaged: 0, errors: 0, 'slowest start ms': 0 },
  };
  const endsAt = performance.now() + maxMs;
  const start = () => startServer({ data: database.data, env: database.env });
  const siteOf = (/** @type {{ port: number }} */ { port }) => `http://127.0.0.1:${port}/v1/sites/demo`;
  let server = await start();
  await writers.join(siteOf(server), Number(options.writers));
  while (result.rounds < maxRounds && performance.now() < endsAt) {
    const writing = writers.run(siteOf(server), { story: `kill-${result.rounds % 5}` });
    await new Promise((resolve) => setTimeout(resolve, minLoadMs + Math.random() * (maxLoadMs - minLoadMs)));
    await server.kill();
    const { unanswered, refused } = await writing;
    result.rounds++;
    result['cut off'] += unanswered;
    result.errors += Object.values(refused).reduce((sum, count) => sum + count, 0);
    for (const [refusal, count] of Object.entries(refused))
      console.error(`round ${result.rounds}: ${count} × ${refusal}`);

    server = await start();
    result['slowest start ms'] = Math.max(result['slowest start ms'], Math.round(server.readyMs));
    const { losses, repeated } = await journal.compare(database);
    for (const { kind: lost, what } of losses) console.error(`round ${result.rounds}: lost of ${lost}: ${what}`);
    const recount = await runCommand(['recount'], database.env);
    if (recount.code !== 0) console.error(`round ${result.rounds}: ${recount.output}${recount.error}`);
    const damage = await database.findDamage();
    if (damage) console.error(`round ${result.rounds}: ${damage}`);
    result.lost += losses.length;
    result['stored twice'] += repeated.length;
    result['counters differ'] += recount.code === 0 ? 0 : 1;
    result.damaged += damage ? 1 : 0;
    // A loss is found again in all later rounds.
    if (losses.length + repeated.length > 0 || damage || recount.code !== 0) break;
  }
  result.acknowledged = journal.total;
  console.log(`${kind}: acknowledged ${JSON.stringify(journal.counts)}`);
  await server.stop();
  await database.drop();
  return result;
}
