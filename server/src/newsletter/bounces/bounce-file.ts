import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { parse } from 'csv-parse';
import { OperatorError } from '../../config.js';
import { parseEmailAddress } from '../domain/email-address.js';

/** A line of a file: the key of its address, or the reason why it is refused. */
export type BounceLine = { readonly line: number } & ({ readonly emailKey: string } | { readonly refusal: string });

const defaultColumn = 'email';
const maxRecordChars = 100_000;
/** Separators of columns that spreadsheets write. */
const separators = [',', ';', '\t'];

/**
 * Reads addresses: one on each line, or the column of a CSV file. A first line that names the column makes it a CSV file.
 *
 * @param file path, or `-` for standard input
 * @throws OperatorError where the file cannot be read or lacks the column
 */
export async function* readBounceFile(file: string, column: string | undefined): AsyncGenerator<BounceLine> {
  const input: Readable = file === '-' ? process.stdin : createReadStream(file);
  const parser = parse({
    bom: true,
    delimiter: separators,
    info: true,
    max_record_size: maxRecordChars,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    trim: true,
  });
  input.on('error', (error) => parser.destroy(error));
  let index: number | undefined;
  try {
    for await (const { record, info } of input.pipe(parser) as AsyncIterable<ParsedLine>) {
      const { lines: line } = info;
      if (index === undefined) {
        const found = record.findIndex((name) => name.toLowerCase() === (column ?? defaultColumn).toLowerCase());
        if (found < 0 && column !== undefined)
          throw new OperatorError(`${file}: there is no column "${column}". There are: ${record.join(', ')}.`);
        index = Math.max(found, 0);
        if (found >= 0) continue;
      }
      const text = record[index] ?? '';
      const email = parseEmailAddress(text);
      yield email ? { line, emailKey: email.key } : { line, refusal: refusalOf(text) };
    }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (error instanceof OperatorError) throw error;
    throw new OperatorError(`${file}: cannot be read (${code ?? message}).`);
  }
}

interface ParsedLine {
  readonly record: string[];
  readonly info: { readonly lines: number };
}

function refusalOf(text: string): string {
  if (text === '') return 'no address';
  return text.includes('\uFFFD') ? 'not UTF-8' : 'not an e-mail address';
}
