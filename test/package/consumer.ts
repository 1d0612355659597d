import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { root } from '../../scripts/commands.js';

export interface Manifest {
  version: string;
  dependencies: Record<string, string>;
  peerDependencies?: Record<string, string>;
  exports: Record<string, string | { types: string; default: string }>;
}

/** A project with the result of `npm pack` and its dependencies installed. */
export interface Consumer {
  folder: string;
  /** The package folder in the project's `node_modules`. */
  package: string;
  tarball: string;
  manifest: Manifest;
  /** Every file of the package, from its root. */
  files: string[];
  /** Runs a module in the project with plain Node and returns its output. */
  run(source: string): string;
  remove(): void;
}

export function installPacked(): Consumer {
  if (!existsSync(join(root, 'dist'))) throw new Error('There is no build to pack. Run npm run build first.');
  const folder = mkdtempSync(join(tmpdir(), 'afterword-consumer-'));
  const packed = execFileSync(
    'npm',
    ['pack', '--json', '--ignore-scripts', '--loglevel=error', '--pack-destination', folder],
    {
      cwd: root,
      encoding: 'utf8',
    },
  );
  const [{ filename, files }] = JSON.parse(packed) as [{ filename: string; files: { path: string }[] }];
  const tarball = join(folder, filename);
  const modules = join(folder, 'node_modules');
  mkdirSync(join(modules, 'afterword'), { recursive: true });
  execFileSync('tar', ['-xzf', tarball, '--strip-components=1', '-C', join(modules, 'afterword')]);
  const manifest = JSON.parse(readFileSync(join(modules, 'afterword/package.json'), 'utf8')) as Manifest;
  for (const name of Object.keys(manifest.dependencies)) {
    mkdirSync(dirname(join(modules, name)), { recursive: true });
    symlinkSync(join(root, 'node_modules', name), join(modules, name), 'junction');
  }
  writeFileSync(join(folder, 'package.json'), '{ "type": "module", "private": true }');
  return {
    folder,
    package: join(modules, 'afterword'),
    tarball,
    manifest,
    files: files.map(({ path }) => path),
    run(source) {
      const file = join(folder, 'main.js');
      writeFileSync(file, source);
      return execFileSync(process.execPath, [file], { cwd: folder, encoding: 'utf8' });
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
