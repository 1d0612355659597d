import { sql, type Kysely } from 'kysely';
import { minIdAt } from '../ids.js';
import type { Tables } from '../storage/tables.js';
import { dayMs, type EpochMs } from '../time.js';

/** Older mails are not counted as given up: retention deletes them, and counting all would take long. */
const givenUpMs = 3 * dayMs;

/** Counts mails that are due, that wait for another attempt or for the end of a lease, and that were given up. */
export async function countMails(read: Kysely<Tables>, now: EpochMs): Promise<Map<string, number>> {
  const mails = read.selectFrom('mails').select(sql<number>`count(*)`.as('count'));
  const count = async (query: typeof mails) => Number((await query.executeTakeFirst())?.count ?? 0);
  // A mail has one of the two times: `dueAt` is of the version before.
  const [due, dueBefore, later, laterBefore, givenUp] = await Promise.all([
    count(mails.where('sendAt', '<=', now)),
    count(mails.where('dueAt', '<=', now)),
    count(mails.where('sendAt', '>', now)),
    count(mails.where('dueAt', '>', now)),
    count(
      mails
        .where('id', '>=', minIdAt(now - givenUpMs))
        .where('sendAt', 'is', null)
        .where('dueAt', 'is', null)
        .where('sentAt', 'is', null),
    ),
  ]);
  return new Map([
    ['due', due + dueBefore],
    ['waiting', later + laterBefore],
    ['given-up', givenUp],
  ]);
}
