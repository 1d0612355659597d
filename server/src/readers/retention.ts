import { sql } from 'kysely';
import { minIdAt } from '../ids.js';
import { sweep } from '../storage/retention-rule.js';
import { dayMs } from '../time.js';

const guestMs = 30 * dayMs;

/** Columns by which an act refers to a reader. */
const acts = [
  ['comments', 'author_id'],
  ['reaction_votes', 'reader_id'],
  ['comment_votes', 'reader_id'],
  ['comment_reports', 'reader_id'],
  ['reader_mutes', 'reader_id'],
  ['reader_mutes', 'muted_id'],
] as const;

/** Deletes guests who have done nothing that is still kept, 30 days after they were made. */
export const guestsWithoutActs = sweep({
  name: 'guests-without-acts',
  table: 'readers',
  key: 'id',
  endKey: (now) => minIdAt(now - guestMs),
  isExpired: (now) => {
    const hasAct = acts.map(
      ([table, column]) =>
        sql`exists (select 1 from ${sql.table(table)} as act where act.${sql.ref(column)} = readers.id)`,
    );
    return sql`kind = 'guest' and created_at < ${now - guestMs} and badges_json = '[]' and not (${sql.join(hasAct, sql` or `)})`;
  },
});
