import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Config } from '../config.js';
import type { Database } from '../storage/database.js';
import { Outbox } from './outbox.js';
import { claimMails, nextDue, settleMails, type DueMail, type Outcome } from './queue.js';
import { MailRefused, openOutbox, openSmtp, readSender, type Transport } from './transports.js';

const batch = 20;
/** Longer than a batch may take, were every mail of it to time out. */
const leaseMillis = 20 * 60_000;
/** Another node may have queued mails and died. */
const pollMillis = 30_000;
const firstRetryMillis = 60_000;
const mostRetryMillis = 4 * 60 * 60_000;
const giveUpMillis = 48 * 60 * 60_000;

/**
 * Sends what is queued in the table `mails`, so that no request ever waits for a mail server and no mail is lost
 * with the process. At least once: a crash between the server's yes and ours sends the mail again, with the same
 * Message-ID.
 */
export class Mailer {
  /** `outbox`: the demo's mails become files. `off`: nothing can be sent, and features that need mail refuse. */
  readonly mode: 'smtp' | 'outbox' | 'off';
  readonly outbox: Outbox | undefined;
  readonly #database: Database;
  readonly #log: Logger;
  readonly #transport: Transport | undefined;
  #state: 'new' | 'started' | 'stopped' = 'new';
  #delivering: Promise<void> | undefined;
  #wokenMeanwhile = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(config: Pick<Config, 'smtp' | 'mailFrom' | 'demo' | 'data' | 'url'>, database: Database, log: Logger) {
    this.#database = database;
    this.#log = log;
    if (config.smtp !== undefined) {
      this.mode = 'smtp';
      this.#transport = openSmtp(config.smtp, readSender(config));
    } else if (config.demo) {
      this.mode = 'outbox';
      this.outbox = new Outbox(join(config.data, 'outbox'));
      this.#transport = openOutbox(this.outbox, readSender(config));
    } else {
      this.mode = 'off';
    }
  }

  /** Sends what waits, and from now on whatever is queued. */
  start(): void {
    if (this.#state !== 'new') return;
    this.#state = 'started';
    if (this.mode === 'off') this.#log.warn('Mail is off: newsletters need AFTERWORD_SMTP and AFTERWORD_MAIL_FROM.');
    this.wake();
  }

  /** Says that a mail was queued. */
  wake(): void {
    if (this.#state !== 'started' || !this.#transport) return;
    this.#wokenMeanwhile = true;
    this.#delivering ??= this.#deliver(this.#transport).finally(() => {
      this.#delivering = undefined;
    });
  }

  /** Ends with the mail under way; the others stay queued. */
  async stop(): Promise<void> {
    this.#state = 'stopped';
    clearTimeout(this.#timer);
    await this.#delivering;
    this.#transport?.close();
  }

  async #deliver(transport: Transport): Promise<void> {
    clearTimeout(this.#timer);
    let pause = pollMillis;
    try {
      while (this.#wokenMeanwhile && this.#state === 'started') {
        this.#wokenMeanwhile = false;
        while (await this.#deliverSome(transport));
      }
      const next = await nextDue(this.#database.read);
      if (next !== undefined) pause = Math.max(100, Math.min(pause, next - Date.now()));
    } catch (error) {
      this.#log.error({ err: error }, 'the mail queue could not be read');
    }
    if (this.#state === 'started') this.#timer = setTimeout(() => this.wake(), pause).unref();
  }

  /** @returns whether there may be more to send */
  async #deliverSome(transport: Transport): Promise<boolean> {
    const { read, writer } = this.#database;
    const next = await nextDue(read);
    if (next === undefined || next > Date.now() || this.#state !== 'started') return false;
    const mails = await writer.submit(claimMails, { most: batch, leaseMillis });
    let reachable = true;
    for (const mail of mails) {
      const stopped = this.#state !== 'started';
      let outcome: Outcome = { againAt: stopped ? Date.now() : retryAt(mail) };
      if (reachable && !stopped) {
        try {
          outcome = await this.#attempt(transport, mail);
        } catch {
          // Logged where it happened. The rest of the batch would fare no better now.
          reachable = false;
        }
      }
      await writer.submit(settleMails, { id: mail.id, outcome });
    }
    return reachable && mails.length > 0;
  }

  /** @throws Error where the mail server cannot be reached or used at all */
  async #attempt(transport: Transport, mail: DueMail): Promise<Outcome> {
    const about = { mail: mail.id, kind: mail.kind, site: mail.siteId, tries: mail.tries };
    try {
      await transport.send(mail);
      this.#log.info(about, 'mail sent');
      return 'sent';
    } catch (error) {
      const refused = error instanceof MailRefused;
      // The server's own words may name the address: only codes are logged.
      const { code, responseCode, command } = (refused ? error.cause : error) as SmtpError;
      const why = { ...about, code, responseCode, command };
      if ((refused && error.forGood) || Date.now() - mail.createdAt > giveUpMillis) {
        this.#log.warn(why, 'mail given up');
        return 'given-up';
      }
      this.#log.warn(why, 'mail not sent, will be tried again');
      if (refused) return { againAt: retryAt(mail) };
      throw error;
    }
  }
}

interface SmtpError {
  readonly code?: string;
  readonly responseCode?: number;
  readonly command?: string;
}

export function createMailer(config: Config, database: Database, log: Logger): Mailer {
  return new Mailer(config, database, log);
}

function retryAt({ tries }: DueMail): number {
  return Date.now() + Math.min(firstRetryMillis * 2 ** (tries - 1), mostRetryMillis);
}
