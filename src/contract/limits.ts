import { storyKeyBytes } from './story-key.js';

/** What may come in, and how much of it. Imports no library: widgets count with the same numbers. */
export const limits = {
  /** Any JSON body, in bytes. */
  bodyBytes: 64 * 1024,
  /** The body of `PUT /stories`, in bytes. */
  storiesBodyBytes: 5 * 1024 * 1024,
  /** A story key (publisher's id or canonical URL), in UTF-8 bytes. */
  storyKeyBytes,
  /** A comment, in characters as people count them. */
  commentGraphemes: 5000,
  /** A comment, in UTF-8 bytes: one grapheme can hide hundreds of code points. */
  commentBytes: 20_000,
  /** Combining marks kept above or below one letter. Vietnamese needs two. */
  marksPerBase: 4,
  nameGraphemes: 40,
  nameBytes: 400,
  emailBytes: 254,
  /** The most items one page may hold. */
  limit: 100,
  /** Comments on a page when the request does not say. */
  comments: 20,
  /** Replies shown under each root when the request does not say. */
  replies: 3,
  /** People one comment may call by name. */
  mentions: 10,
  /** Readers one may mute. */
  mutes: 1000,
  /** Comments on the way from a root to the one a page is asked around. */
  anchorAncestors: 40,
  /** Stories in a rail when the request does not say. */
  stories: 8,
  /** Stories in one `GET /counts`. */
  countsStories: 100,
  /** Stories one live connection may follow. */
  liveStories: 20,
  /** Parts in one `GET /page`. */
  pageParts: 20,
  /** Signals in one beacon. */
  signals: 50,
  /** Stories in one `PUT /stories`. */
  storiesAtOnce: 1000,
  /** Newsletters in one subscription. */
  lists: 20,
  /** What a poll asks, or one of its choices, in one language. */
  pollWords: 300,
  pollChoices: 64,
  /** An emoji that stands for a choice. */
  iconGraphemes: 2,
  /** Stories in one answer with a poll's results. */
  resultsStories: 1000,
  idempotencyKeyChars: 255,
  idempotencyKeyDays: 30,
  reportNoteGraphemes: 1000,
  cursorBytes: 512,
} as const;
