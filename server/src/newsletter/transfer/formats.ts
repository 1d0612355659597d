import { Transform } from 'node:stream';
import { stringify } from 'csv-stringify';
import type { SubscriptionRow } from '../../storage/tables.js';
import { toIsoTime } from '../../time.js';

/** An address with its subscriptions on a site. */
export interface ExportedPerson {
  readonly email: string;
  readonly lang: string;
  readonly subscriptions: readonly SubscriptionRow[];
}

/** A file format of exported subscribers. */
export interface ExportFormat {
  /** Returns the records of an address. */
  toRecords(this: void, person: ExportedPerson): readonly object[];
  /** Makes the stream that turns records into text. */
  encoder(this: void): Transform;
}

type Row = Record<string, string>;

/**
 * Formats by name.
 *
 * - `csv`: a row for each subscription, with its consent
 * - `json`: an object for each address, on a line of its own
 * - `listmonk`: columns of "Import subscribers", https://listmonk.app/docs/apis/import/
 * - `mailchimp`: columns of "Format guidelines for your import file", https://mailchimp.com/help/format-guidelines-for-your-import-file/
 * - `ghost`: columns of "Import members", https://ghost.org/help/import-members/
 */
export const exportFormats: Readonly<Record<string, ExportFormat>> = {
  csv: csv(
    ({ email, lang, subscriptions }) =>
      subscriptions.map((row) => ({
        email,
        list: row.newsletterId,
        state: row.state,
        lang,
        signed_up_at: toIsoTime(row.createdAt),
        changed_at: toIsoTime(row.changedAt),
        consent: row.consentTextId ?? '',
        page: row.page ?? '',
      })),
    true,
  ),
  json: {
    toRecords: (person) => [toJson(person)],
    encoder: () =>
      new Transform({
        writableObjectMode: true,
        transform(record: object, _, done) {
          done(null, `${JSON.stringify(record)}\n`);
        },
      }),
  },
  listmonk: csv((person) => [
    {
      email: person.email,
      name: person.email.slice(0, person.email.lastIndexOf('@')),
      attributes: JSON.stringify({ lang: person.lang, lists: listsOf(person), confirmed_at: confirmedAt(person) }),
    },
  ]),
  mailchimp: csv((person) => [
    {
      'Email Address': person.email,
      Language: person.lang,
      Tags: listsOf(person).join(','),
      'Confirmed At': confirmedAt(person),
    },
  ]),
  ghost: csv((person) => [
    {
      email: person.email,
      subscribed_to_emails: String(person.subscriptions.some(({ state }) => state === 'confirmed')),
      created_at: confirmedAt(person),
      labels: listsOf(person).join(','),
    },
  ]),
};

/** @param isForPeople a spreadsheet would run a cell such as `=…@paper.example`: it is escaped. Importers need it as it is. */
function csv(toRecords: (person: ExportedPerson) => Row[], isForPeople = false): ExportFormat {
  return { toRecords, encoder: () => stringify({ header: true, escape_formulas: isForPeople }) };
}

function toJson({ email, lang, subscriptions }: ExportedPerson) {
  return {
    email,
    lang,
    subscriptions: subscriptions.map((row) => ({
      list: row.newsletterId,
      state: row.state,
      signedUpAt: toIsoTime(row.createdAt),
      changedAt: toIsoTime(row.changedAt),
      consent: row.consentTextId,
      page: row.page,
    })),
  };
}

function listsOf({ subscriptions }: ExportedPerson): string[] {
  return subscriptions.map(({ newsletterId }) => newsletterId);
}

function confirmedAt({ subscriptions }: ExportedPerson): string {
  return toIsoTime(Math.min(...subscriptions.map(({ changedAt }) => changedAt)));
}
