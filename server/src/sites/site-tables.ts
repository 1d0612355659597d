import { sql, type Kysely, type RawBuilder } from 'kysely';
import type { Tables } from '../storage/tables.js';

/** A table with rows of sites. */
export interface SiteTable {
  readonly name: keyof Tables;
  /** The columns of the primary key. */
  readonly key: readonly string[];
  /** The table that has the site of a row, and the column that refers to it. Without it, the row has its site. */
  readonly owner?: { readonly table: 'stories' | 'comments' | 'readers'; readonly column: string };
}

type Entry = Omit<SiteTable, 'name'> | null;

const ofStory = { table: 'stories', column: 'story_id' } as const;
const ofComment = { table: 'comments', column: 'comment_id' } as const;
const ofReader = { table: 'readers', column: 'reader_id' } as const;

/** Every table in the order of references; null where its rows belong to no site. */
const entries: Readonly<Record<keyof Tables, Entry>> = {
  sites: { key: ['id'] },
  readers: { key: ['id'] },
  reader_mutes: { key: ['reader_id', 'muted_id'], owner: ofReader },
  stories: { key: ['id'] },
  story_aliases: { key: ['site_id', 'key'] },
  story_reads: { key: ['story_id'], owner: ofStory },
  polls: { key: ['site_id', 'id'] },
  poll_choices: { key: ['site_id', 'poll_id', 'id'] },
  reaction_votes: { key: ['story_id', 'poll_id', 'reader_id'], owner: ofStory },
  reaction_tallies: { key: ['story_id', 'poll_id'], owner: ofStory },
  threads: { key: ['story_id'], owner: ofStory },
  thread_orders: { key: ['story_id', 'sort', 'version'], owner: ofStory },
  thread_order_ids: { key: ['story_id', 'sort', 'version', 'part'], owner: ofStory },
  comments: { key: ['id'] },
  comment_revisions: { key: ['comment_id', 'number'], owner: ofComment },
  comment_reports: { key: ['comment_id', 'reader_id'], owner: ofComment },
  comment_votes: { key: ['comment_id', 'reader_id'], owner: ofComment },
  newsletters: { key: ['site_id', 'id'] },
  consent_texts: { key: ['site_id', 'id'] },
  consent_events: { key: ['id'] },
  subscription_requests: { key: ['id'] },
  subscriptions: { key: ['id'] },
  subscription_tokens: { key: ['token_hash'] },
  mails: { key: ['id'] },
  suppressions: { key: ['id'] },
  bounce_sources: { key: ['site_id', 'provider'] },
  webhooks: { key: ['id'] },
  webhook_deliveries: { key: ['id'] },
  // Counters have hashed keys, which name no site. They expire by themselves.
  limit_counters: null,
  leases: null,
  metadata: null,
  migration_compatibility: null,
};

/** Tables with rows of sites. A table comes after those that it refers to. */
export const siteTables: readonly SiteTable[] = Object.entries(entries).flatMap(([name, entry]) =>
  entry ? [{ name: name as keyof Tables, ...entry }] : [],
);

/** Values of the columns of a primary key. */
export type RowKey = readonly unknown[];

/** Returns the condition for rows of a site. */
export function belongsTo(siteId: string, { name, owner }: SiteTable): RawBuilder<unknown> {
  if (name === 'sites') return sql`${sql.ref('sites.id')} = ${siteId}`;
  if (!owner) return sql`${sql.ref(`${name}.site_id`)} = ${siteId}`;
  // Correlated, so that the rows are read in the order of the primary key.
  return sql`exists (
    select 1 from ${sql.table(owner.table)} as owner
    where owner.id = ${sql.ref(`${name}.${owner.column}`)} and owner.site_id = ${siteId})`;
}

/** Compares the primary key of a row. */
export function keyIs(
  { name, key }: SiteTable,
  operator: '<' | '<=' | '>' | '>=',
  values: RowKey,
): RawBuilder<unknown> {
  const columns = sql.join(key.map((column) => sql.ref(`${name}.${column}`)));
  return sql`(${columns}) ${sql.raw(operator)} (${sql.join(values)})`;
}

/**
 * Reads rows of a site in the order of the primary key, in batches.
 *
 * @param selected the selected columns
 */
export async function* readSiteRows(
  db: Kysely<Tables>,
  siteId: string,
  table: SiteTable,
  { maxRows, order, selected }: { maxRows: number; order: 'asc' | 'desc'; selected: RawBuilder<unknown> },
): AsyncGenerator<Record<string, unknown>[]> {
  const { name, key } = table;
  const sorted = sql.join(key.map((column) => sql`${sql.ref(`${name}.${column}`)} ${sql.raw(order)}`));
  let last: RowKey | undefined;
  for (;;) {
    const rest = last ? sql`and ${keyIs(table, order === 'asc' ? '>' : '<', last)}` : sql``;
    const { rows } = await sql<Record<string, unknown>>`
      select ${selected} from ${sql.table(name)}
      where ${belongsTo(siteId, table)} ${rest} order by ${sorted} limit ${maxRows}`.execute(db);
    if (rows.length > 0) yield rows;
    const end = rows.at(-1);
    if (!end || rows.length < maxRows) return;
    last = keyOf(table, end);
  }
}

/** Returns the primary key of a row, whose names are those of `tables.ts`. */
export function keyOf({ key }: SiteTable, row: Record<string, unknown>): RowKey {
  return key.map((column) => row[column.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase())]);
}
