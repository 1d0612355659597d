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
/** Files of the contract that import no library, and so may be loaded by browsers. */
const libraryFree = ['errors', 'limits', 'story-key', 'types'].map((name) => `src/contract/${name}.ts`);

const imports = [...sourcesIn('src'), ...sourcesIn('server/src')].flatMap(importsOf);

/** The areas and packages that each area may import. Types may also come from `typesFrom`. */
const allowed: Record<string, { areas: string[]; packages: string[]; typesFrom?: string[] }> = {
  contract: { areas: ['contract'], packages: ['zod'] },
  client: { areas: ['client', 'contract'], packages: [] },
  locales: { areas: ['locales'], packages: [], typesFrom: ['contract'] },
  base: { areas: ['base', 'locales'], packages: ['lit', '@floating-ui/dom'], typesFrom: ['contract'] },
  widgets: { areas: ['base', 'client', 'locales', 'contract'], packages: ['lit'] },
  define: { areas: ['widgets'], packages: [] },
  testing: { areas: ['testing', 'contract'], packages: [] },
  loader: { areas: ['loader', 'base', 'client', 'define', 'locales'], packages: [] },
  index: { areas: ['base', 'client', 'locales', 'widgets', 'contract'], packages: [] },
};

/** The one module that imports the positioning library. */
const placePopover = 'src/base/place-popover.ts';

/** Folders and files that each folder of the server may import, besides itself and the modules at the root. */
const serverFolders: Record<string, string[]> = {
  storage: [],
  letters: [],
  locales: [],
  sites: ['http', 'storage'],
  http: ['sites', 'storage'],
  mail: ['http', 'storage'],
  ops: ['http', 'storage'],
  // Features meet in app.ts. They may only resolve story keys, since rows of readers refer to stories.
  stories: ['http', 'sites', 'storage'],
  comments: ['http', 'letters', 'sites', 'storage', 'stories/story-resolver.ts'],
  reactions: ['http', 'locales', 'sites', 'storage', 'stories/story-resolver.ts'],
  readers: ['http', 'letters', 'sites', 'storage', 'stories/story-resolver.ts'],
  newsletter: ['http', 'locales', 'mail', 'sites', 'storage'],
  live: ['http', 'sites', 'stories/story-resolver.ts'],
  // Fills every feature with the demo's data.
  demo: ['comments', 'newsletter', 'reactions', 'readers', 'sites', 'stories', 'storage'],
};
/** Modules that put the server together. Folders must not import them. */
const serverComposition = ['app.ts', 'main.ts', 'serve.ts'].map((name) => `server/src/${name}`);

describe('import cycles', () => {
  test('do not exist in server/src, types included', () => {
    expect(cyclesIn('server/src/')).toEqual([]);
  });

  test('do not exist in src, types included', () => {
    expect(cyclesIn('src/')).toEqual([]);
  });
});

describe('folders of the server', () => {
  const folders = foldersIn('server/src');

  test('each have a rule', () => {
    expect(Object.keys(serverFolders).sort()).toEqual([...folders].sort());
  });

  test.each(folders)('%s imports only what its rule allows', (folder) => {
    const own = `server/src/${folder}/`;
    const rule = (serverFolders[folder] ?? []).map((name) => `server/src/${name}${name.endsWith('.ts') ? '' : '/'}`);
    const foreign = imports.filter(({ from, to }) => {
      if (!from.startsWith(own) || !to.startsWith('server/') || to.startsWith(own)) return false;
      if (!/^server\/src\/.+\//.test(to)) return serverComposition.includes(to);
      return !rule.some((allowed) => to.startsWith(allowed));
    });
    expect(foreign.map(toLine)).toEqual([]);
  });

  test('modules at the root import no folder, except the composition modules', () => {
    const early = imports.filter(
      ({ from, to }) =>
        /^server\/src\/[^/]+$/.test(from) && /^server\/src\/.+\//.test(to) && !serverComposition.includes(from),
    );
    expect(early.map(toLine)).toEqual([]);
  });
});

describe('import boundaries', () => {
  test.each(Object.keys(allowed))('%s imports only allowed areas and packages', (area) => {
    const { areas, packages, typesFrom = [] } = allowed[area]!;
    const strangers = imports.filter(({ from, to, kind }) => {
      if (areaOf(from) !== area) return false;
      if (!to.startsWith('src/')) return !packages.includes(packageOf(to));
      if (isSameUnit(from, to)) return false;
      return !areas.includes(areaOf(to)) && !(kind === 'type' && typesFrom.includes(areaOf(to)));
    });
    expect(strangers.map(toLine)).toEqual([]);
  });

  test('no widget imports another', () => {
    const between = imports.filter(
      ({ from, to }) => areaOf(from) === 'widgets' && areaOf(to) === 'widgets' && !isSameUnit(from, to),
    );
    expect(between.map(toLine)).toEqual([]);
  });

  test('browser code imports only types and library-free files of the contract', () => {
    const heavy = imports.filter(
      ({ from, to }) => areaOf(from) !== 'contract' && areaOf(to) === 'contract' && !libraryFree.includes(to),
    );
    expect(heavy.filter(({ from }) => from.startsWith('src/')).map(toLine)).toEqual([]);
    expect(
      imports.filter(({ from }) => libraryFree.includes(from)).filter(({ to }) => !libraryFree.includes(to)),
    ).toEqual([]);
  });

  test('the loader imports nothing statically but its style sheet', () => {
    const early = imports.filter(({ from, kind }) => from === 'src/loader/afterword.ts' && kind === 'static');
    expect(early.map(({ to }) => to)).toEqual(['src/loader/cloak.css']);
  });

  test('the positioning library loads with the first popover', () => {
    const users = imports.filter(({ to }) => packageOf(to) === '@floating-ui/dom');
    expect(users.map(({ from }) => from)).toEqual([placePopover]);
    const early = imports.filter(({ to, kind }) => to === placePopover && kind !== 'dynamic');
    expect(early.map(toLine)).toEqual([]);
  });

  test('the server imports nothing of src but the export afterword/contract', () => {
    const reaching = imports.filter(
      ({ from, to }) =>
        from.startsWith('server/') &&
        (to.startsWith('src/') || (packageOf(to) === 'afterword' && to !== 'afterword/contract')),
    );
    expect(reaching.map(toLine)).toEqual([]);
  });

  test('src imports no server code, Node module or undeclared package', () => {
    const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      dependencies: Record<string, string>;
    };
    const known = [...Object.keys(dependencies), 'zod'];
    const foreign = imports.filter(
      ({ from, to }) => from.startsWith('src/') && !to.startsWith('src/') && !known.includes(packageOf(to)),
    );
    expect(foreign.map(toLine)).toEqual([]);
  });

  test('every import within the repository resolves to a file', () => {
    const lost = imports.filter(
      ({ to }) => to.includes('/') && /^(src|server)\//.test(to) && !existsSync(join(root, to)),
    );
    expect(lost.map(toLine)).toEqual([]);
  });
});

describe('files and folders', () => {
  test('src has the documented folders', () => {
    expect(foldersIn('src')).toEqual([
      'base',
      'client',
      'contract',
      'define',
      'loader',
      'locales',
      'testing',
      'widgets',
    ]);
  });

  test('each element has one folder and one define module', () => {
    expect(foldersIn('src/widgets')).toEqual(widgetNames);
    expect(namesIn('src/define')).toEqual(expect.arrayContaining(widgetNames));
  });

  test.each(['reactions', 'comments', 'stories', 'newsletter'])(
    '%s has the same name in contract, widgets and server',
    (name) => {
      expect(namesIn('src/contract')).toContain(name);
      expect(foldersIn('src/widgets')).toContain(name);
      expect(foldersIn('server/src')).toContain(name);
    },
  );

  test('no file has a vague name', () => {
    const vague = [...sourcesIn('src'), ...sourcesIn('server/src')].filter((file) =>
      /\b(utils?|helpers?|common|shared|misc|manager)\b/i.test(file),
    );
    expect(vague).toEqual([]);
  });
});

/** Finds the groups of files that import one another, directly or not (Tarjan's strongly connected components). */
function cyclesIn(root: string): string[][] {
  const targets = new Map<string, string[]>();
  for (const { from, to } of imports) {
    if (from.startsWith(root) && to.startsWith(root)) targets.set(from, [...(targets.get(from) ?? []), to]);
  }
  const order = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const cycles: string[][] = [];
  const visit = (file: string): void => {
    order.set(file, order.size);
    low.set(file, order.get(file)!);
    stack.push(file);
    for (const target of targets.get(file) ?? []) {
      if (!order.has(target)) visit(target);
      if (stack.includes(target)) low.set(file, Math.min(low.get(file)!, low.get(target)!));
    }
    if (low.get(file) !== order.get(file)) return;
    const group = stack.splice(stack.indexOf(file));
    if (group.length > 1 || targets.get(file)?.includes(file)) cycles.push(group.sort());
  };
  for (const file of targets.keys()) if (!order.has(file)) visit(file);
  return cycles;
}

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

/** Returns the file of a relative import, or the specifier of a package. */
function target(from: string, specifier: string): string {
  if (!specifier.startsWith('.')) return specifier;
  return slashed(relative('.', normalize(join(dirname(from), specifier.replace(/\?.*$/, ''))))).replace(/\.js$/, '.ts');
}

function areaOf(file: string): string {
  if (!file.startsWith('src/')) return '';
  return file.split('/')[1]!.replace(/\.ts$/, '');
}

function isSameUnit(from: string, to: string): boolean {
  if (areaOf(from) !== areaOf(to)) return false;
  return areaOf(from) !== 'widgets' || from.split('/')[2] === to.split('/')[2];
}

function packageOf(specifier: string): string {
  if (specifier.startsWith('src/') || specifier.startsWith('server/')) return '';
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}

function toLine({ from, to, kind }: Import): string {
  return `${from} → ${to} (${kind})`;
}

function slashed(path: string): string {
  return path.replaceAll('\\', '/');
}
