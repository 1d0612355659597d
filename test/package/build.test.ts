import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join } from 'node:path';
import { gunzipSync, brotliDecompressSync } from 'node:zlib';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import { root } from '../../scripts/commands.js';
import { contractTypes } from '../../scripts/contract-types.js';

interface Declaration {
  tagName?: string;
  summary?: string;
  attributes?: Named[];
  events?: Named[];
  slots?: Named[];
  cssParts?: Named[];
  cssProperties?: Named[];
  cssStates?: Named[];
}
interface Named {
  name: string;
  description?: string;
}

const scripts = filesIn('dist').filter((file) => file.endsWith('.js'));
const declarations = filesIn('dist').filter((file) => file.endsWith('.d.ts'));
const scriptTag = scripts.filter((file) => file.startsWith('dist/cdn/'));

describe('the build', () => {
  test('exists', () => {
    expect(scriptTag.length).toBeGreaterThan(5);
    expect(declarations.length).toBeGreaterThan(10);
  });

  test('contains no untransformed decorators', () => {
    const raw = /^\s*@(property|state|query|queryAll|eventOptions|customElement)\(/m;
    expect(scripts.filter((file) => raw.test(read(file)))).toEqual([]);
  });

  test('includes no schema library in scripts and types', () => {
    const schemas = /\bzod\b|ZodObject|\$ZodType/;
    expect([...scriptTag, ...declarations].filter((file) => schemas.test(read(file)))).toEqual([]);
  });

  test('uses its own Trusted Types policy', () => {
    const all = scriptTag.map(read).join('\n');
    expect(all).toMatch(/createPolicy\(["'`]afterword["'`]/);
    expect(all).not.toMatch(/createPolicy\(["'`]lit-html["'`]/);
  });

  test('uses no API that a strict content security policy refuses', () => {
    const refused = /\beval\(|new Function\(|document\.write\(|\.insertAdjacentHTML\(/;
    expect(scriptTag.filter((file) => refused.test(read(file)))).toEqual([]);
  });

  test('loads the script tag in one request', () => {
    const { statements } = parse('dist/cdn/afterword.js');
    const imports = statements.filter((statement) => ts.isImportDeclaration(statement));
    expect(imports.map(({ moduleSpecifier }) => (moduleSpecifier as ts.StringLiteral).text)).toEqual([]);
  });

  test('precompresses files without loss', () => {
    for (const file of scriptTag) {
      const plain = readFileSync(join(root, file));
      expect(gunzipSync(readFileSync(join(root, `${file}.gz`))).equals(plain), `${file}.gz`).toBe(true);
      expect(brotliDecompressSync(readFileSync(join(root, `${file}.br`))).equals(plain), `${file}.br`).toBe(true);
    }
  });

  test.each([
    { what: 'script', files: scripts, ending: '.js' },
    { what: 'type', files: declarations, ending: '.d.ts' },
  ])('has no unresolved $what import', ({ files, ending }) => {
    const lost = files.flatMap((file) =>
      importsOf(file)
        .filter((specifier) => specifier.startsWith('.'))
        .map((specifier) => join(dirname(file), specifier.replace(/\.js$/, ending)))
        .filter((target) => !existsSync(join(root, target)))
        .map((target) => `${file} → ${target}`),
    );
    expect(lost).toEqual([]);
  });
});

describe('the built server', () => {
  const bundle = filesIn('server/dist').filter((file) => file.endsWith('.js'));
  const { dependencies } = JSON.parse(read('server/package.json')) as { dependencies: Record<string, string> };

  test('resolves every import by itself, Node or a declared dependency', () => {
    const lost = bundle.flatMap((file) =>
      importsOf(file)
        .filter((specifier) =>
          specifier.startsWith('.')
            ? !existsSync(join(root, dirname(file), specifier))
            : !isBuiltin(specifier) && !Object.keys(dependencies).includes(specifier),
        )
        .map((specifier) => `${file} → ${specifier}`),
    );
    expect(bundle.length).toBeGreaterThan(5);
    expect(lost).toEqual([]);
  });

  test('imports packages for rare requests lazily', () => {
    const atStart = new Set<string>();
    const load = (file: string): void => {
      if (atStart.has(file)) return;
      atStart.add(file);
      const { statements } = parse(file);
      for (const statement of statements) {
        if (!ts.isImportDeclaration(statement)) continue;
        const { text } = statement.moduleSpecifier as ts.StringLiteral;
        if (text.startsWith('.')) load(join(dirname(file), text));
      }
    };
    load('server/dist/main.js');
    const packages = new Set([...atStart].flatMap(packagesIn));
    expect([...packages]).toEqual(expect.arrayContaining(['hono', 'zod', 'kysely']));
    for (const late of ['prom-client', 'feedsmith', 'parse5', 'micromark', 'pg']) expect(packages).not.toContain(late);
  });

  test('lists the licence of every bundled package', () => {
    const licences = read('server/dist/licenses.md');
    const brought = [...new Set(bundle.flatMap(packagesIn))];
    expect(brought.length).toBeGreaterThan(20);
    expect(brought.filter((name) => !licences.includes(`\n## ${name} - `))).toEqual([]);
  });
});

describe('third-party notices of the script tag', () => {
  const notices = read('dist/cdn/licenses.md');

  test.each([
    ['lit', 'BSD-3-Clause'],
    ['lit-html', 'BSD-3-Clause'],
    ['lit-element', 'BSD-3-Clause'],
    ['@lit/reactive-element', 'BSD-3-Clause'],
    ['@floating-ui/dom', 'MIT'],
    ['@floating-ui/core', 'MIT'],
    ['@floating-ui/utils', 'MIT'],
  ])('name %s (%s) and its text', (name, license) => {
    const notice = notices.split(/^## /m).find((section) => section.startsWith(`${name} - `));
    expect(notice).toContain(`(${license})`);
    expect(notice).toMatch(/Copyright/);
  });

  test('name every package that the manifest declares', () => {
    const { dependencies } = JSON.parse(read('package.json')) as { dependencies: Record<string, string> };
    for (const name of Object.keys(dependencies)) expect(notices).toContain(`\n## ${name} - `);
  });
});

describe('custom-elements.json', () => {
  const { modules } = JSON.parse(read('custom-elements.json')) as {
    modules: { path: string; declarations: Declaration[] }[];
  };
  const elements = modules.flatMap(({ path, declarations }) => declarations.map((declared) => ({ path, ...declared })));
  const tagged = elements.filter(({ tagName }) => tagName);

  test('lists all elements, in files that exist', () => {
    expect(tagged.map(({ tagName }) => tagName).sort()).toEqual([
      'aw-comment-count',
      'aw-comments',
      'aw-newsletter',
      'aw-reactions',
      'aw-stories',
    ]);
    expect(modules.filter(({ path }) => !existsSync(join(root, path)))).toEqual([]);
  });

  test.each([
    { tag: 'aw-reactions', attributes: ['poll', 'variant'], events: ['aw-react', 'aw-sign-in-request'] },
    {
      tag: 'aw-comments',
      attributes: ['sort', 'page-size', 'open'],
      events: ['aw-comment', 'aw-comment-vote', 'aw-sign-in-request'],
    },
    { tag: 'aw-comment-count', attributes: [], events: [] },
    { tag: 'aw-stories', attributes: ['rail', 'layout', 'limit'], events: ['aw-story-view', 'aw-story-click'] },
    { tag: 'aw-newsletter', attributes: ['list', 'variant'], events: ['aw-subscribe'] },
  ])('describes $tag', ({ tag, attributes, events }) => {
    const element = tagged.find(({ tagName }) => tagName === tag)!;
    const names = (list: Named[] | undefined): string[] => (list ?? []).map(({ name }) => name);
    expect(element.summary).toBeTruthy();
    expect(names(element.attributes)).toEqual(expect.arrayContaining([...attributes, 'site', 'story', 'api']));
    expect(names(element.events)).toEqual(expect.arrayContaining(events));
    expect(names(element.slots)).toContain('');
    for (const list of [element.slots, element.cssParts, element.cssProperties, element.cssStates, element.events]) {
      expect((list ?? []).filter(({ description }) => !description)).toEqual([]);
    }
  });

  test.each(tagged.map(({ tagName, path }) => [tagName!, path]))('%s lists every part and slot', (tag, path) => {
    const element = tagged.find(({ tagName }) => tagName === tag)!;
    const folder = dirname(path).replace(/^dist/, 'src');
    const source = filesIn(folder).map(read).join('\n');
    const parts = [...source.matchAll(/\bpart="([\w -]+)"/g)].flatMap(([, names]) => names!.split(' '));
    const slots = [...source.matchAll(/<slot name="([\w-]+)"/g)].map(([, name]) => name!);
    expect(sorted(element.cssParts?.map(({ name }) => name))).toEqual(expect.arrayContaining(sorted(parts)));
    expect(sorted(element.slots?.map(({ name }) => name))).toEqual(expect.arrayContaining(sorted(slots)));
  });
});

describe('the sources', () => {
  test('have contract types generated from the current schemas', async () => {
    expect(read('src/contract/types.ts')).toBe(await contractTypes());
  });

  test('have one version', () => {
    const version = packageVersion('package.json');
    expect(packageVersion('server/package.json')).toBe(version);
    expect(read('src/base/version.ts')).toContain(`version = '${version}'`);
  });

  test('lock versions without registry URLs', () => {
    expect(read('package-lock.json')).not.toMatch(/"resolved": "(https?|git)/);
  });

  test('have at most 350 lines per file', () => {
    const maxLines = 350;
    const generated = ['src/contract/types.ts'];
    const long = ['src', 'server/src', 'demo', 'scripts', 'bench']
      .flatMap(filesIn)
      .filter((file) => /\.(ts|js)$/.test(file) && !generated.includes(file))
      .map((file) => ({ file, lines: read(file).split('\n').length }))
      .filter(({ lines }) => lines > maxLines);
    expect(long).toEqual([]);
  });
});

function filesIn(folder: string): string[] {
  const full = join(root, folder);
  if (!existsSync(full)) return [];
  return readdirSync(full, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length).replaceAll('\\', '/'));
}

function read(file: string): string {
  return readFileSync(join(root, file), 'utf8');
}

function parse(file: string): ts.SourceFile {
  return ts.createSourceFile(file, read(file), ts.ScriptTarget.Latest);
}

function importsOf(file: string): string[] {
  return ts.preProcessFile(read(file)).importedFiles.map(({ fileName }) => fileName);
}

/** Returns the packages bundled into a file, by its source map. */
function packagesIn(file: string): string[] {
  if (!existsSync(join(root, `${file}.map`))) return [];
  const { sources } = JSON.parse(read(`${file}.map`)) as { sources: string[] };
  return sources.flatMap((source) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(source)?.[1] ?? []);
}

function packageVersion(file: string): string {
  return (JSON.parse(read(file)) as { version: string }).version;
}

function sorted(names: string[] | undefined): string[] {
  return [...new Set(names)].sort();
}
