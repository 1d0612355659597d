import { createInterface } from 'node:readline/promises';
import { OperatorError } from './operator-error.js';

/**
 * Asks the operator to type a word before a command deletes something.
 *
 * @param question says what is deleted
 * @throws OperatorError where another word is typed, or where nobody can be asked
 */
export async function confirmByTyping(question: string, word: string): Promise<void> {
  if (!process.stdin.isTTY) throw new OperatorError(`${question} Run it in a terminal, or with --yes.`);
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    const typed = await terminal.question(`${question} Type "${word}" to go on: `);
    if (typed.trim() !== word) throw new OperatorError('Nothing was deleted.');
  } finally {
    terminal.close();
  }
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
