/**
 * Exits with one line where Node is too old. Import it first: it imports Node's own modules only, in syntax that old versions
 * can parse.
 */
import { readFileSync } from 'node:fs';

const { engines } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
const needed = engines.node.replace('>=', '');
if (process.versions.node.localeCompare(needed, undefined, { numeric: true }) < 0) {
  console.error(`Afterword needs Node ${needed} or newer; this is ${process.version}. See https://nodejs.org.`);
  process.exit(1);
}
