import type { Site } from '../../sites/store.js';
import type { CountedKey, LimitCounters } from '../../storage/limit-counters.js';
import { dayMs, hourMs, minuteMs, secondMs } from '../../time.js';
import { mailboxOf } from './email-address.js';
import type { NewsletterTokens } from './tokens.js';

/** Slightly shorter than the delay after which the widget offers "send again". */
const minResendMs = 55 * secondMs;
const maxMailboxMails = 3;
const maxNetworkTries = 50;
const maxMailboxTries = 20;
/** Tries of one address since its last code was sent. */
const maxAddressTries = 5;

export const codeLifetimeMs = 30 * minuteMs;

/** Who asks for a mail, or tries a code. */
export interface CappedRequest {
  readonly siteId: string;
  readonly emailKey: string;
  /** The keyed hash of the network; null in requests stored by versions before. */
  readonly networkHash: string | null;
}

/** The settings of a site that cap its mails. */
export type MailCaps = Site['settings']['newsletter'];

/**
 * Caps on mails that anybody can trigger, and on tries of codes. They are counted per mailbox, whatever its spelling, per
 * network and per site. Keys contain keyed hashes instead of addresses.
 */
export class Caps {
  readonly #tokens: NewsletterTokens;
  readonly #areLimitsOn: boolean;

  /** @param areLimitsOn false lifts the caps of networks and sites, never those of mailboxes */
  constructor(tokens: NewsletterTokens, areLimitsOn: boolean) {
    this.#tokens = tokens;
    this.#areLimitsOn = areLimitsOn;
  }

  /** Unanswered mails to one mailbox. Starts again when a subscription is confirmed: that mail was wanted. */
  mailbox({ emailKey }: Pick<CappedRequest, 'emailKey'>): CountedKey {
    return { key: `mail mailbox ${this.#tokens.hashLimit(mailboxOf(emailKey))}`, windowMs: dayMs };
  }

  /** Notices to a subscribed mailbox. */
  notice({ siteId, emailKey }: Pick<CappedRequest, 'siteId' | 'emailKey'>): CountedKey {
    return { key: `mail notice ${siteId} ${this.#tokens.hashLimit(mailboxOf(emailKey))}`, windowMs: dayMs };
  }

  /** Tries of codes of one address since its last code was sent. */
  addressTries({ siteId, emailKey }: Pick<CappedRequest, 'siteId' | 'emailKey'>): CountedKey {
    return { key: `code address ${siteId} ${this.#tokens.hashLimit(emailKey)}`, windowMs: codeLifetimeMs };
  }

  /** The counters of a request for a mail. */
  mailKeys(request: CappedRequest): CountedKey[] {
    return [this.mailbox(request), this.notice(request), this.#networkMails(request), this.#siteMails(request)];
  }

  /** The counters of a try of a code. */
  tryKeys(request: CappedRequest): CountedKey[] {
    return [this.addressTries(request), this.#mailboxTries(request), this.#networkTries(request)];
  }

  /** Returns whether a mail to confirm may be sent. */
  allowsConfirmMail(counters: LimitCounters, request: CappedRequest, caps: MailCaps): boolean {
    const mailbox = this.mailbox(request);
    return (
      counters.count(mailbox) < maxMailboxMails &&
      counters.ageMs(mailbox) >= minResendMs &&
      this.#allowsMail(counters, request, caps)
    );
  }

  /** Returns whether a notice may be sent to a subscribed address. */
  allowsNotice(counters: LimitCounters, request: CappedRequest, caps: MailCaps): boolean {
    return counters.count(this.notice(request)) === 0 && this.#allowsMail(counters, request, caps);
  }

  addConfirmMail(counters: LimitCounters, request: CappedRequest): void {
    for (const key of [this.mailbox(request), this.#networkMails(request), this.#siteMails(request)]) counters.add(key);
  }

  addNotice(counters: LimitCounters, request: CappedRequest): void {
    for (const key of [this.notice(request), this.#networkMails(request), this.#siteMails(request)]) counters.add(key);
  }

  /** Returns whether a code may be tried. Where not, a right one is refused as a wrong one is. */
  allowsTry(counters: LimitCounters, request: CappedRequest): boolean {
    return (
      counters.count(this.addressTries(request)) < maxAddressTries &&
      counters.count(this.#mailboxTries(request)) < maxMailboxTries &&
      (!this.#areLimitsOn || counters.count(this.#networkTries(request)) < maxNetworkTries)
    );
  }

  #allowsMail(counters: LimitCounters, request: CappedRequest, caps: MailCaps): boolean {
    if (!this.#areLimitsOn) return true;
    return (
      counters.count(this.#networkMails(request)) < caps.networkMailsPerHour &&
      counters.count(this.#siteMails(request)) < caps.mailsPerHour
    );
  }

  #networkMails({ networkHash }: CappedRequest): CountedKey {
    return { key: `mail network ${networkHash ?? ''}`, windowMs: hourMs };
  }

  #siteMails({ siteId }: CappedRequest): CountedKey {
    return { key: `mail site ${siteId}`, windowMs: hourMs };
  }

  #mailboxTries({ emailKey }: CappedRequest): CountedKey {
    return { key: `code mailbox ${this.#tokens.hashLimit(mailboxOf(emailKey))}`, windowMs: dayMs };
  }

  #networkTries({ networkHash }: CappedRequest): CountedKey {
    return { key: `code network ${networkHash ?? ''}`, windowMs: hourMs };
  }
}
