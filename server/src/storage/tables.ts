import type { Generated } from 'kysely';

/**
 * Every table, as Kysely sees it.
 *
 * One portable subset serves SQLite and PostgreSQL: ids are UUIDv7 text, times are milliseconds since 1970,
 * flags are 0 or 1, and columns named `…Json` hold JSON text. So one query code runs on both.
 */
export interface Tables {
  sites: SiteRow;
  readers: ReaderRow;
  stories: StoryRow;
  story_aliases: StoryAliasRow;
  story_reads: StoryReadsRow;
  polls: PollRow;
  poll_choices: PollChoiceRow;
  reaction_votes: ReactionVoteRow;
  reaction_tallies: ReactionTallyRow;
  threads: ThreadRow;
  comments: CommentRow;
  thread_orders: ThreadOrderRow;
  thread_order_ids: ThreadOrderIdsRow;
  comment_revisions: CommentRevisionRow;
  comment_reports: CommentReportRow;
  reader_mutes: ReaderMuteRow;
  comment_votes: CommentVoteRow;
  newsletters: NewsletterRow;
  consent_texts: ConsentTextRow;
  subscription_requests: SubscriptionRequestRow;
  subscriptions: SubscriptionRow;
  subscription_tokens: SubscriptionTokenRow;
  consent_events: ConsentEventRow;
  mails: MailRow;
}

export type Flag = 0 | 1;
/** Milliseconds since 1970, UTC. */
export type Millis = number;

export interface SiteRow {
  id: string;
  name: string;
  lang: string;
  originsJson: string;
  settingsJson: string;
  serverKeyHash: string | null;
  createdAt: Millis;
}

export interface ReaderRow {
  id: string;
  siteId: string;
  name: string;
  kind: 'guest' | 'email' | 'signed-on';
  verified: Flag;
  badgesJson: string;
  createdAt: Millis;
  erasedAt: Millis | null;
}

export interface StoryRow {
  id: string;
  siteId: string;
  /** The canonical story key: the publisher's id or a URL. */
  key: string;
  url: string;
  /** Null for a story that a reader's write made known before its publisher did. */
  title: string | null;
  publishedAt: Millis | null;
  summary: string | null;
  imageJson: string | null;
  section: string | null;
  kicker: string | null;
  byline: string | null;
  kind: string;
  durationSec: number | null;
  access: string | null;
  sponsorJson: string | null;
  lang: string | null;
  dontMiss: Flag;
  createdAt: Millis;
  updatedAt: Millis;
}

export interface StoryAliasRow {
  siteId: string;
  key: string;
  storyId: string;
}

/** An exponentially decaying counter: `value` as it stood at `at`. */
export interface StoryReadsRow {
  storyId: string;
  value: number;
  at: Millis;
  total: number;
}

export interface PollRow {
  siteId: string;
  id: string;
  questionJson: string;
  multiple: Flag;
  results: 'always' | 'after-voting' | 'after-closing';
  state: 'open' | 'closed' | 'frozen';
  opensAt: Millis | null;
  closesAt: Millis | null;
  /** The only story it stands on. */
  storyId: string | null;
}

export interface PollChoiceRow {
  siteId: string;
  pollId: string;
  id: string;
  labelJson: string;
  icon: string;
  position: number;
  retired: Flag;
}

export interface ReactionVoteRow {
  storyId: string;
  pollId: string;
  readerId: string;
  choicesJson: string;
  changedAt: Millis;
  /** How well its reader was known when they voted. */
  confidence: 'guest' | 'email' | 'signed-on';
  /** Of the page that was voted on. */
  origin: string | null;
}

export interface ReactionTallyRow {
  storyId: string;
  pollId: string;
  countsJson: string;
  voters: number;
  version: number;
  /** Since when votes are paused for a review, and why. */
  frozenAt: Millis | null;
  frozenWhy: string | null;
}

export interface ThreadRow {
  storyId: string;
  state: 'open' | 'closed' | 'read-only';
  closesAt: Millis | null;
  question: string | null;
  total: number;
  version: number;
}

export interface CommentRow {
  id: string;
  siteId: string;
  storyId: string;
  parentId: string | null;
  rootId: string;
  depth: number;
  authorId: string;
  text: string;
  nodesJson: string;
  state: 'visible' | 'pending' | 'rejected' | 'removed' | 'deleted';
  /** Codes of why it waits, for its writer. */
  reasonsJson: string | null;
  /** The same with what was found, for moderators. */
  findingsJson: string | null;
  /** When a moderator last let it be shown, as it stands. */
  decidedAt: Millis | null;
  /** When it last became another than it was written: edited, voted on, decided on. */
  changedAt: Millis | null;
  createdAt: Millis;
  editedAt: Millis | null;
  up: number;
  down: number;
  /** What `best` sorts by; written when a vote changes it. */
  score: number;
  /** Direct replies that are visible. */
  replies: number;
  pinned: Flag;
  featured: Flag;
  /** Of the request that wrote it, by the writer's own choice; forgotten after some weeks. */
  idempotencyKey: string | null;
  /** Of what that request asked for. */
  requestHash: string | null;
}

/** A version of the order of a thread's roots: see comments/orders.ts. */
export interface ThreadOrderRow {
  storyId: string;
  sort: 'best' | 'discussed';
  version: number;
  /** The thread's own version that it was made of. */
  threadVersion: number;
  /** How many roots. */
  length: number;
  /** The youngest root when it was made. */
  newestAt: Millis;
  newestId: string;
  madeAt: Millis;
  supersededAt: Millis | null;
}

export interface ThreadOrderIdsRow {
  storyId: string;
  sort: ThreadOrderRow['sort'];
  version: number;
  part: number;
  /** By what the first of these roots was sorted. */
  firstValue: number;
  firstId: string;
  /** A hundred ids, one after the other. */
  ids: string;
}

/** What a comment said before it was edited, as it was shown. */
export interface CommentRevisionRow {
  commentId: string;
  number: number;
  text: string;
  nodesJson: string;
  writtenAt: Millis;
}

export interface CommentReportRow {
  commentId: string;
  readerId: string;
  reason: string;
  note: string | null;
  createdAt: Millis;
}

/** Whom a reader does not want to see. */
export interface ReaderMuteRow {
  readerId: string;
  mutedId: string;
  createdAt: Millis;
}

export interface CommentVoteRow {
  commentId: string;
  readerId: string;
  value: 1 | -1;
  changedAt: Millis;
}

export interface NewsletterRow {
  siteId: string;
  id: string;
  nameJson: string;
  descriptionJson: string;
  frequencyJson: string;
  position: number;
}

/** Never changed once written: a new wording is a new row. */
export interface ConsentTextRow {
  id: string;
  siteId: string;
  newsletterId: string;
  textJson: string;
  createdAt: Millis;
}

/** What was answered with "check your inbox" and waits to be looked at; gone once it was. */
export interface SubscriptionRequestRow {
  id: string;
  siteId: string;
  emailKey: string;
  email: string;
  /** The lists asked for, each with the consent text agreed to. */
  listsJson: string;
  lang: string;
  method: 'widget' | 'form';
  createdAt: Millis;
}

export interface SubscriptionRow {
  id: string;
  siteId: string;
  newsletterId: string;
  /** Lower-case, NFC, domain in ASCII: what makes two spellings one address. */
  emailKey: string;
  email: string;
  lang: string;
  state: 'pending' | 'confirmed' | 'unsubscribed';
  createdAt: Millis;
  changedAt: Millis;
}

export interface SubscriptionTokenRow {
  tokenHash: string;
  purpose: 'confirm' | 'unsubscribe' | 'manage';
  siteId: string;
  emailKey: string;
  newslettersJson: string;
  codeHash: string | null;
  tries: Generated<number>;
  createdAt: Millis;
  expiresAt: Millis | null;
  usedAt: Millis | null;
}

export interface ConsentEventRow {
  id: string;
  siteId: string;
  newsletterId: string;
  emailHash: string;
  type: 'requested' | 'confirmed' | 'unsubscribed';
  method: 'widget' | 'code' | 'link' | 'one-click' | 'form';
  consentTextId: string | null;
  lang: string;
  at: Millis;
}

export interface MailRow {
  id: string;
  siteId: string;
  kind: string;
  toAddress: string;
  messageJson: string;
  createdAt: Millis;
  /** When to try next; null once sent or given up. */
  dueAt: Millis | null;
  tries: Generated<number>;
  sentAt: Millis | null;
}
