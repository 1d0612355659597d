import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import { root } from '../../scripts/commands.js';

/** Banned words whose last uses are being renamed. Remove an entry with its last use. */
const notYetEnforced = ['visits'];

const folders = ['src', 'server/src', 'test', 'scripts', 'bench', 'playground'];
const glossary = readFileSync(join(root, 'docs/glossary.md'), 'utf8');
const banned = [...new Set(bannedWords(glossary))];
const exceptions = [...glossary.slice(glossary.indexOf('## Exceptions')).matchAll(/^- `(\w+)`:/gm)].map(([, name]) =>
  wordsOf(name!).join(' '),
);

interface Name {
  /** The name in lower case, with spaces between its words. */
  readonly words: string;
  /** Name, file and line, for the report. */
  readonly place: string;
}
const names = folders
  .flatMap((folder) => sourceFiles(folder))
  .flatMap((file) => [...fileNames(file), ...declaredNames(file)]);

describe('the glossary', () => {
  test('bans words in its last column', () => {
    expect(banned).toContain('stretch');
    expect(banned).toContain('answer again');
  });

  test.each(banned.filter((word) => !notYetEnforced.includes(word)))('keeps "%s" out of names', (word) => {
    expect(names.filter(({ words }) => uses(words, word)).map(({ place }) => place)).toEqual([]);
  });
});

/** Reads code spans of the last column of each table; `answerAgain` becomes "answer again". */
function bannedWords(markdown: string): string[] {
  return markdown
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .flatMap((row) => [
      ...row
        .split('|')
        .at(-2)!
        .matchAll(/`(\w+)`/g),
    ])
    .map(([, word]) => wordsOf(word!).join(' '));
}

function uses(words: string, word: string): boolean {
  const rest = exceptions.reduce((text, exception) => text.replaceAll(exception, ''), words);
  return ` ${rest} `.includes(` ${word} `);
}

/** Splits camelCase, PascalCase, kebab-case and snake_case, in lower case. */
function wordsOf(name: string): string[] {
  return name
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z\d]+/)
    .filter(Boolean);
}

/** Returns TypeScript and JavaScript files below a folder, without generated ones. */
function sourceFiles(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .map((file) => `${folder}/${file.replaceAll('\\', '/')}`)
    .filter((file) => /\.[jt]s$/.test(file) && file !== 'src/contract/types.ts');
}

/** Returns the names of a file and its folders. */
function fileNames(file: string): Name[] {
  return file.split('/').map((part) => ({ words: wordsOf(part).join(' '), place: file }));
}

/** Returns the names that a file declares: variables, functions, parameters, types, classes and their members. */
function declaredNames(file: string): Name[] {
  const source = ts.createSourceFile(file, readFileSync(join(root, file), 'utf8'), ts.ScriptTarget.Latest, true);
  const found: Name[] = [];
  const visit = (node: ts.Node) => {
    const name = isDeclaration(node) ? node.name : undefined;
    if (name && (ts.isIdentifier(name) || ts.isPrivateIdentifier(name) || ts.isStringLiteral(name))) {
      const { line } = source.getLineAndCharacterOfPosition(name.getStart());
      found.push({ words: wordsOf(name.text).join(' '), place: `${name.text} (${file}:${line + 1})` });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function isDeclaration(node: ts.Node): node is ts.NamedDeclaration {
  return (
    ts.isVariableDeclaration(node) ||
    ts.isBindingElement(node) ||
    ts.isParameter(node) ||
    ts.isFunctionLike(node) ||
    ts.isClassLike(node) ||
    ts.isInterfaceDeclaration(node) ||
    ts.isTypeAliasDeclaration(node) ||
    ts.isEnumDeclaration(node) ||
    ts.isTypeParameterDeclaration(node) ||
    ts.isPropertyDeclaration(node) ||
    ts.isPropertySignature(node)
  );
}
