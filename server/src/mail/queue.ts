import type { Kysely, Selectable } from 'kysely';
import { newId } from '../ids.js';
import type { MailRow, Tables } from '../storage/tables.js';
import { runSequentially, type Command, type Transaction } from '../storage/writer.js';
import { minuteMs, type EpochMs } from '../time.js';

/** The content of a mail. Never contains text that a visitor typed. */
export interface MailMessage {
  /** Display name of the sender: the site's own, or its name. */
  readonly sender: string;
  /** Where answers go; to the sender without it. */
  readonly replyTo?: string;
  readonly subject: string;
  readonly lang: string;
  readonly text: string;
  readonly html: string;
  /** The address where one POST unsubscribes (RFC 8058). */
  readonly unsubscribeUrl?: string;
}

export interface NewMail {
  readonly siteId: string;
  /** Its purpose, by which its composer is found. */
  readonly kind: string;
  readonly to: string;
  /** A whole message, or what the composer of its kind makes one of. Stored until the mail is sent: holds no secrets. */
  readonly content: MailMessage | Readonly<Record<string, unknown>>;
}

/** A mail that this process has leased. */
export interface ClaimedMail extends NewMail {
  readonly id: string;
  readonly claimId: string;
  readonly createdAt: EpochMs;
  /** Attempts, this one included. */
  readonly tries: number;
}

/** A mail with its message. */
export interface ComposedMail extends ClaimedMail {
  readonly message: MailMessage;
}

/**
 * Makes the message of a mail for one attempt to send it, so that codes in it are live when it arrives, and are stored as
 * hashes alone.
 *
 * @returns `undefined` where the mail is not wanted any more
 */
export type MailComposer = (transaction: Transaction, mail: ClaimedMail) => Promise<MailMessage | undefined>;

/** Queues a mail in the transaction of the change that it reports. Wake the mailer after the commit. */
export async function queueMail(db: Kysely<Tables>, { siteId, kind, to, content }: NewMail): Promise<void> {
  const now = Date.now();
  await db
    .insertInto('mails')
    .values({
      id: newId(),
      siteId,
      kind,
      toAddress: to,
      messageJson: JSON.stringify(content),
      createdAt: now,
      dueAt: null,
      sentAt: null,
      sendAt: now,
      claimId: null,
      lastError: null,
    })
    .execute();
}

/** Returns the time when the next mail is due, or `undefined` where none is queued. */
export async function nextDue(read: Kysely<Tables>): Promise<EpochMs | undefined> {
  const row = await read
    .selectFrom('mails')
    .select('sendAt')
    .where('sendAt', 'is not', null)
    .orderBy('sendAt')
    .limit(1)
    .executeTakeFirst();
  return row?.sendAt ?? undefined;
}

/** Leases the mail that is due first. When the lease ends, as after a crash, another attempt may take it. */
export const claimMail: Command<{ leaseMs: number }, ClaimedMail | undefined> = {
  name: 'claim-mail',
  run: ({ db, claimable }, claims) =>
    runSequentially(claims, async ({ leaseMs }) => {
      const now = Date.now();
      const due = db
        .selectFrom('mails')
        .selectAll()
        .where('sendAt', '<=', now)
        .orderBy('sendAt')
        .orderBy('id')
        .limit(1);
      const row = await claimable(due).executeTakeFirst();
      if (!row) return undefined;
      const claimId = newId();
      await db
        .updateTable('mails')
        .set((eb) => ({ sendAt: now + leaseMs, claimId, tries: eb('tries', '+', 1) }))
        .where('id', '=', row.id)
        .execute();
      return toClaimedMail(row, claimId);
    }),
};

/** Runs the composers of mails. A mail without one carries its whole message. */
export function composeMails(
  composers: Readonly<Record<string, MailComposer>>,
): Command<ClaimedMail, MailMessage | undefined> {
  return {
    name: 'compose-mails',
    run: (transaction, mails) =>
      runSequentially(mails, async (mail) => {
        if (isMessage(mail.content)) return mail.content;
        const compose = composers[mail.kind];
        if (!compose) throw new Error(`Mails of the kind ${mail.kind} have no composer.`);
        return compose(transaction, mail);
      }),
  };
}

function isMessage(content: NewMail['content']): content is MailMessage {
  return 'subject' in content;
}

/**
 * The outcome of an attempt: final, or another attempt at a time. `released` undoes the claim: the mail itself was not
 * attempted. `unwanted` mails were not sent, because there is no reason for them any more.
 */
export type Outcome = { readonly error?: string } & (
  | { readonly state: 'sent' | 'failed' | 'unwanted' | 'released' }
  | { readonly state: 'queued'; readonly retryAt: EpochMs }
);

/**
 * Stores outcomes, unless the lease has ended and another attempt has taken the mail. Clears the address and the content
 * of a mail that is done; a failed one keeps them for `afterword mail retry`, until retention deletes it.
 */
export const settleMails: Command<{ mail: Pick<ClaimedMail, 'id' | 'claimId'>; outcome: Outcome }, void> = {
  name: 'settle-mails',
  run: ({ db }, settled) =>
    runSequentially(settled, async ({ mail, outcome }) => {
      const cleared = { toAddress: '', messageJson: '{}' };
      const values = {
        sent: { sendAt: null, sentAt: Date.now(), ...cleared },
        unwanted: { sendAt: null, ...cleared },
        failed: { sendAt: null },
        released: { sendAt: Date.now() },
        queued: { sendAt: 'retryAt' in outcome ? outcome.retryAt : null },
      }[outcome.state];
      await db
        .updateTable('mails')
        .set({ ...values, claimId: null, lastError: outcome.error ?? null })
        .$if(outcome.state === 'released', (update) => update.set((eb) => ({ tries: eb('tries', '-', 1) })))
        .where('id', '=', mail.id)
        .where('claimId', '=', mail.claimId)
        .execute();
    }),
};

/** Longer than the leases of versions that queue mails by `due_at`. */
const adoptionMs = 20 * minuteMs;

/** Returns whether a server of a version before has queued mails that it has not sent. */
export async function hasAdoptable(read: Kysely<Tables>): Promise<boolean> {
  const before = Date.now() - adoptionMs;
  const query = read.selectFrom('mails').select('id').where('dueAt', '<', before).limit(1);
  return (await query.executeTakeFirst()) !== undefined;
}

/** Takes over those mails. */
export const adoptMails: Command<EpochMs, void> = {
  name: 'adopt-mails',
  run: ({ db }, times) =>
    runSequentially(times, async (now) => {
      await db
        .updateTable('mails')
        .set({ sendAt: now, dueAt: null })
        .where('dueAt', '<', now - adoptionMs)
        .execute();
    }),
};

function toClaimedMail(
  { id, siteId, kind, toAddress, messageJson, createdAt, tries }: Selectable<MailRow>,
  claimId: string,
): ClaimedMail {
  const content = JSON.parse(messageJson) as NewMail['content'];
  return { id, claimId, siteId, kind, to: toAddress, content, createdAt, tries: tries + 1 };
}
