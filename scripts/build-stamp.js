/** Remembers which sources the last build was made of. Needs nothing installed. */
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

/** Whether the last build finished, is still there, and was made of the sources as they are now. */
export function isBuilt() {
  const everythingIsThere = [stamp, ...outputs.map((path) => join(root, path))].every((path) => existsSync(path));
  return everythingIsThere && readFileSync(stamp, 'utf8') === fingerprint();
}

/** Before a build: whatever happens to it, nobody takes the old one for good. Answers what `markBuilt` needs. */
export function beginBuild() {
  rmSync(stamp, { force: true });
  return fingerprint();
}

/** @param {string} print what the build was made of: sources that changed meanwhile make it stale at once */
export function markBuilt(print) {
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, print);
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
