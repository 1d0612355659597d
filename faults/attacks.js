/**
 * Attacks a built server over HTTP as a stranger would, and prints what came back:
 * `node faults/attacks.js [--database sqlite|postgres] [--only markup,votes]`. Exits with 1 where an attack succeeds.
 * See faults/README.md.
 */
import { parseArgs } from 'node:util';
import { printTable } from '../bench/table.js';
import { startTarget } from './attacks/target.js';

/** Files of the folder `attacks`. */
const kinds = [
  'markup',
  'input',
  'tokens',
  'http',
  'addresses',
  'origins',
  'secrets',
  'newsletter',
  'reports',
  'votes',
  'live',
  'feeds',
];

const { values: options } = parseArgs({ options: { database: { type: 'string' }, only: { type: 'string' } } });
const chosen = options.only?.split(',') ?? kinds;
let tried = 0;
let succeeded = 0;

for (const kind of chosen) {
  if (!kinds.includes(kind)) throw new Error(`--only takes ${kinds.join(', ')}.`);
  /** @type {{ attack: (target: import('./attacks/target.js').Target) => Promise<import('./attacks/target.js').Attack[]> }} */
  const { attack } = await import(`./attacks/${kind}.js`);
  // A server for each kind, so that none exhausts the limits of another.
  const target = await startTarget(options.database ?? 'sqlite');
  try {
    const attacks = await attack(target);
    attacks.push(await target.health());
    tried += attacks.reduce((sum, { times }) => sum + times, 0);
    succeeded += attacks.filter(({ held }) => !held).length;
    printTable(
      kind,
      attacks.map(({ held, ...shown }) => ({ ...shown, result: held ? 'held' : 'SUCCEEDED' })),
    );
  } catch (error) {
    // Such as a server that no longer answers.
    succeeded++;
    console.error(`\n${kind}: could not go on`, error);
  } finally {
    await target.stop();
  }
}
console.log(`\n${tried} tries: ${succeeded === 0 ? 'every attack failed' : `${succeeded} attacks succeeded`}.`);
process.exitCode = succeeded === 0 ? 0 : 1;
