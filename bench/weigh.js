/** Weighs what a page has to load: the built files behind each widget, compressed as they are sent. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import ts from 'typescript';
import { root } from '../scripts/commands.js';

/** @typedef {{ what: string, files: string[], gzip: number, brotli: number, budget?: number }} Weight sizes in bytes */

const cdn = join(root, 'dist/cdn');
const widgets = ['reactions', 'stories', 'newsletter', 'comments', 'comment-count'];

/**
 * The budgets, and what the build weighs against them.
 *
 * @returns {Weight[]}
 */
export function weigh() {
  const client = closure(chunk('core'));
  const loader = 'afterword.js';
  const locale = closure(chunk('vi'));
  const behind = Object.fromEntries(widgets.map((name) => [name, closure(chunk(name))]));
  const four = ['reactions', 'stories', 'newsletter', 'comments'].flatMap((name) => behind[name] ?? []);
  return [
    weight('loader', [loader], 2_000),
    weight('Lit, client and base', client),
    weight('one locale', locale),
    ...widgets.map((name) => weight(`${name}, beside Lit`, without(behind[name], client))),
    weight('reactions with Lit', [...client, ...(behind.reactions ?? [])], 10_000),
    weight('loader, Lit, all four widgets, one locale', [loader, ...client, ...four, ...locale], 30_000),
    weight('every chunk there is, most of them never needed on one page', everything()),
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
 * @returns {string} its file, whatever its hash
 */
function chunk(name) {
  const file = readdirSync(join(cdn, 'assets')).find((file) => new RegExp(`^${name}-[\\w-]{8}\\.js$`).test(file));
  if (!file) throw new Error(`The script-tag build has no chunk named ${name}.`);
  return `assets/${file}`;
}

/**
 * @param {string} file
 * @param {Set<string>} [seen]
 * @returns {string[]} the file and everything it imports at once
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
