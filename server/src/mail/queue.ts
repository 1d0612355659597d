import type { Kysely, Selectable } from 'kysely';
import { newId } from '../ids.js';
import type { MailRow, Millis, Tables } from '../storage/tables.js';
import type { Command } from '../storage/writer.js';

/** What a mail says. All of it is written by us: nothing a visitor typed, however small, comes into a mail. */
export interface MailMessage {
  /** Shown as the sender: the site's name. */
  readonly sender: string;
  readonly subject: string;
  readonly lang: string;
  readonly text: string;
  readonly html: string;
  /** Where one POST unsubscribes (RFC 8058). */
  readonly unsubscribeUrl?: string;
}

export interface NewMail {
  readonly siteId: string;
  /** What it is for, in the log and in the table. */
  readonly kind: string;
  readonly to: string;
  readonly message: MailMessage;
}

/** A mail whose turn has come. */
export interface DueMail extends NewMail {
  readonly id: string;
  readonly createdAt: Millis;
  /** Attempts, this one included. */
  readonly tries: number;
}

/** Queues a mail in the transaction of what it tells about: both are stored, or neither. Wake the mailer after it. */
export async function queueMail(db: Kysely<Tables>, { siteId, kind, to, message }: NewMail): Promise<void> {
  const now = Date.now();
  await db
    .insertInto('mails')
    .values({
      id: newId(),
      siteId,
      kind,
      toAddress: to,
      messageJson: JSON.stringify(message),
      createdAt: now,
      dueAt: now,
      sentAt: null,
    })
    .execute();
}

/** When the next mail is due; `undefined` where none waits. */
export async function nextDue(read: Kysely<Tables>): Promise<Millis | undefined> {
  const row = await read
    .selectFrom('mails')
    .select('dueAt')
    .where('dueAt', 'is not', null)
    .orderBy('dueAt')
    .limit(1)
    .executeTakeFirst();
  return row?.dueAt ?? undefined;
}

/** Takes the next due mails for a while: a node that dies with them lets the others have them after that. */
export const claimMails: Command<{ most: number; leaseMillis: number }, DueMail[]> = {
  name: 'claim-mails',
  async run({ db, locked }, claims) {
    const results: DueMail[][] = [];
    for (const { most, leaseMillis } of claims) {
      const now = Date.now();
      const due = db.selectFrom('mails').selectAll().where('dueAt', '<=', now).orderBy('dueAt').limit(most);
      const rows = await locked(due).execute();
      if (rows.length > 0) {
        await db
          .updateTable('mails')
          .set((eb) => ({ dueAt: now + leaseMillis, tries: eb('tries', '+', 1) }))
          .where(
            'id',
            'in',
            rows.map(({ id }) => id),
          )
          .execute();
      }
      results.push(rows.map(toDueMail));
    }
    return results;
  },
};

/** How an attempt ended: the mail is gone for good, or comes back at a time. */
export type Outcome = 'sent' | 'given-up' | { readonly againAt: Millis };

/** Writes down how attempts ended. Of what is done, only that it was stays: neither the address nor the links. */
export const settleMails: Command<{ id: string; outcome: Outcome }, void> = {
  name: 'settle-mails',
  async run({ db }, settled) {
    for (const { id, outcome } of settled) {
      const values =
        typeof outcome === 'object'
          ? { dueAt: outcome.againAt }
          : { dueAt: null, sentAt: outcome === 'sent' ? Date.now() : null, toAddress: '', messageJson: '{}' };
      await db.updateTable('mails').set(values).where('id', '=', id).execute();
    }
    return settled.map(() => undefined);
  },
};

function toDueMail({ id, siteId, kind, toAddress, messageJson, createdAt, tries }: Selectable<MailRow>): DueMail {
  const message = JSON.parse(messageJson) as MailMessage;
  return { id, siteId, kind, to: toAddress, message, createdAt, tries: tries + 1 };
}
