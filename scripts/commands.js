/** Runs other programs: npm, installed packages, apt-get. Imports Node's own modules only. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root. */
export const root = fileURLToPath(new URL('..', import.meta.url));

/** An error that the user has to fix: `main` prints its message in one line, without a stack. */
export class SetupError extends Error {}

/**
 * Runs a program until it exits; it shares this process's output.
 *
 * @param {string} program
 * @param {string[]} args
 * @param {import('node:child_process').SpawnOptions} [options]
 * @returns {Promise<number>} the exit code; 1 where the program was killed or could not be started
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
 * Runs the command line of an installed package by its file, without a shell or `npx`.
 *
 * @param {string} file path below `node_modules`
 * @param {string[]} args
 */
export function runPackage(file, args) {
  return run(process.execPath, [join(root, 'node_modules', file), ...args]);
}

/**
 * Runs npm: the npm that runs this script, else the one in PATH.
 *
 * @param {string[]} args
 */
export function runNpm(args) {
  const cli = process.env.npm_execpath;
  if (cli?.endsWith('npm-cli.js')) return run(process.execPath, [cli, ...args]);
  return run('npm', args, { shell: process.platform === 'win32' });
}

/**
 * Finds the first program that exists.
 *
 * @param {string[]} candidates names to look up in PATH, or absolute paths
 * @returns {string | undefined} the program's path
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
 * Installs Debian packages, where this process is root and apt-get exists.
 *
 * @param {string[]} packages
 * @param {string} purpose named in the messages
 * @throws {SetupError} if the packages cannot be installed
 */
export async function installDebianPackages(packages, purpose) {
  const canInstall = process.getuid?.() === 0 && findProgram(['apt-get']);
  if (!canInstall)
    throw new SetupError(`${purpose} is missing. Install it (on Debian: apt-get install ${packages.join(' ')}).`);
  console.log(`Installing ${packages.join(' ')} …`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const quietly = ['-qq', '-o', 'Dpkg::Use-Pty=0', '-o', 'Acquire::Retries=3'];
  // An old package list names versions that the mirror has dropped. A failed update is ignored: the old list may still work.
  await run('apt-get', ['update', ...quietly], { env });
  const code = await run('apt-get', ['install', '-y', '--no-install-recommends', ...quietly, ...packages], { env });
  if (code !== 0) throw new SetupError(`${purpose} is missing, and apt-get install ${packages.join(' ')} failed.`);
}

/**
 * Runs the main function of a script and sets the exit code. Prints the message of a `SetupError`.
 *
 * @param {() => Promise<number | void>} work returns the exit code, nothing for 0
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
