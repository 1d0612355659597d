import { createInterface } from 'node:readline/promises';
import { OperatorError } from './operator-error.js';

/** The terminal that a question is asked at. */
export interface Terminal {
  readonly input: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly output: NodeJS.WritableStream;
}

/**
 * Asks the operator to type a word before a command deletes something.
 *
 * @param question says what is deleted
 * @throws OperatorError where another word is typed, or where there is no terminal
 */
export async function confirmByTyping(
  question: string,
  word: string,
  { input, output }: Terminal = { input: process.stdin, output: process.stdout },
): Promise<void> {
  if (!input.isTTY) throw new OperatorError(`${question} Run it in a terminal, or with --yes.`);
  const terminal = createInterface({ input, output });
  // The end of the input is an answer, too.
  const ended = new Promise<string>((done) => terminal.once('close', () => done('')));
  const typed = await Promise.race([terminal.question(`${question} Type "${word}" to go on: `), ended]);
  terminal.close();
  if (typed.trim() !== word) throw new OperatorError('Nothing was deleted.');
}

/** Aligns rows of cells: the first column to the left, numbers to the right. */
export function toTable(rows: readonly (readonly (string | number)[])[]): string {
  const lines = rows.map((row) => row.map(String));
  const widths = lines[0]?.map((_, index) => Math.max(...lines.map((line) => line[index]?.length ?? 0))) ?? [];
  const format = (line: readonly string[]) =>
    line
      .map((cell, index) => (index === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[index] ?? 0)))
      .join('  ');
  return lines.map((line) => `${format(line)}\n`).join('');
}

const progressColumns = 30;
const progressIntervalMs = 100;

/** Draws a progress bar on standard error, where that is a terminal. */
export function showProgress(label: string): { update(this: void, share: number): void; end(this: void): void } {
  const { stderr } = process;
  let drawnAt = 0;
  return {
    update(share) {
      if (!stderr.isTTY || Date.now() - drawnAt < progressIntervalMs) return;
      drawnAt = Date.now();
      const done = Math.round(Math.min(1, share) * progressColumns);
      const bar = '█'.repeat(done).padEnd(progressColumns, '·');
      stderr.write(`\r${label} ${bar} ${Math.round(Math.min(1, share) * 100)} %`);
    },
    end() {
      if (drawnAt > 0) stderr.write('\r\u001B[K');
    },
  };
}
