/** Runs other programs: npm, the compiler, Debian's package manager. Needs nothing installed. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root. */
export const root = fileURLToPath(new URL('..', import.meta.url));

/** Something the person at the keyboard must mend; shown as one line, without a stack. */
export class SetupError extends Error {}

/**
 * Runs a program to its end with this process's output.
 *
 * @param {string} program
 * @param {string[]} args
 * @param {import('node:child_process').SpawnOptions} [options]
 * @returns {Promise<number>} the exit code; a program that was killed or could not be started counts as 1
 */
export function run(program, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], ...options });
    child.on('error', (error) => {
      console.error(`${program}: ${error.message}`);
      resolve(1);
    });
    child.on('close', (code) => resolve(code ?? 1));
  });
}

/**
 * Runs the command line of an installed package by its file, so that no shell and no `npx` stands between.
 *
 * @param {string} file path below `node_modules`
 * @param {string[]} args
 */
export function runPackage(file, args) {
  return run(process.execPath, [join(root, 'node_modules', file), ...args]);
}

/**
 * Runs npm: the very one that runs this script, where one does.
 *
 * @param {string[]} args
 */
export function runNpm(args) {
  const cli = process.env.npm_execpath;
  if (cli?.endsWith('npm-cli.js')) return run(process.execPath, [cli, ...args]);
  return run('npm', args, { shell: process.platform === 'win32' });
}

/**
 * The first of some programs that is there.
 *
 * @param {string[]} candidates names to look up in PATH, or absolute paths
 * @returns {string | undefined} its path
 */
export function findProgram(candidates) {
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  return candidates
    .flatMap((name) =>
      name.includes('/') || name.includes('\\') ? [name] : folders.map((folder) => join(folder, name)),
    )
    .find((path) => existsSync(path));
}

/**
 * Installs Debian packages where this process may.
 *
 * @param {string[]} packages
 * @param {string} purpose what they are for, to name in the line a person reads
 * @throws {SetupError} where it may not, or it fails
 */
export async function installDebianPackages(packages, purpose) {
  const may = process.getuid?.() === 0 && findProgram(['apt-get']);
  if (!may)
    throw new SetupError(`${purpose} is missing. Install it (on Debian: apt-get install ${packages.join(' ')}).`);
  console.log(`Installing ${packages.join(' ')} …`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const quietly = ['-qq', '-o', 'Dpkg::Use-Pty=0', '-o', 'Acquire::Retries=3'];
  // An old package list names versions the mirror no longer has; a list that cannot be renewed may still serve.
  await run('apt-get', ['update', ...quietly], { env });
  const code = await run('apt-get', ['install', '-y', '--no-install-recommends', ...quietly, ...packages], { env });
  if (code !== 0) throw new SetupError(`${purpose} is missing, and apt-get install ${packages.join(' ')} failed.`);
}

/**
 * Runs a script's main work, and turns a setup error into its one line.
 *
 * @param {() => Promise<number | void>} work answers the exit code, 0 where it answers nothing
 */
export async function main(work) {
  try {
    process.exitCode = (await work()) ?? 0;
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}
