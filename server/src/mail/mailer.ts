import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Config } from '../config.js';
import type { Database } from '../storage/database.js';
import { hourMs, minuteMs, secondMs, type EpochMs } from '../time.js';
import { CircuitBreaker } from './circuit-breaker.js';
import { withDeadline } from './deadline.js';
import { DemoMailbox } from './demo-mailbox.js';
import {
  adoptMails,
  claimMail,
  composeMails,
  hasAdoptable,
  nextDue,
  settleMails,
  type ClaimedMail,
  type MailComposer,
  type Outcome,
} from './queue.js';
import { Pace } from './pace.js';
import { MailRefused, openDemoMailbox, openSmtp, readSender, type Transport } from './transports.js';

/** Bound of one attempt, whatever the mail server does. */
const maxAttemptMs = minuteMs;
/** Lease of one mail, longer than an attempt. After a crash, another node takes the mail when it ends. */
const leaseMs = 90 * secondMs;
/** Interval of queries for mails that another node or the command line has queued. */
const pollIntervalMs = 5 * secondMs;
const minDelayMs = 100;
/** Interval of queries by a connection without a mail while another has one. */
const idlePollMs = 200;
const minRetryMs = minuteMs;
const maxRetryMs = 4 * hourMs;
const giveUpMs = 48 * hourMs;
/** How long the answer of a mail server about its extensions counts, and that it gave none. */
const extensionsMs = 10 * minuteMs;

/** Settings that the mailer needs. */
type MailSettings = Pick<
  Config,
  'smtp' | 'smtpConnections' | 'mailsPerMinute' | 'dkim' | 'mailFrom' | 'demo' | 'dataFolder' | 'url'
>;

/**
 * Sends the mails queued in the table `mails`, so that no request waits for a mail server and no mail is lost with the
 * process. Each connection claims one mail at a time, so that a process that dies delays those mails alone. Delivery is at
 * least once: a crash after the mail server accepted a mail sends it again, with the same Message-ID.
 */
export class Mailer {
  /** `demo` writes mails to files, on the demo. `off` sends none; features that need mail refuse. */
  readonly mode: 'smtp' | 'demo' | 'off';
  readonly demoMailbox: DemoMailbox | undefined;
  readonly #database: Database;
  readonly #log: Logger;
  /** One for each mail that is sent at a time; none where mail is off. */
  readonly #transports: readonly Transport[];
  readonly #pace: Pace;
  readonly #attemptMs: number;
  readonly #compose;
  readonly #breaker = new CircuitBreaker();
  readonly #stopping = new AbortController();
  #state: 'new' | 'started' | 'stopped' = 'new';
  #delivering: Promise<void> | undefined;
  #hasNewMails = false;
  #timer: NodeJS.Timeout | undefined;
  #smtpUtf8: { readonly answer: Promise<boolean | undefined>; readonly askedAt: EpochMs } | undefined;

  /**
   * @param composers by the kind of mail
   * @param options `attemptMs` is the bound of one attempt, whatever the mail server does
   */
  constructor(
    config: MailSettings,
    database: Database,
    log: Logger,
    composers: Readonly<Record<string, MailComposer>> = {},
    options: { readonly attemptMs?: number } = {},
  ) {
    this.#database = database;
    this.#log = log;
    this.#compose = composeMails(composers);
    this.#pace = new Pace(config.mailsPerMinute);
    this.#attemptMs = options.attemptMs ?? maxAttemptMs;
    // First, so that a demo mails nobody, whatever else is set.
    if (config.demo) {
      this.mode = 'demo';
      this.demoMailbox = new DemoMailbox(join(config.dataFolder, 'outbox'));
      this.#transports = [openDemoMailbox(this.demoMailbox, readSender(config))];
    } else if (config.smtp !== undefined) {
      const { smtp, smtpConnections, dkim } = config;
      const sender = readSender(config);
      this.mode = 'smtp';
      this.#transports = Array.from({ length: smtpConnections }, () => openSmtp(smtp, sender, dkim));
    } else {
      this.mode = 'off';
      this.#transports = [];
    }
  }

  /** False while the mail server is down. */
  get isReachable(): boolean {
    return !this.#breaker.isOpen;
  }

  /**
   * Returns whether the mail server delivers to addresses with other letters than ASCII before the @ (RFC 6531);
   * `undefined` while it does not answer.
   */
  supportsSmtpUtf8(): Promise<boolean | undefined> {
    const [transport] = this.#transports;
    if (!transport) return Promise.resolve(undefined);
    const now = Date.now();
    if (!this.#smtpUtf8 || now - this.#smtpUtf8.askedAt > extensionsMs) {
      const answer = transport.supportsSmtpUtf8().catch((error: unknown) => {
        this.#log.warn(detailsOf(error), 'the mail server cannot be asked for its extensions');
        return undefined;
      });
      this.#smtpUtf8 = { answer, askedAt: now };
    }
    return this.#smtpUtf8.answer;
  }

  /** Sends queued mails, and from now on new ones. */
  start(): void {
    if (this.#state !== 'new') return;
    this.#state = 'started';
    if (this.mode === 'off') this.#log.warn('Mail is off: newsletters need AFTERWORD_SMTP and AFTERWORD_MAIL_FROM.');
    this.wake();
  }

  /** Sends soon. Called after a mail was queued. */
  wake(): void {
    if (this.#state !== 'started' || this.#transports.length === 0) return;
    this.#hasNewMails = true;
    this.#delivering ??= this.#deliver().finally(() => {
      this.#delivering = undefined;
    });
  }

  /** Finishes the mails that are being sent; the others stay queued. */
  async stop(): Promise<void> {
    this.#state = 'stopped';
    this.#stopping.abort();
    clearTimeout(this.#timer);
    await this.#delivering;
    for (const transport of this.#transports) transport.close();
  }

  async #deliver(): Promise<void> {
    clearTimeout(this.#timer);
    let delayMs = pollIntervalMs;
    try {
      await this.demoMailbox?.deleteExpired(Date.now());
      if (await hasAdoptable(this.#database.read)) await this.#database.writer.submit(adoptMails, Date.now());
      while (this.#hasNewMails && this.#state === 'started') {
        this.#hasNewMails = false;
        await this.#deliverDue();
      }
      const next = await nextDue(this.#database.read);
      if (next !== undefined) delayMs = Math.min(delayMs, next - Date.now());
      if (this.#breaker.isOpen) delayMs = this.#breaker.probeAt - Date.now();
    } catch (error) {
      this.#log.error({ err: error }, 'the mail queue could not be read');
    }
    if (this.#state === 'started') this.#timer = setTimeout(() => this.wake(), Math.max(minDelayMs, delayMs)).unref();
  }

  /** Sends what is due: the first mail alone, to find out whether the mail server works, then as many as there are connections. */
  async #deliverDue(): Promise<void> {
    const [first] = this.#transports;
    if (!first) return;
    do {
      if (!(await this.#deliverNext(first))) return;
    } while (this.#breaker.isOpen);
    const round = new AbortController();
    const ending = AbortSignal.any([round.signal, this.#stopping.signal]);
    let busyCount = this.#transports.length;
    const deliverAll = async (transport: Transport) => {
      for (;;) {
        while (!this.#breaker.isOpen && (await this.#deliverNext(transport)));
        busyCount -= 1;
        if (busyCount === 0) round.abort();
        // Mails that are queued meanwhile do not wait for a connection that hangs.
        await sleep(idlePollMs, undefined, { signal: ending, ref: false }).catch(() => undefined);
        if (ending.aborted) return;
        busyCount += 1;
      }
    };
    await Promise.all(this.#transports.map(deliverAll));
  }

  /** @returns whether more mails may be due */
  async #deliverNext(transport: Transport): Promise<boolean> {
    const { read, writer } = this.#database;
    // Without a write where nothing is due.
    const next = await nextDue(read);
    if (next === undefined || next > Date.now() || !(await this.#pace.take(this.#stopping.signal))) return false;
    const mail = (await this.#canClaim(transport)) ? await writer.submit(claimMail, { leaseMs }) : undefined;
    if (!mail) {
      this.#pace.giveBack();
      return false;
    }
    const outcome = await this.#attempt(transport, mail);
    if (outcome.state === 'unwanted') this.#pace.giveBack();
    await writer.submit(settleMails, { mail, outcome });
    return outcome.state !== 'released';
  }

  /** Probes a mail server that was down, at most once a pause. */
  async #canClaim(transport: Transport): Promise<boolean> {
    if (this.#state !== 'started') return false;
    if (!this.#breaker.isOpen) return true;
    if (Date.now() < this.#breaker.probeAt) return false;
    try {
      await withDeadline(transport, transport.verify(), this.#attemptMs, this.#stopping.signal);
      return true;
    } catch (error) {
      if (this.#stopping.signal.aborted) return false;
      this.#breaker.recordFailure(Date.now());
      this.#log.warn(detailsOf(error), 'the mail server cannot be used yet');
      return false;
    }
  }

  async #attempt(transport: Transport, mail: ClaimedMail): Promise<Outcome> {
    const context = { mail: mail.id, kind: mail.kind, site: mail.siteId, tries: mail.tries };
    let message;
    try {
      message = await this.#database.writer.submit(this.#compose, mail);
    } catch (error) {
      this.#log.error({ ...context, err: error }, 'mail not composed, will be tried again');
      return this.#isTooOld(mail) ? { state: 'failed', error: 'compose' } : { ...retry(mail), error: 'compose' };
    }
    if (!message) return { state: 'unwanted', error: 'unwanted' };
    try {
      await withDeadline(transport, transport.send({ ...mail, message }), this.#attemptMs);
      this.#breaker.recordSuccess();
      this.#log.info(context, 'mail sent');
      return { state: 'sent' };
    } catch (error) {
      const isRefusal = error instanceof MailRefused;
      const details = { ...context, ...detailsOf(error) };
      const code = String(details.responseCode ?? details.code ?? 'unknown');
      // A server that refuses a mail works.
      if (isRefusal) this.#breaker.recordSuccess();
      if ((isRefusal && error.isPermanent) || this.#isTooOld(mail)) {
        this.#log.warn(details, 'mail given up');
        return { state: 'failed', error: code };
      }
      this.#log.warn(details, 'mail not sent, will be tried again');
      if (isRefusal) return { ...retry(mail), error: code };
      // Connections that fail together count once.
      if (Date.now() >= this.#breaker.probeAt) this.#breaker.recordFailure(Date.now());
      return { state: 'released', error: code };
    }
  }

  #isTooOld({ createdAt }: ClaimedMail): boolean {
    return Date.now() - createdAt > giveUpMs;
  }
}

/** Doubles the delay with every attempt. */
function retry({ tries }: ClaimedMail): { state: 'queued'; retryAt: EpochMs } {
  return { state: 'queued', retryAt: Date.now() + Math.min(minRetryMs * 2 ** (tries - 1), maxRetryMs) };
}

/** Returns codes only, since the server's message may contain the address. */
function detailsOf(error: unknown): { code?: string; responseCode?: number; command?: string } {
  const { code, responseCode, command } = (error instanceof MailRefused ? error.cause : error) as {
    code?: string;
    responseCode?: number;
    command?: string;
  };
  return {
    ...(code === undefined ? {} : { code }),
    ...(responseCode === undefined ? {} : { responseCode }),
    ...(command === undefined ? {} : { command }),
  };
}
