import type { Generated } from 'kysely';
import type { EpochMs } from '../time.js';

export interface NewsletterRow {
  siteId: string;
  id: string;
  nameJson: string;
  descriptionJson: string;
  frequencyJson: string;
  /** Address and picture of the last issue. */
  latestIssueJson: string | null;
  position: number;
  /** The time when an editor has removed it. Its subscriptions are deleted later, so that it can be put back. */
  removedAt: EpochMs | null;
}

/** A consent wording. Rows never change: a new wording is a new row. */
export interface ConsentTextRow {
  id: string;
  siteId: string;
  newsletterId: string;
  textJson: string;
  createdAt: EpochMs;
}

/** A signup that was answered with "check your inbox" and is not handled yet. */
export interface SubscriptionRequestRow {
  id: string;
  siteId: string;
  emailKey: string;
  email: string;
  /** The requested lists, each with the id of its consent text. */
  listsJson: string;
  lang: string;
  method: 'widget' | 'form';
  /** The page of the form. */
  page: string | null;
  /** 1 where the mail has no link to confirm by: a bot may have asked for it. */
  isCodeOnly: Generated<number>;
  createdAt: EpochMs;
  /** The keyed hash of the network that asked, for caps on mails. */
  networkHash: string | null;
  /** The origin of the page that sent it. */
  origin: string | null;
  /** The time of the next try. */
  dueAt: EpochMs;
  /** The number of tries that failed. */
  tries: number;
}

export interface SubscriptionRow {
  id: string;
  siteId: string;
  newsletterId: string;
  /** The normalized address, the same for all its spellings: lower case, NFC, domain in ASCII. */
  emailKey: string;
  email: string;
  lang: string;
  /** `bounced`: confirmed, until its address has bounced. */
  state: 'pending' | 'confirmed' | 'unsubscribed' | 'bounced';
  /** The consent text that the reader has agreed to. Null for imported ones, and those of versions before. */
  consentTextId: string | null;
  /** The page of the form. */
  page: string | null;
  createdAt: EpochMs;
  changedAt: EpochMs;
  /** The origin of the page with the first signup. Null for forms of the server, and for signups of versions before. */
  origin: string | null;
}

export interface SubscriptionTokenRow {
  tokenHash: string;
  purpose: 'confirm' | 'unsubscribe' | 'manage' | 'person';
  siteId: string;
  emailKey: string;
  newslettersJson: string;
  codeHash: string | null;
  /** Counted by versions before `limit_counters`. */
  tries: Generated<number>;
  /** The mail that carries the token. */
  mailId: string | null;
  createdAt: EpochMs;
  expiresAt: EpochMs | null;
  usedAt: EpochMs | null;
}

export interface ConsentEventRow {
  id: string;
  siteId: string;
  newsletterId: string;
  emailHash: string;
  type: 'requested' | 'confirmed' | 'unsubscribed' | 'bounced' | 'complained' | 'restored';
  method: 'widget' | 'code' | 'link' | 'one-click' | 'form' | 'import' | 'webhook' | 'command';
  consentTextId: string | null;
  lang: string;
  /** The page of the form. */
  page: string | null;
  /** The proof that the publisher names for an imported consent. */
  source: string | null;
  at: EpochMs;
}

export interface MailRow {
  id: string;
  siteId: string;
  kind: string;
  toAddress: string;
  messageJson: string;
  createdAt: EpochMs;
  /** Used by versions before `sendAt` alone, which store the whole content. */
  dueAt: EpochMs | null;
  tries: Generated<number>;
  sentAt: EpochMs | null;
  /** The time of the next attempt, or the end of the lease; null once sent or given up. */
  sendAt: EpochMs | null;
  /** The attempt that holds the lease; null where none does. */
  claimId: string | null;
  /** The code of the last failure. Never its message, which may contain the address. */
  lastError: string | null;
}

/** An address that gets no mail from a site. */
export interface SuppressionRow {
  id: string;
  siteId: string;
  /** The keyed hash of the normalized address, as in the consent log. */
  emailHash: string;
  reason: 'hard-bounce' | 'complaint' | 'manual';
  /** The mail service that reported it, or where an operator did. */
  source: 'generic' | 'ses' | 'postmark' | 'mailgun' | 'file' | 'command';
  createdAt: EpochMs;
}

/** A mail service whose bounce reports a site accepts. */
export interface BounceSourceRow {
  siteId: string;
  provider: 'ses' | 'postmark' | 'mailgun';
  /** What its reports are checked by: the topic of SES, the hash of Postmark's password, the signing key of Mailgun. */
  secret: string;
  createdAt: EpochMs;
}
