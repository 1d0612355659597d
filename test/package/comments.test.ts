import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { expect, test } from 'vitest';
import { root } from '../../scripts/commands.js';

const maxShare = 0.03;
const question = /^(What|Who|Whose|Whether|Where|How|When)\b/;

interface Comment {
  /** Text without comment marks. */
  readonly text: string;
  /** File and line, for the report. */
  readonly place: string;
}

test('at most 3 % of comments in the sources open with a question word', () => {
  const comments = ['src', 'server/src'].flatMap(sourceFiles).flatMap(commentsIn);
  const questions = comments.filter(({ text }) => question.test(text));
  const report = questions.map(({ text, place }) => `${place} ${text}`).join('\n');
  expect(questions.length, report).toBeLessThanOrEqual(comments.length * maxShare);
});

/** Returns TypeScript files below a folder, without generated ones. */
function sourceFiles(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .map((file) => `${folder}/${file.replaceAll('\\', '/')}`)
    .filter((file) => file.endsWith('.ts') && file !== 'src/contract/types.ts');
}

/** Returns the comments of a file; consecutive `//` lines are one comment. */
function commentsIn(file: string): Comment[] {
  const text = readFileSync(join(root, file), 'utf8');
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const ranges = new Map<number, ts.CommentRange>();
  const visit = (node: ts.Node) => {
    const found = [
      ...(ts.getLeadingCommentRanges(text, node.pos) ?? []),
      ...(ts.getTrailingCommentRanges(text, node.end) ?? []),
    ];
    for (const range of found) ranges.set(range.pos, range);
    node.getChildren(source).forEach(visit);
  };
  visit(source);
  return [...ranges.values()]
    .sort((a, b) => a.pos - b.pos)
    .filter((range, index, all) => !continues(text, all[index - 1], range))
    .map(({ pos, end }) => ({
      text: text.slice(pos, end).replace(/^[/*\s]+/, ''),
      place: `${file}:${source.getLineAndCharacterOfPosition(pos).line + 1}`,
    }));
}

/** Returns true if a line comment follows another on the next line. */
function continues(text: string, before: ts.CommentRange | undefined, { pos, kind }: ts.CommentRange): boolean {
  const isLine = kind === ts.SyntaxKind.SingleLineCommentTrivia;
  return isLine && before?.kind === kind && /^\n[^\S\n]*$/.test(text.slice(before.end, pos));
}
