import { sql, type Kysely } from 'kysely';
import type { Tables } from '../../storage/tables.js';

/** Counting more would take long, and tell an operator nothing more. */
const maxCount = 10_000;

/** Counts the comments of each site that wait for a moderator, up to 10,000. */
export async function countPending(read: Kysely<Tables>): Promise<Map<string, number>> {
  const rows = await read
    .selectFrom('sites')
    .select(({ selectFrom, ref }) => [
      'sites.id',
      selectFrom(
        selectFrom('comments')
          .select('comments.id')
          .where('comments.siteId', '=', ref('sites.id'))
          .where('comments.state', '=', sql.lit('pending'))
          // The condition of the index.
          .where('comments.state', '!=', sql.lit('visible'))
          .limit(maxCount)
          .as('pending'),
      )
        .select(sql<number>`count(*)`.as('count'))
        .as('count'),
    ])
    .orderBy('sites.id')
    .execute();
  return new Map(rows.map(({ id, count }) => [id, Number(count ?? 0)]));
}
