/** Stores a fingerprint of the sources of the last build. Imports Node's own modules only. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from './commands.js';

const stamp = join(root, 'node_modules/.cache/afterword/build');
const outputs = ['dist', 'server/dist', 'custom-elements.json'];
const sources = [
  'src',
  'server/src',
  'demo',
  'scripts',
  'package.json',
  'package-lock.json',
  'server/package.json',
  'vite.config.ts',
  'custom-elements-manifest.config.js',
  ...readdirSync(root).filter((name) => /^tsconfig.*\.json$/.test(name)),
];

/** Returns true if the last build finished, its output exists, and no source has changed since. */
export function isBuilt() {
  const isComplete = [stamp, ...outputs.map((path) => join(root, path))].every((path) => existsSync(path));
  return isComplete && readFileSync(stamp, 'utf8') === fingerprint();
}

/** Removes the stamp, so that a build that fails does not count as built. Returns the fingerprint for `markBuilt`. */
export function beginBuild() {
  rmSync(stamp, { force: true });
  return fingerprint();
}

/** @param {string} builtFingerprint of the sources before the build: a source that changed during it makes the build stale */
export function markBuilt(builtFingerprint) {
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, builtFingerprint);
}

function fingerprint() {
  const hash = createHash('sha256');
  for (const file of sources.flatMap((source) => filesOf(source)).sort()) {
    hash
      .update(`${file}\0`)
      .update(readFileSync(join(root, file)))
      .update('\0');
  }
  return hash.digest('hex');
}

/**
 * @param {string} path
 * @returns {string[]}
 */
function filesOf(path) {
  const full = join(root, path);
  if (!existsSync(full)) return [];
  if (!statSync(full).isDirectory()) return [path];
  return readdirSync(full).flatMap((name) => filesOf(`${path}/${name}`));
}
