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
