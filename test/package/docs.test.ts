import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../../scripts/commands.js';

const pages = [
  'CONTRIBUTING.md',
  'README.md',
  'SECURITY.md',
  'bench/README.md',
  'faults/README.md',
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => `docs/${file.replaceAll('\\', '/')}`),
];
/** Code spans that name a file or folder of the repository. */
const path = /`((?:src|server|test|scripts|bench|demo|docs|playground)\/[\w./*-]*)`/g;
const link = /\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)/g;

test.each(pages)('%s names files that exist', (page) => {
  const text = readFileSync(join(root, page), 'utf8');
  const named = [...text.matchAll(path)].map(([, file]) => file!.replace(/\/\*\/.*/, '/'));
  const linked = [...text.matchAll(link)].map(([, file]) => join(dirname(page), file!));
  expect([...named, ...linked].filter((file) => !existsSync(join(root, file)))).toEqual([]);
});
