import { closeSync, createReadStream, openSync, readSync, statSync } from 'node:fs';
import { Readable } from 'node:stream';
import { TextDecoderStream } from 'node:stream/web';
import { parse } from 'csv-parse';
import { OperatorError } from '../config.js';

/** A longer line is no line of addresses: a quote that never closes would fill the memory. */
const maxRecordChars = 100_000;
/** Bytes that are read to find the encoding and the separator. */
const sampleBytes = 64 * 1024;
const separators = [',', ';', '\t'];
const addressColumns = ['email', 'e-mail', 'email address'];

/** The text in the column of addresses, and the number of its line. */
export interface AddressLine {
  readonly line: number;
  readonly text: string;
}

export interface AddressFileOptions {
  /** Name of the column, in any case; `email` by default. */
  readonly column: string | undefined;
  /** The first line may be an address: the file is a plain list, or CSV with the addresses first. */
  readonly isHeaderOptional?: boolean;
  /** Called with the part of the file that is read, from 0 to 1. */
  onProgress?(this: void, share: number): void;
}

/**
 * Reads the addresses of a CSV file line by line, in constant memory. Recognizes UTF-8 and UTF-16, and commas, semicolons and
 * tabs.
 *
 * @param file path, or `-` for standard input
 * @throws OperatorError where the file cannot be read, or has no such column
 */
export async function* readAddressFile(file: string, options: AddressFileOptions): AsyncIterable<AddressLine> {
  try {
    const isInput = file === '-';
    const { encoding, delimiter } = isInput ? { encoding: 'utf-8', delimiter: separators } : inspect(file);
    const bytes = isInput ? process.stdin : createReadStream(file);
    const size = isInput ? 0 : statSync(file).size;
    const text = Readable.fromWeb(Readable.toWeb(bytes).pipeThrough(new TextDecoderStream(encoding)));
    const parser = parse({
      delimiter,
      info: true,
      max_record_size: maxRecordChars,
      relax_column_count: true,
      relax_quotes: true,
      skip_empty_lines: true,
      trim: true,
    });
    text.once('error', (error) => parser.destroy(error));
    let index: number | undefined;
    for await (const { record, info } of text.pipe(parser) as AsyncIterable<ParsedLine>) {
      if (index === undefined) {
        const found = findColumn(file, record, options);
        index = Math.max(found, 0);
        if (found >= 0) continue;
      }
      if (size > 0 && 'bytesRead' in bytes) options.onProgress?.(bytes.bytesRead / size);
      yield { line: info.lines, text: record[index] ?? '' };
    }
    if (index === undefined && !options.isHeaderOptional) throw new OperatorError(`${file} is empty.`);
  } catch (error) {
    throw toOperatorError(file, error);
  }
}

interface ParsedLine {
  readonly record: string[];
  readonly info: { readonly lines: number };
}

/** Says why a text is not an address. */
export function refusalOf(text: string): string {
  if (text.trim() === '') return 'no address';
  return text.includes('\uFFFD') ? 'not UTF-8' : 'not an address that mail can be sent to';
}

/** @returns the index of the column; -1 where the first line may be an address */
function findColumn(file: string, header: readonly string[], { column, isHeaderOptional }: AddressFileOptions): number {
  const normalize = (name: string) => name.normalize('NFC').trim().toLowerCase();
  const wanted = column === undefined ? addressColumns : [normalize(column)];
  const index = header.findIndex((name) => wanted.includes(normalize(name)));
  if (index >= 0 || (isHeaderOptional && column === undefined)) return index;
  const shown = header.map((name) => `"${name.trim().slice(0, 40)}"`).slice(0, 20);
  throw new OperatorError(
    `${file}: The first line has no column "${column ?? 'email'}". It has: ${shown.join(', ')}. Name one with --column.`,
  );
}

/** Finds encoding and separator by the byte order mark and the first line. */
function inspect(file: string): { encoding: string; delimiter: string } {
  const sample = Buffer.alloc(sampleBytes);
  const descriptor = openSync(file, 'r');
  let bytes;
  try {
    bytes = sample.subarray(0, readSync(descriptor, sample));
  } finally {
    closeSync(descriptor);
  }
  const encoding = encodingOf(bytes);
  const [firstLine = ''] = new TextDecoder(encoding).decode(bytes).split(/\r?\n|\r/, 1);
  const countOf = (separator: string) => firstLine.split(separator).length;
  const [delimiter = ','] = [...separators].sort((a, b) => countOf(b) - countOf(a));
  return { encoding, delimiter };
}

function encodingOf([first, second]: Uint8Array): string {
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  return 'utf-8';
}

function toOperatorError(file: string, error: unknown): unknown {
  if (error instanceof OperatorError) return error;
  const { code, message } = error as { code?: string; message: string };
  if (code === 'CSV_MAX_RECORD_SIZE')
    return new OperatorError(
      `${file}: A line has more than ${maxRecordChars} characters. A quote is probably not closed. Lines before it are taken.`,
    );
  if (code?.startsWith('CSV_')) return new OperatorError(`${file}: ${message} Lines before it are taken.`);
  if (code === undefined) return error;
  return new OperatorError(`${file}: cannot be read (${code}).`);
}
