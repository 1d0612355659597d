import { spawn } from 'node:child_process';
import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs';
import { setPriority } from 'node:os';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('./copy-database.js', import.meta.url));
/** Below that of the server: readers come first. */
const priority = 10;

/** The ending of files that are not whole yet. */
export const partialEnding = '.partial';

/**
 * Writes a consistent and checked copy of a SQLite database that may be in use. The file has its name once it is whole and on disk.
 *
 * @param signal ends the copying, and removes what there is of it
 * @throws Error with one line where that is not possible
 */
export async function copyDatabase(source: string, target: string, signal?: AbortSignal): Promise<void> {
  const partial = `${target}${partialEnding}`;
  if (!existsSync(dirname(target))) throw new Error(`There is no folder ${dirname(target)}.`);
  rmSync(partial, { force: true });
  try {
    await runProgram(source, partial, signal);
    renameSync(partial, target);
    flushFolder(dirname(target));
  } finally {
    for (const ending of ['', '-journal', '-wal', '-shm']) rmSync(`${partial}${ending}`, { force: true });
  }
}

/** Waits until changes of names in a folder are on disk. */
export function flushFolder(folder: string): void {
  const descriptor = openSync(folder, 'r');
  try {
    fsyncSync(descriptor);
  } catch {
    // Not every system can.
  } finally {
    closeSync(descriptor);
  }
}

function runProgram(source: string, target: string, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    // Without the environment, which holds secrets.
    const child = spawn(process.execPath, [program, source, target], {
      env: {},
      stdio: ['ignore', 'ignore', 'pipe'],
      signal,
      killSignal: 'SIGKILL',
    });
    let reason = '';
    child.stderr.setEncoding('utf8').on('data', (text) => (reason += text));
    let failure: Error | undefined;
    child.once('error', (error) => (failure = error));
    child.once('spawn', () => {
      try {
        setPriority(child.pid ?? 0, priority);
      } catch {
        // It has ended already, or the system refuses.
      }
    });
    child.once('close', (code, killedBy) => {
      if (code === 0) resolve();
      else reject(failure ?? new Error(reason.trim() || `The copying ended with ${killedBy ?? code}.`));
    });
  });
}

/** Returns a time as a part of a file name, in UTC and in the order of time: `2026-11-27T041502Z`. */
export function fileTime(time: Date): string {
  return time.toISOString().replaceAll(':', '').replace(/\.\d+/, '');
}
