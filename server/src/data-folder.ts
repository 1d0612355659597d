import { randomBytes } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { OperatorError } from './operator-error.js';

export const minSecretLength = 32;

/**
 * Creates the data folder where it does not exist, and checks that it can be written to.
 *
 * @throws OperatorError
 */
export function makeWritable(folder: string): void {
  try {
    makeFolder(folder);
    const probe = join(folder, `.writable-${process.pid}`);
    writeFileSync(probe, '', { mode: 0o600 });
    rmSync(probe);
  } catch (error) {
    throw new OperatorError(
      `AFTERWORD_DATA: cannot write to ${folder} (${(error as NodeJS.ErrnoException).code ?? 'unknown error'}).`,
    );
  }
}

/**
 * Checks that a data folder exists.
 *
 * @throws OperatorError
 */
export function requireFolder(folder: string): void {
  if (!existsSync(folder)) throw new OperatorError(`AFTERWORD_DATA: there is no folder ${folder}.`);
}

/** Creates one level at a time: `mkdir` with `recursive` never returns below /proc. */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  makeFolder(dirname(folder));
  mkdirSync(folder);
}

/** Returns the file of the secret that the first start makes. */
export function secretFile(folder: string): string {
  return join(folder, 'secret');
}

/** Returns the secret in the data folder, and makes it where there is none. */
export function readOrMakeSecret(folder: string): string {
  const file = secretFile(folder);
  return readSecret(file) ?? makeSecret(file);
}

/**
 * Returns the secret in a file, or `undefined` where there is no file. Refuses an empty file: anybody could sign with an empty
 * secret.
 *
 * @throws OperatorError
 */
export function readSecret(file: string): string | undefined {
  if (!existsSync(file)) return undefined;
  const secret = readFileSync(file, 'utf8').trim();
  if (secret.length < minSecretLength)
    throw new OperatorError(`${file} holds no secret. Put it back from a backup; where there is none, delete it.`);
  return secret;
}

/** Creates the file as a whole, so that of two processes that start together both use the secret of the first. */
function makeSecret(file: string): string {
  const whole = `${file}.${process.pid}`;
  writeFileSync(whole, `${randomBytes(48).toString('base64url')}\n`, { mode: 0o600, flush: true });
  try {
    linkSync(whole, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(whole);
  }
  return readSecret(file)!;
}
