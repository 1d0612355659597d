/** Loaded by a server that is measured: on SIGUSR2 it collects garbage, and prints the size of the heap in bytes. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = /** @type {() => void} */ (runInNewContext('gc'));

process.on('SIGUSR2', () => {
  collect();
  process.stdout.write(`heap after gc: ${process.memoryUsage().heapUsed}\n`);
});
