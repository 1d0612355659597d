import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import { root } from '../../scripts/commands.js';

type Kind = 'static' | 'dynamic' | 'type';
interface Import {
  /** Paths from the root, with `/`. */
  from: string;
  to: string;
  kind: Kind;
}

const widgetNames = ['comment-count', 'comments', 'newsletter', 'reactions', 'stories'];
/** What of the contract a browser may load: files that import no library. */
const libraryFree = ['errors', 'limits', 'story-key', 'types'].map((name) => `src/contract/${name}.ts`);

const imports = [...sourcesIn('src'), ...sourcesIn('server/src')].flatMap(importsOf);

/** Which areas each area may load, and which packages. Types may be taken from `typesFrom` besides. */
const allowed: Record<string, { areas: string[]; packages: string[]; typesFrom?: string[] }> = {
  contract: { areas: ['contract'], packages: ['zod'] },
  client: { areas: ['client', 'contract'], packages: [] },
  locales: { areas: ['locales'], packages: [], typesFrom: ['contract'] },
  base: { areas: ['base', 'locales'], packages: ['lit'], typesFrom: ['contract'] },
  widgets: { areas: ['base', 'client', 'locales', 'contract'], packages: ['lit', '@floating-ui/dom'] },
  define: { areas: ['widgets'], packages: [] },
  loader: { areas: ['loader', 'client', 'define'], packages: [] },
  index: { areas: ['base', 'client', 'locales', 'widgets', 'contract'], packages: [] },
};

describe('who may import whom', () => {
  test.each(Object.keys(allowed))('%s keeps to its neighbours', (area) => {
    const { areas, packages, typesFrom = [] } = allowed[area]!;
    const strangers = imports.filter(({ from, to, kind }) => {
      if (areaOf(from) !== area) return false;
      if (!to.startsWith('src/')) return !packages.includes(packageOf(to));
      if (isSameRoom(from, to)) return false;
      return !areas.includes(areaOf(to)) && !(kind === 'type' && typesFrom.includes(areaOf(to)));
    });
    expect(strangers.map(told)).toEqual([]);
  });

  test('no widget imports another', () => {
    const between = imports.filter(
      ({ from, to }) => areaOf(from) === 'widgets' && areaOf(to) === 'widgets' && !isSameRoom(from, to),
    );
    expect(between.map(told)).toEqual([]);
  });

  test('the browser takes from the contract only types and files without a library', () => {
    const heavy = imports.filter(
      ({ from, to }) => areaOf(from) !== 'contract' && areaOf(to) === 'contract' && !libraryFree.includes(to),
    );
    expect(heavy.filter(({ from }) => from.startsWith('src/')).map(told)).toEqual([]);
    expect(
      imports.filter(({ from }) => libraryFree.includes(from)).filter(({ to }) => !libraryFree.includes(to)),
    ).toEqual([]);
  });

  test('the loader loads everything beyond itself late', () => {
    const early = imports.filter(
      ({ from, to, kind }) => areaOf(from) === 'loader' && areaOf(to) !== 'loader' && kind === 'static',
    );
    expect(early.map(told)).toEqual([]);
  });

  test('a library for pop-ups is loaded when something pops up', () => {
    const early = imports.filter(({ to, kind }) => packageOf(to) === '@floating-ui/dom' && kind === 'static');
    expect(early.map(told)).toEqual([]);
  });

  test('the server knows the contract by its export, and nothing else of src', () => {
    const reaching = imports.filter(
      ({ from, to }) =>
        from.startsWith('server/') &&
        (to.startsWith('src/') || (packageOf(to) === 'afterword' && to !== 'afterword/contract')),
    );
    expect(reaching.map(told)).toEqual([]);
  });

  test('nothing in src knows the server, Node or a package it does not declare', () => {
    const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      dependencies: Record<string, string>;
    };
    const known = [...Object.keys(dependencies), 'zod'];
    const foreign = imports.filter(
      ({ from, to }) => from.startsWith('src/') && !to.startsWith('src/') && !known.includes(packageOf(to)),
    );
    expect(foreign.map(told)).toEqual([]);
  });

  test('every import within the repository ends in .js and leads somewhere', () => {
    const lost = imports.filter(
      ({ to }) => to.includes('/') && /^(src|server)\//.test(to) && !existsSync(join(root, to)),
    );
    expect(lost.map(told)).toEqual([]);
  });
});

describe('where things live', () => {
  test('src has the rooms of the design', () => {
    expect(foldersIn('src')).toEqual(['base', 'client', 'contract', 'define', 'loader', 'locales', 'widgets']);
  });

  test('one folder and one define file for each element', () => {
    expect(foldersIn('src/widgets')).toEqual(widgetNames);
    expect(namesIn('src/define')).toEqual(expect.arrayContaining(widgetNames));
  });

  test.each(['reactions', 'comments', 'stories', 'newsletter'])('%s has the same name everywhere', (name) => {
    expect(namesIn('src/contract')).toContain(name);
    expect(foldersIn('src/widgets')).toContain(name);
    expect(foldersIn('server/src')).toContain(name);
  });

  test('files are named for what is in them', () => {
    const vague = [...sourcesIn('src'), ...sourcesIn('server/src')].filter((file) =>
      /\b(utils?|helpers?|common|shared|misc|manager)\b/i.test(file),
    );
    expect(vague).toEqual([]);
  });
});

function foldersIn(folder: string): string[] {
  const entries = readdirSync(join(root, folder), { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
}

function namesIn(folder: string): string[] {
  return readdirSync(join(root, folder)).map((name) => name.replace(/\.ts$/, ''));
}

function sourcesIn(folder: string): string[] {
  const names = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' });
  return names.filter((name) => name.endsWith('.ts')).map((name) => slashed(join(folder, name)));
}

function importsOf(from: string): Import[] {
  const found: Import[] = [];
  const add = (specifier: ts.Node | undefined, kind: Kind): void => {
    if (specifier && ts.isStringLiteralLike(specifier)) found.push({ from, to: target(from, specifier.text), kind });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, isTypeOnly(node) ? 'type' : 'static');
    else if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, node.isTypeOnly ? 'type' : 'static');
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node.argument.literal, 'type');
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      add(node.arguments[0], 'dynamic');
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(from, readFileSync(join(root, from), 'utf8'), ts.ScriptTarget.Latest));
  return found;
}

function isTypeOnly({ importClause }: ts.ImportDeclaration): boolean {
  if (!importClause) return false;
  if (importClause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const { name, namedBindings } = importClause;
  return (
    !name && !!namedBindings && ts.isNamedImports(namedBindings) && namedBindings.elements.every((e) => e.isTypeOnly)
  );
}

/** The file an import leads to, or the specifier as it stands where it names a package. */
function target(from: string, specifier: string): string {
  if (!specifier.startsWith('.')) return specifier;
  return slashed(relative('.', normalize(join(dirname(from), specifier.replace(/\?.*$/, ''))))).replace(/\.js$/, '.ts');
}

function areaOf(file: string): string {
  if (!file.startsWith('src/')) return '';
  return file.split('/')[1]!.replace(/\.ts$/, '');
}

function isSameRoom(from: string, to: string): boolean {
  if (areaOf(from) !== areaOf(to)) return false;
  return areaOf(from) !== 'widgets' || from.split('/')[2] === to.split('/')[2];
}

function packageOf(specifier: string): string {
  if (specifier.startsWith('src/') || specifier.startsWith('server/')) return '';
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}

function told({ from, to, kind }: Import): string {
  return `${from} → ${to} (${kind})`;
}

function slashed(path: string): string {
  return path.replaceAll('\\', '/');
}
