import { sql, type Kysely, type RawBuilder } from 'kysely';
import { minIdAt } from '../../ids.js';
import type { ConsentEventRow, Tables } from '../../storage/tables.js';
import { hourMs, type EpochMs } from '../../time.js';

export const reportColumns = ['signups', 'confirmed', 'left', 'bounced'] as const;
export const groupings = ['day', 'list', 'page', 'origin'] as const;
export type Grouping = (typeof groupings)[number];

/** Numbers of a day, list, page or origin. */
export type ReportRow = { readonly name: string } & Record<(typeof reportColumns)[number], number>;

export interface ReportOptions {
  readonly since: EpochMs;
  readonly now: EpochMs;
  readonly by: Grouping;
  /** The only newsletter that is counted. */
  readonly list: string | undefined;
  /** IANA name of the time zone of days. */
  readonly timeZone: string;
}

const columnOf: Readonly<Record<ConsentEventRow['type'], (typeof reportColumns)[number] | undefined>> = {
  requested: 'signups',
  confirmed: 'confirmed',
  unsubscribed: 'left',
  complained: 'left',
  bounced: 'bounced',
  restored: undefined,
};

/**
 * Counts signups, confirmations, leaving and bounces from the consent log. Days are all there, those without numbers, too;
 * other groups come by signups, most first. Imports are not counted.
 */
export async function readReport(
  read: Kysely<Tables>,
  siteId: string,
  { since, now, by, list, timeZone }: ReportOptions,
): Promise<ReportRow[]> {
  const dayOf = dayFormat(timeZone);
  const group: Readonly<Record<Grouping, RawBuilder<string | number | null>>> = {
    day: sql`at - at % ${sql.lit(hourMs)}`,
    list: sql.ref('newsletterId'),
    page: sql.ref('page'),
    origin: sql.ref('page'),
  };
  const counts = await read
    .selectFrom('consent_events')
    .select((eb) => ['type', group[by].as('name'), eb.fn.countAll<number | string>().as('count')])
    // Ids of that time or later: a range of the primary key.
    .where('id', '>=', minIdAt(since))
    .where('siteId', '=', siteId)
    .where('at', '>=', since)
    .where('at', '<=', now)
    .where('method', '!=', 'import')
    .$if(list !== undefined, (query) => query.where('newsletterId', '=', list ?? ''))
    .groupBy(['type', group[by]])
    .execute();
  const nameOf = (name: number | string | null): string => {
    if (by === 'day') return dayOf(Number(name));
    if (name === null) return '(unknown)';
    return by === 'origin' ? new URL(String(name)).origin : String(name);
  };
  const rows = new Map<string, ReportRow>(
    by === 'day' ? daysBetween(since, now, dayOf).map((day) => [day, emptyRow(day)]) : [],
  );
  for (const { type, name, count } of counts) {
    const column = columnOf[type];
    if (!column) continue;
    const key = nameOf(name);
    const row = rows.get(key) ?? emptyRow(key);
    rows.set(key, { ...row, [column]: row[column] + Number(count) });
  }
  const sorted = [...rows.values()];
  return by === 'day' ? sorted : sorted.sort((a, b) => b.signups - a.signups || (a.name < b.name ? -1 : 1));
}

export function totalOf(rows: readonly ReportRow[]): ReportRow {
  const total = emptyRow('total');
  for (const row of rows) for (const column of reportColumns) total[column] += row[column];
  return total;
}

function emptyRow(name: string): ReportRow {
  return { name, signups: 0, confirmed: 0, left: 0, bounced: 0 };
}

/** Returns a function from a time to its day, as 2026-11-27. */
function dayFormat(timeZone: string): (at: EpochMs) => string {
  // The Canadian format is that of ISO 8601.
  const format = new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' });
  return (at) => format.format(at);
}

function daysBetween(since: EpochMs, now: EpochMs, dayOf: (at: EpochMs) => string): string[] {
  const days = new Set<string>();
  for (let at = since; at < now; at += hourMs) days.add(dayOf(at));
  return [...days.add(dayOf(now))];
}
