/**
 * Ends the process with one clear line where Node is too old. Import it before anything else: it needs nothing installed,
 * and its syntax is one that old versions can read.
 */
import { readFileSync } from 'node:fs';

const { engines } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
const needed = engines.node.replace('>=', '');
if (process.versions.node.localeCompare(needed, undefined, { numeric: true }) < 0) {
  console.error(`Afterword needs Node ${needed} or newer; this is ${process.version}. See https://nodejs.org.`);
  process.exit(1);
}
