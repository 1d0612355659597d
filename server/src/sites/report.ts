import { stringify } from 'csv-stringify/sync';
import type { Kysely } from 'kysely';
import { minIdAt } from '../ids.js';
import type { Tables } from '../storage/tables.js';
import { toTable } from '../terminal.js';
import type { EpochMs } from '../time.js';

/** Numbers of the pages of one origin. Null: no page, or rows of versions that did not store it. */
export interface OriginNumbers {
  readonly origin: string | null;
  /** Visible comments. */
  comments: number;
  /** Comments that are held for a moderator. */
  pending: number;
  reactions: number;
  /** Subscriptions that were requested. */
  signups: number;
  /** Those of them that are confirmed now. */
  confirmed: number;
}

const columns = ['comments', 'pending', 'reactions', 'signups', 'confirmed'] as const;

/** Counts comments, reactions and signups since a time by the origin of the page, most first. */
export async function readReport(db: Kysely<Tables>, siteId: string, since: EpochMs): Promise<OriginNumbers[]> {
  const comments = await db
    .selectFrom('comments')
    .select(({ fn }) => ['origin', 'state', fn.countAll<number | string>().as('count')])
    // Ids of that time or later: a range of the primary key. Imported comments may be older than their ids.
    .where('id', '>=', minIdAt(since))
    .where('siteId', '=', siteId)
    .where('createdAt', '>=', since)
    .where('state', 'in', ['visible', 'pending'])
    .groupBy(['origin', 'state'])
    .execute();
  const reactions = await db
    .selectFrom('reaction_votes')
    .innerJoin('stories', 'stories.id', 'reaction_votes.storyId')
    .select(({ fn }) => ['origin', fn.countAll<number | string>().as('count')])
    .where('stories.siteId', '=', siteId)
    .where('changedAt', '>=', since)
    .groupBy('origin')
    .execute();
  const signups = await db
    .selectFrom('subscriptions')
    .select(({ fn }) => ['origin', 'state', fn.countAll<number | string>().as('count')])
    .where('siteId', '=', siteId)
    .where('createdAt', '>=', since)
    .groupBy(['origin', 'state'])
    .execute();

  const byOrigin = new Map<string | null, OriginNumbers>();
  const add = (origin: string | null, column: (typeof columns)[number], count: number | string) => {
    let numbers = byOrigin.get(origin);
    if (!numbers) byOrigin.set(origin, (numbers = noNumbers(origin)));
    numbers[column] += Number(count);
  };
  for (const { origin, state, count } of comments) add(origin, state === 'pending' ? 'pending' : 'comments', count);
  for (const { origin, count } of reactions) add(origin, 'reactions', count);
  for (const { origin, state, count } of signups) {
    add(origin, 'signups', count);
    if (state === 'confirmed') add(origin, 'confirmed', count);
  }
  const sumOf = ({ comments, pending, reactions, signups }: OriginNumbers) => comments + pending + reactions + signups;
  // Without an origin last.
  const isAfter = (a: OriginNumbers, b: OriginNumbers) =>
    a.origin === null || (b.origin !== null && a.origin > b.origin);
  return [...byOrigin.values()].sort((a, b) => sumOf(b) - sumOf(a) || (isAfter(a, b) ? 1 : -1));
}

/** The formats of a report. */
export const reportFormats = {
  table: formatTable,
  csv: (rows: readonly OriginNumbers[]) =>
    stringify([...rows], { header: true, columns: ['origin', ...columns], escape_formulas: true }),
  json: (rows: readonly OriginNumbers[], period: ReportPeriod) =>
    `${JSON.stringify({ ...period, origins: rows, total: totalOf(rows) }, null, 2)}\n`,
};

/** The site and the time that a report is about, in ISO 8601. */
export interface ReportPeriod {
  readonly site: string;
  readonly from: string;
  readonly to: string;
}

function formatTable(rows: readonly OriginNumbers[], { site, from, to }: ReportPeriod): string {
  const lines = [
    ['origin', ...columns],
    ...rows.map((row) => [row.origin ?? '(none)', ...columns.map((column) => String(row[column]))]),
    ['total', ...columns.map((column) => String(totalOf(rows)[column]))],
  ];
  return `${site}, ${from} to ${to}\n\n${toTable(lines)}`;
}

function totalOf(rows: readonly OriginNumbers[]): Omit<OriginNumbers, 'origin'> {
  const { origin: _, ...total } = noNumbers(null);
  for (const row of rows) for (const column of columns) total[column] += row[column];
  return total;
}

function noNumbers(origin: string | null): OriginNumbers {
  return { origin, comments: 0, pending: 0, reactions: 0, signups: 0, confirmed: 0 };
}
