import { sql } from 'kysely';
import { minIdAt } from '../ids.js';
import { sweep } from '../storage/retention-rule.js';
import { dayMs } from '../time.js';

/** Longer than the mailer tries to send, so that operators can look at what was sent and given up. */
export const mailMs = 7 * dayMs;

/** Deletes mails a week after they were queued. */
export const finishedMails = sweep({
  name: 'mails',
  table: 'mails',
  key: 'id',
  endKey: (now) => minIdAt(now - mailMs),
  isExpired: (now) => sql`created_at < ${now - mailMs}`,
});
