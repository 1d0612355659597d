/**
 * `npm run build`: builds everything from the sources.
 *
 *     dist/                   one plain module per source file, its types, the tokens, and cdn/ for the script tag
 *     server/dist/            the server
 *     custom-elements.json    every element's attributes, events, slots, parts and properties
 */
import './node-version.js';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { beginBuild, markBuilt } from './build-stamp.js';
import { main, root, runPackage, SetupError } from './commands.js';

await main(async () => {
  const { build } = await import('vite');
  /** @param {'npm' | 'cdn' | 'server'} mode */
  const bundle = (mode) => build({ root, mode, logLevel: 'warn' });

  const fingerprint = beginBuild();
  for (const output of ['dist', 'server/dist']) rmSync(join(root, output), { recursive: true, force: true });

  if (existsSync(join(root, 'scripts/tokens.js'))) await step('tokens', runPackage('../scripts/tokens.js', []));
  await bundle('npm');
  await step('cloak.css', runPackage('../scripts/cloak-css.js', []));
  await step('contract types', runPackage('../scripts/contract-types.js', []));
  const declarations = runPackage('typescript/bin/tsc', ['-p', 'tsconfig.build.json']);
  const manifest = runPackage('@custom-elements-manifest/analyzer/cem.js', ['analyze', '--quiet']);
  await bundle('cdn');
  await bundle('server');
  await step('declarations', declarations);
  await step('custom-elements.json', manifest);
  markBuilt(fingerprint);
});

/**
 * @param {string} name
 * @param {Promise<number>} code
 */
async function step(name, code) {
  if ((await code) !== 0) throw new SetupError(`The build stopped at: ${name}.`);
}
