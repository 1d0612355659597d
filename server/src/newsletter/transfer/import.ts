import { createReadStream, createWriteStream, openSync, readSync, closeSync, statSync } from 'node:fs';
import { once } from 'node:events';
import { TextDecoderStream } from 'node:stream/web';
import { Readable } from 'node:stream';
import { parse } from 'csv-parse';
import { stringify } from 'csv-stringify/sync';
import { OperatorError } from '../../config.js';
import type { Site } from '../../sites/store.js';
import type { Database } from '../../storage/database.js';
import { parseEmailAddress } from '../domain/email-address.js';
import type { NewsletterTokens } from '../domain/tokens.js';
import { importSubscribers, lookUpSubscribers, type ImportOutcome, type ImportedAddress } from './import-batch.js';

/** Addresses that are written in one transaction. */
const batchRows = 500;
/** A longer line is no line of addresses: a quote that never closes would fill the memory. */
const maxRecordChars = 100_000;
/** Bytes that are read to find the encoding and the separator. */
const sampleBytes = 64 * 1024;
const separators = [',', ';', '\t'];

export interface ImportOptions {
  readonly site: Site;
  readonly newsletterId: string;
  /** Name of the column; `email` in any case by default. */
  readonly column: string | undefined;
  readonly lang: string;
  /** How the publisher proves the consent of the addresses. */
  readonly consentSource: string;
  readonly isDryRun: boolean;
  /** File for refused lines, written where there is one. */
  readonly refusedFile: string;
  onProgress(share: number): void;
}

/** Number of lines by what became of them. */
export type ImportSummary = Record<ImportOutcome | 'refused', number>;

/**
 * Imports the addresses of a CSV file as confirmed subscribers. Can be repeated: an address that is subscribed stays as it is,
 * and one that has left is not subscribed again.
 *
 * @throws OperatorError where the file cannot be read, or has no such column
 */
export async function importFile(
  database: Database,
  tokens: NewsletterTokens,
  file: string,
  options: ImportOptions,
): Promise<ImportSummary> {
  const summary: ImportSummary = { added: 0, confirmed: 0, kept: 0, left: 0, suppressed: 0, refused: 0 };
  const refusals = new RefusedLines(options.refusedFile);
  const seen = new Batch();
  const flush = async () => {
    const { addresses } = seen.take();
    if (addresses.length === 0) return;
    const { site, newsletterId, lang, consentSource } = options;
    const batch = { siteId: site.id, newsletterId, lang, consentSource, addresses };
    const outcomes = options.isDryRun
      ? await lookUpSubscribers(database.read, tokens, batch)
      : await database.writer.submit(importSubscribers(tokens), batch);
    for (const outcome of outcomes) summary[outcome]++;
  };
  try {
    for await (const { line, email } of readAddresses(file, options)) {
      const parsed = parseEmailAddress(email);
      if (!parsed) {
        summary.refused++;
        await refusals.write(line, email);
      } else if (!seen.add(parsed)) summary.kept++;
      if (seen.size === batchRows) await flush();
    }
    await flush();
  } catch (error) {
    throw toOperatorError(file, error);
  } finally {
    await refusals.close();
  }
  return summary;
}

/** Distinct addresses that wait for their transaction. */
class Batch {
  #byKey = new Map<string, ImportedAddress>();

  get size(): number {
    return this.#byKey.size;
  }

  /** @returns false for an address that is in the batch already */
  add({ key, address }: { readonly key: string; readonly address: string }): boolean {
    if (this.#byKey.has(key)) return false;
    this.#byKey.set(key, { emailKey: key, email: address });
    return true;
  }

  take(): { addresses: ImportedAddress[] } {
    const addresses = [...this.#byKey.values()];
    this.#byKey = new Map();
    return { addresses };
  }
}

/** Reads the column of addresses, line by line. */
async function* readAddresses(
  file: string,
  { column, onProgress }: Pick<ImportOptions, 'column' | 'onProgress'>,
): AsyncIterable<{ line: number; email: string }> {
  const { size } = statSync(file);
  const { encoding, separator } = inspect(file);
  const bytes = createReadStream(file);
  const text = Readable.fromWeb(Readable.toWeb(bytes).pipeThrough(new TextDecoderStream(encoding)));
  const records = text.pipe(
    parse({
      delimiter: separator,
      relax_quotes: true,
      relax_column_count: true,
      skip_empty_lines: true,
      max_record_size: maxRecordChars,
      info: true,
    }),
  );
  text.once('error', (error) => records.destroy(error));
  let index: number | undefined;
  for await (const { record, info } of records as AsyncIterable<{ record: string[]; info: { lines: number } }>) {
    if (index === undefined) {
      index = findColumn(file, record, column);
      continue;
    }
    onProgress(size === 0 ? 1 : bytes.bytesRead / size);
    yield { line: info.lines, email: record[index] ?? '' };
  }
  if (index === undefined) throw new OperatorError(`${file} is empty.`);
}

function findColumn(file: string, header: readonly string[], wanted: string | undefined): number {
  const normalize = (name: string) => name.normalize('NFC').trim().toLowerCase();
  const names = header.map(normalize);
  const candidates = wanted === undefined ? ['email', 'e-mail', 'email address'] : [normalize(wanted)];
  const index = names.findIndex((name) => candidates.includes(name));
  if (index >= 0) return index;
  const shown = header.map((name) => `"${name.trim().slice(0, 40)}"`).slice(0, 20);
  throw new OperatorError(
    `${file}: The first line has no column "${wanted ?? 'email'}". It has: ${shown.join(', ')}. Name one with --column.`,
  );
}

/** Finds encoding and separator by the byte order mark and the first line. */
function inspect(file: string): { encoding: string; separator: string } {
  const sample = Buffer.alloc(sampleBytes);
  const descriptor = openSync(file, 'r');
  const length = readSync(descriptor, sample);
  closeSync(descriptor);
  const bytes = sample.subarray(0, length);
  const encoding =
    bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : 'utf-8';
  const [firstLine = ''] = new TextDecoder(encoding).decode(bytes).split(/\r?\n|\r/, 1);
  const countOf = (separator: string) => firstLine.split(separator).length;
  const [separator = ','] = [...separators].sort((a, b) => countOf(b) - countOf(a));
  return { encoding, separator };
}

/** A CSV file of refused lines: number and text. It is made with the first one. */
class RefusedLines {
  readonly #file: string;
  #stream: ReturnType<typeof createWriteStream> | undefined;

  constructor(file: string) {
    this.#file = file;
  }

  async write(line: number, email: string): Promise<void> {
    const isFirst = this.#stream === undefined;
    this.#stream ??= createWriteStream(this.#file, { mode: 0o600 });
    const reason = email.trim() === '' ? 'no address' : 'not an address that mail can be sent to';
    const text = stringify([{ line, email, reason }], { header: isFirst, escape_formulas: true });
    if (!this.#stream.write(text)) await once(this.#stream, 'drain');
  }

  async close(): Promise<void> {
    if (!this.#stream) return;
    this.#stream.end();
    await once(this.#stream, 'close');
  }
}

function toOperatorError(file: string, error: unknown): unknown {
  const { code, message } = error as { code?: string; message: string };
  if (code === 'CSV_MAX_RECORD_SIZE')
    return new OperatorError(
      `${file}: A line has more than ${maxRecordChars} characters. A quote is probably not closed. Lines before it are imported.`,
    );
  if (code?.startsWith('CSV_')) return new OperatorError(`${file}: ${message} Lines before it are imported.`);
  if (code === 'ENOENT' || code === 'EACCES' || code === 'EISDIR')
    return new OperatorError(`${file}: cannot be read (${code}).`);
  return error;
}
