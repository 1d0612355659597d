/**
 * Copies a SQLite database as it is at one moment, and checks the copy: `copy-database.js <source> <target>`. A program of its own,
 * because copying blocks a process for as long as it takes. Plain JavaScript, so that it runs from the sources too.
 */
import { closeSync, fsyncSync, openSync } from 'node:fs';
import Sqlite from 'libsql';

const [source = '', target = ''] = process.argv.slice(2);

try {
  const database = new Sqlite(source);
  database.pragma('busy_timeout = 10000');
  database.prepare('vacuum into ?').run(target);
  database.close();

  const copy = new Sqlite(target);
  const rows = /** @type {{ integrity_check: string }[]} */ (copy.prepare('pragma integrity_check').all());
  const results = rows.map((row) => row.integrity_check);
  copy.close();
  if (results.join() !== 'ok') throw new Error(`integrity check: ${results.slice(0, 3).join('; ')}`);
  flush(target);
} catch (error) {
  const { code, message } = /** @type {Error & { code?: string }} */ (error);
  process.stderr.write(`${message}${code ? ` (${code})` : ''}\n`);
  process.exitCode = 1;
}

/**
 * Waits until a file is on disk.
 *
 * @param {string} file
 */
function flush(file) {
  const descriptor = openSync(file, 'r+');
  fsyncSync(descriptor);
  closeSync(descriptor);
}
