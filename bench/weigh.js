/** Sums the compressed sizes of the built files that a page loads for each widget. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import ts from 'typescript';
import { root } from '../scripts/commands.js';

/** @typedef {{ what: string, files: string[], gzip: number, brotli: number, budget?: number }} Weight sizes in bytes */

/** Bytes, gzip. The idle page is measured in a browser, by idle-page.js. docs/decisions/0010 says why each is what it is. */
export const budgets = {
  loader: 2_150,
  /** Loader, Lit, all four widgets, one locale. */
  firstPaint: 46_300,
  /** The same page after its reader has scrolled to the end and waited ten seconds. */
  idlePage: 54_900,
  /** Reactions with Lit, without loader and locale. */
  reactions: 18_700,
  reactionsIdle: 21_200,
};

const cdn = join(root, 'dist/cdn');
const loader = 'afterword.js';
const widgets = ['reactions', 'stories', 'newsletter', 'comments', 'comment-count'];

/**
 * Returns the sizes of the build and their budgets.
 *
 * @returns {Weight[]}
 */
export function weigh() {
  const client = closure(chunk('core'));
  return [
    weight('loader', [loader], budgets.loader),
    weight('Lit, client and base', client),
    weight('one locale', closure(chunk('vi'))),
    ...widgets.map((name) => weight(`${name}, beside Lit`, without(closure(chunk(name)), client))),
    ...weighFirstPaint(),
    weight('every chunk there is, most of them never needed on one page', everything()),
  ];
}

/**
 * Returns the sizes of what is needed to show data: of all four widgets, and of reactions alone.
 *
 * @returns {[Weight, Weight]}
 */
export function weighFirstPaint() {
  const core = closure(chunk('core'));
  const beside = [loader, ...closure(chunk('vi'))];
  const four = ['reactions', 'stories', 'newsletter', 'comments'].flatMap((name) => closure(chunk(name)));
  return [
    weight('loader, Lit, all four widgets, one locale', [...beside, ...core, ...four], budgets.firstPaint),
    weight('reactions with Lit', [...core, ...closure(chunk('reactions'))], budgets.reactions),
  ];
}

/**
 * @param {string} what
 * @param {string[]} files
 * @param {number} [budget]
 * @returns {Weight}
 */
function weight(what, files, budget) {
  const once = [...new Set(files)];
  const contents = once.map((file) => readFileSync(join(cdn, file)));
  const sum = (/** @type {number[]} */ sizes) => sizes.reduce((a, b) => a + b, 0);
  return {
    what,
    files: once,
    gzip: sum(contents.map((content) => gzipSync(content, { level: 9 }).length)),
    brotli: sum(contents.map((content) => brotliCompressSync(content).length)),
    budget,
  };
}

function everything() {
  const chunks = readdirSync(join(cdn, 'assets')).filter((file) => /-[\w-]{8}\.js$/.test(file));
  return ['afterword.js', ...chunks.map((file) => `assets/${file}`)];
}

/**
 * @param {string} name of a chunk
 * @returns {string} its file, with its hash
 */
function chunk(name) {
  const file = readdirSync(join(cdn, 'assets')).find((file) => new RegExp(`^${name}-[\\w-]{8}\\.js$`).test(file));
  if (!file) throw new Error(`The script-tag build has no chunk named ${name}.`);
  return `assets/${file}`;
}

/**
 * @param {string} file
 * @param {Set<string>} [seen]
 * @returns {string[]} the file and all of its static imports
 */
function closure(file, seen = new Set()) {
  if (!seen.has(file)) {
    seen.add(file);
    const source = ts.createSourceFile(file, readFileSync(join(cdn, file), 'utf8'), ts.ScriptTarget.Latest);
    for (const statement of source.statements) {
      const from =
        ts.isImportDeclaration(statement) || ts.isExportDeclaration(statement) ? statement.moduleSpecifier : undefined;
      if (from && ts.isStringLiteral(from)) closure(posix.join(dirname(file), from.text), seen);
    }
  }
  return [...seen];
}

/**
 * @param {string[] | undefined} files
 * @param {string[]} others
 */
function without(files = [], others) {
  return files.filter((file) => !others.includes(file));
}
