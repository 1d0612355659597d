import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { stringify } from 'csv-stringify/sync';
import type { Site } from '../../sites/store.js';
import type { Database } from '../../storage/database.js';
import { readAddressFile, refusalOf } from '../address-file.js';
import { parseEmailAddress } from '../domain/email-address.js';
import type { NewsletterTokens } from '../domain/tokens.js';
import { importSubscribers, lookUpSubscribers, type ImportOutcome, type ImportedAddress } from './import-batch.js';

/** Addresses that are written in one transaction. */
const batchRows = 500;
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
  const command = importSubscribers(tokens);
  /** Distinct addresses of the next transaction, by key. */
  const addresses = new Map<string, ImportedAddress>();
  const flush = async () => {
    if (addresses.size === 0) return;
    const { site, newsletterId, lang, consentSource } = options;
    const batch = { siteId: site.id, newsletterId, lang, consentSource, addresses: [...addresses.values()] };
    addresses.clear();
    const outcomes = options.isDryRun
      ? await lookUpSubscribers(database.read, tokens, batch)
      : await database.writer.submit(command, batch);
    for (const outcome of outcomes) summary[outcome]++;
  };
  try {
    for await (const { line, text } of readAddressFile(file, options)) {
      const email = parseEmailAddress(text);
      if (!email) {
        summary.refused++;
        await refusals.write(line, text);
      } else if (addresses.has(email.key)) summary.kept++;
      else addresses.set(email.key, { emailKey: email.key, email: email.address });
      if (addresses.size === batchRows) await flush();
    }
    await flush();
  } finally {
    await refusals.close();
  }
  return summary;
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
    const reason = refusalOf(email);
    const text = stringify([{ line, email, reason }], { header: isFirst, escape_formulas: true });
    if (!this.#stream.write(text)) await once(this.#stream, 'drain');
  }

  async close(): Promise<void> {
    if (!this.#stream) return;
    this.#stream.end();
    await once(this.#stream, 'close');
  }
}
