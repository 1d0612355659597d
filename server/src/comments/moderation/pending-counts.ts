import { sql, type Expression, type Kysely } from 'kysely';
import type { Tables } from '../../storage/tables.js';

/** Counting more would take long, and tell an operator nothing more. */
const maxCount = 10_000;

/** The moderation queue of a site: held comments and held names, up to 10,000 each. */
export interface PendingCounts {
  readonly comments: number;
  readonly names: number;
}

/** Counts the comments and the names of each site that wait for a moderator. */
export async function countPending(read: Kysely<Tables>): Promise<Map<string, PendingCounts>> {
  const pendingComments = (siteId: Expression<string>) =>
    read
      .selectFrom('comments')
      .select('comments.id')
      .where('comments.siteId', '=', siteId)
      .where('comments.state', '=', sql.lit('pending'))
      // The condition of the index.
      .where('comments.state', '!=', sql.lit('visible'))
      .limit(maxCount);
  const pendingNames = (siteId: Expression<string>) =>
    read
      .selectFrom('readers')
      .select('readers.id')
      .where('readers.siteId', '=', siteId)
      .where('readers.pendingName', 'is not', null)
      .limit(maxCount);
  const count = sql<number>`count(*)`.as('count');
  const rows = await read
    .selectFrom('sites')
    .select(({ selectFrom, ref }) => [
      'sites.id',
      selectFrom(pendingComments(ref('sites.id')).as('pending'))
        .select(count)
        .as('comments'),
      selectFrom(pendingNames(ref('sites.id')).as('pending'))
        .select(count)
        .as('names'),
    ])
    .orderBy('sites.id')
    .execute();
  return new Map(rows.map(({ id, comments, names }) => [id, { comments: Number(comments), names: Number(names) }]));
}
