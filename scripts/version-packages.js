/**
 * `npm run version-packages`: applies the changesets of `.changeset/`. Raises the versions of both packages, writes
 * CHANGELOG.md, `src/base/version.ts` and the lock file, and removes the applied changesets.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { main, root, runNpm, runPackage } from './commands.js';

await main(async () => {
  const code = await runPackage('@changesets/cli/bin.js', ['version']);
  if (code !== 0) return code;
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const module = join(root, 'src/base/version.ts');
  const text = readFileSync(module, 'utf8');
  writeFileSync(module, text.replace(/(version = ')[^']+/, `$1${version}`));
  return runNpm(['install', '--package-lock-only', '--no-audit', '--no-fund']);
});
