import type { HeldChoice } from '../contract/types.js';
import { isObject } from './json.js';
import type { SafeStorage } from './storage.js';

/** A write that the API does not have yet, as it is stored. */
export interface Queued {
  /** Unique for each write; the Idempotency-Key of a comment. */
  readonly key: string;
  readonly story: string;
  /** Id of the reader who made it; undefined for a browser that had no reader yet. */
  readonly reader?: string | undefined;
  /** That reader was a guest: the write moves along at sign-in. */
  readonly isGuest?: boolean | undefined;
}

export interface QueuedComment extends Queued {
  readonly kind: 'comment';
  readonly parentId?: string | undefined;
  readonly text: string;
  readonly mentions?: readonly string[] | undefined;
  /** The display name that the reader takes with this comment. */
  readonly name?: string | undefined;
  /** Code of the refusal. A refused comment stays until its writer discards it. */
  readonly refused?: string | undefined;
}

export interface QueuedVote extends Queued {
  readonly kind: 'vote';
  readonly poll: string;
  readonly choice: HeldChoice;
}

export type QueuedWrite = QueuedComment | QueuedVote;

/** Returns the stored writes of a key, without what is none. */
export function readQueuedWrites(storage: SafeStorage, key: string): readonly QueuedWrite[] {
  return (storage.get(key, Array.isArray) ?? []).filter(isQueuedWrite);
}

function isQueuedWrite(value: unknown): value is QueuedWrite {
  if (!isObject(value)) return false;
  const { kind, key, story } = value;
  return (kind === 'comment' || kind === 'vote') && !!key && !!story;
}
