import type { commentSorts } from 'afterword/contract';
import type { EpochMs } from '../time.js';
import type {
  BounceSourceRow,
  ConsentEventRow,
  ConsentTextRow,
  MailRow,
  NewsletterRow,
  SubscriptionRequestRow,
  SubscriptionRow,
  SubscriptionTokenRow,
  SuppressionRow,
} from './newsletter-tables.js';
import type { WebhookDeliveryRow, WebhookRow } from './webhook-tables.js';

export type * from './newsletter-tables.js';
export type * from './webhook-tables.js';

/**
 * The types of all tables.
 *
 * They use the subset that SQLite and PostgreSQL share: ids are UUIDv7 text, times are milliseconds since 1970, flags are
 * 0 or 1, and columns named `…Json` hold JSON text.
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
  suppressions: SuppressionRow;
  bounce_sources: BounceSourceRow;
  webhooks: WebhookRow;
  webhook_deliveries: WebhookDeliveryRow;
  limit_counters: LimitCounterRow;
  leases: LeaseRow;
  metadata: MetadataRow;
  migration_compatibility: MigrationCompatibilityRow;
}

/** Events that are limited, counted in a window of time by a key. Keys contain hashes only. */
export interface LimitCounterRow {
  key: string;
  count: number;
  /** The start of the window. */
  since: EpochMs;
  /** The time of the last event. */
  lastAt: EpochMs;
  /** The end of the window, after which the row is deleted. */
  expiresAt: EpochMs;
}

/** Work that one process of the cluster does at a time. */
export interface LeaseRow {
  name: string;
  holder: string | null;
  expiresAt: EpochMs;
  /** The time when the work was last done. */
  doneAt: EpochMs;
}

/** A boolean column, as both databases can store it. */
export type Flag = 0 | 1;

export interface SiteRow {
  id: string;
  name: string;
  lang: string;
  originsJson: string;
  settingsJson: string;
  serverKeyHash: string | null;
  /** The key before, valid until a time. */
  previousServerKeyHash: string | null;
  previousServerKeyUntil: EpochMs | null;
  /** Set while the rows of the site are deleted. Servers no longer know the site. */
  removedAt: EpochMs | null;
  createdAt: EpochMs;
}

export interface ReaderRow {
  id: string;
  siteId: string;
  name: string;
  /** A new name that is held for a moderator, since when, and the reasons. */
  pendingName: string | null;
  pendingNameAt: EpochMs | null;
  pendingNameFindingsJson: string | null;
  /** The last new name, where a moderator has rejected it. */
  rejectedName: string | null;
  /** The number of names that were held. Decisions name the one they read. */
  nameRevision: number;
  kind: 'guest' | 'email' | 'signed-on';
  verified: Flag;
  badgesJson: string;
  createdAt: EpochMs;
  erasedAt: EpochMs | null;
}

export interface StoryRow {
  id: string;
  siteId: string;
  /** The canonical story key: the publisher's id or a URL. */
  key: string;
  url: string;
  /** Null for a story that a reader's write created before its publisher sent it. */
  title: string | null;
  publishedAt: EpochMs | null;
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
  createdAt: EpochMs;
  updatedAt: EpochMs;
}

export interface StoryAliasRow {
  siteId: string;
  key: string;
  storyId: string;
}

/** An exponentially decaying counter, whose `value` is that at the time `at`. */
export interface StoryReadsRow {
  storyId: string;
  value: number;
  at: EpochMs;
  /** Reads without repeats: one of a network in a day. */
  total: number;
}

export interface PollRow {
  siteId: string;
  id: string;
  questionJson: string;
  multiple: Flag;
  results: 'always' | 'after-voting' | 'after-closing';
  state: 'open' | 'closed' | 'frozen';
  opensAt: EpochMs | null;
  closesAt: EpochMs | null;
  /** The only story that has the poll, or null for all stories of the site. */
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
  changedAt: EpochMs;
  /** The kind of the reader at the time of the vote. */
  confidence: 'guest' | 'email' | 'signed-on';
  /** The origin of the page that sent the vote. */
  origin: string | null;
}

export interface ReactionTallyRow {
  storyId: string;
  pollId: string;
  countsJson: string;
  voters: number;
  version: number;
  /** The time when votes were paused for a review, and the reason. */
  frozenAt: EpochMs | null;
  frozenWhy: string | null;
}

export interface ThreadRow {
  storyId: string;
  state: 'open' | 'closed' | 'read-only';
  closesAt: EpochMs | null;
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
  /** Codes of the reasons for a hold, for the writer. */
  reasonsJson: string | null;
  /** The same reasons with details, for moderators. */
  findingsJson: string | null;
  /** Grows with every edit. Decisions name the one they read. */
  revision: number;
  /** The time of a moderator's last approval of this text. */
  decidedAt: EpochMs | null;
  /** The time of the last edit, vote or decision, read by servers of the version before. Null for a comment that was only written. */
  changedAt: EpochMs | null;
  /** The version of the thread that its last change has made. */
  version: number;
  /** The version of the thread since which it is visible, or was. Null for a comment that never was. */
  visibleSince: number | null;
  createdAt: EpochMs;
  editedAt: EpochMs | null;
  up: number;
  down: number;
  /** The sort value of `best`, updated by votes. */
  score: number;
  /** The number of visible direct replies. */
  replies: number;
  pinned: Flag;
  featured: Flag;
  /** The idempotency key of the request that wrote it. Purged after 30 days. */
  idempotencyKey: string | null;
  /** The hash of that request's content. */
  requestHash: string | null;
  /** The origin of the page that sent it. Null for programs, and for comments of versions before. */
  origin: string | null;
}

/** A version of the order of a thread's roots: see comments/reading/sort-orders.ts. */
export interface ThreadOrderRow {
  storyId: string;
  sort: (typeof commentSorts)[number];
  version: number;
  /** The version of the thread that it was made from. */
  threadVersion: number;
  /** The number of roots. */
  length: number;
  /** The newest root when it was made. */
  newestAt: EpochMs;
  newestId: string;
  madeAt: EpochMs;
  supersededAt: EpochMs | null;
}

export interface ThreadOrderIdsRow {
  storyId: string;
  sort: ThreadOrderRow['sort'];
  version: number;
  part: number;
  /** The sort value of the first of these roots. */
  firstValue: number;
  firstId: string;
  /** A hundred concatenated ids. */
  ids: string;
}

/** An earlier text of an edited comment. */
export interface CommentRevisionRow {
  commentId: string;
  number: number;
  text: string;
  nodesJson: string;
  writtenAt: EpochMs;
}

export interface CommentReportRow {
  commentId: string;
  readerId: string;
  reason: string;
  note: string | null;
  /** The keyed hash of the reporter's network, different for each comment. Null in reports of earlier versions. */
  networkHash: string | null;
  createdAt: EpochMs;
}

/** A reader whose comments another reader hides. */
export interface ReaderMuteRow {
  readerId: string;
  mutedId: string;
  createdAt: EpochMs;
}

export interface CommentVoteRow {
  commentId: string;
  readerId: string;
  value: 1 | -1;
  changedAt: EpochMs;
}

/** A fact about the database as a whole. */
export interface MetadataRow {
  /** `secret-checks`: see ops/secret-check.ts. `demo`: set where the data is that of a demo, see demo/mark.ts. */
  name: 'secret-checks' | 'write-probe' | 'demo';
  value: string;
}

/** An executed migration that servers of an earlier version can run with. */
export interface MigrationCompatibilityRow {
  migration: string;
  /** The migration that a server must know. */
  compatibleWith: string;
}
