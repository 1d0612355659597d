import { createWriteStream, renameSync, rmSync } from 'node:fs';
import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { OperatorError } from '../../config.js';
import type { Site } from '../../sites/store.js';
import type { Database } from '../../storage/database.js';
import type { SubscriptionRow } from '../../storage/tables.js';
import type { ExportFormat, ExportedPerson } from './formats.js';

/** Subscriptions that are read at once, which bounds the memory. */
const pageRows = 1000;

export interface ExportOptions {
  /** Ids of newsletters; all where it is undefined. */
  readonly lists: readonly string[] | undefined;
  readonly states: readonly SubscriptionRow['state'][];
  readonly format: ExportFormat;
}

/**
 * Writes the subscribers of a site to a file, which has its name once it is whole.
 *
 * @param file `-` for standard output
 * @returns the number of people
 */
export async function exportSubscribers(
  database: Pick<Database, 'read'>,
  site: Site,
  file: string,
  options: ExportOptions,
): Promise<number> {
  const { toRecords, encoder } = options.format;
  let count = 0;
  async function* records() {
    for await (const person of readPeople(database, site.id, options)) {
      count++;
      yield* toRecords(person);
    }
  }
  const write = (target: Writable, end: boolean) => pipeline(Readable.from(records()), encoder(), target, { end });
  if (file === '-') {
    await write(process.stdout, false);
    return count;
  }
  const partial = `${file}.partial`;
  try {
    await write(createWriteStream(partial, { mode: 0o600 }), true);
    renameSync(partial, file);
  } catch (error) {
    rmSync(partial, { force: true });
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new OperatorError(`${file}: cannot be written (${code}).`);
  }
  return count;
}

/** Reads the subscriptions of each address together, in the order of addresses. */
async function* readPeople(
  { read }: Pick<Database, 'read'>,
  siteId: string,
  { lists, states }: ExportOptions,
): AsyncIterable<ExportedPerson> {
  let person: { email: string; lang: string; key: string; subscriptions: SubscriptionRow[] } | undefined;
  let last: SubscriptionRow | undefined;
  for (;;) {
    const after = last;
    const rows = await read
      .selectFrom('subscriptions')
      .selectAll()
      .where('siteId', '=', siteId)
      .where('state', 'in', states)
      .$if(lists !== undefined, (query) => query.where('newsletterId', 'in', lists ?? []))
      .$if(after !== undefined, (query) =>
        query.where((eb) =>
          eb(eb.refTuple('emailKey', 'newsletterId'), '>', eb.tuple(after!.emailKey, after!.newsletterId)),
        ),
      )
      .orderBy('emailKey')
      .orderBy('newsletterId')
      .limit(pageRows)
      .execute();
    for (const row of rows) {
      if (person?.key !== row.emailKey) {
        if (person) yield person;
        person = { key: row.emailKey, email: row.email, lang: row.lang, subscriptions: [] };
      }
      person.subscriptions.push(row);
    }
    last = rows.at(-1);
    if (rows.length < pageRows) break;
  }
  if (person) yield person;
}
