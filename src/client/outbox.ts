import type { Comment, CommentAnswer, HeldChoice, Reacted } from '../contract/types.js';
import { memoize } from './memoize.js';
import {
  type Queued,
  type QueuedComment,
  type QueuedVote,
  type QueuedWrite,
  readQueuedWrites,
} from './queued-write.js';
import { type ApiError, isRefusal } from './request.js';
import type { Site } from './site.js';
import { StoryClient } from './story-client.js';

const minRetryMs = 5000;
const maxRetryMs = 5 * 60_000;

/** Returns the outbox of a site, one for all its stories. Creating it sends what is queued. */
export const outboxOf = memoize((site: Site) => new Outbox(site));

/**
 * Durable queue of comments and votes. A write is stored before it is sent and removed once the API has accepted or
 * refused it, so it survives a lost connection, a closed tab and a restart of the browser. Transient failures are
 * retried with backoff and when the browser is online again. One tab sends at a time, and only in the name of the
 * reader who made the write.
 *
 * Publishes the topics of {@link StoryClient}: the queued comments on every change, a comment that is sent after its first
 * failure, and the API's answers to votes.
 */
export class Outbox {
  readonly #site: Site;
  /** Comments whose first attempt is under way: not shown as queued yet. */
  readonly #firstAttempts = new Set<string>();
  /** Votes that have a delivery in this tab. */
  readonly #deliveries = new Set<string>();
  #isSendingComments = false;
  /** Stories that have had a queued comment. */
  readonly #stories = new Set<string>();
  #reader?: string | undefined;

  constructor(site: Site) {
    this.#site = site;
    this.#reader = readerIdOf(site.token);
    addEventListener('online', () => this.#sendQueued());
    addEventListener('storage', ({ key }) => key === site.outboxKey && this.#publish());
    site.onReaderChange(() => this.#onReaderChange(), new AbortController().signal);
    this.#sendQueued();
  }

  /** Returns the queued comments of a story, oldest first. */
  queuedComments(story: string): QueuedComment[] {
    return this.#comments.filter((comment) => comment.story === story && !this.#firstAttempts.has(comment.key));
  }

  /**
   * Stores a comment and sends it.
   *
   * @throws ApiError where that fails. An `unreachable` comment stays queued; a refused one is removed.
   */
  async postComment(post: Pick<QueuedComment, 'story' | 'parentId' | 'text' | 'mentions' | 'name'>): Promise<Comment> {
    const comment: QueuedComment = { ...post, kind: 'comment', ...this.#newWrite() };
    this.#firstAttempts.add(comment.key);
    this.#store([...this.#writes, comment]);
    try {
      return await this.#exclusively('comment', () => this.#sendComment(comment));
    } catch (error) {
      if (isRefusal(error)) this.discard(comment.key);
      else void this.#sendComments(error as ApiError);
      throw error;
    } finally {
      this.#firstAttempts.delete(comment.key);
      this.#publish();
    }
  }

  /** Returns the queued vote of this reader in a poll. */
  queuedVote(story: string, poll: string): QueuedVote | undefined {
    return this.#votes.find((vote) => vote.story === story && vote.poll === poll && this.#isOwn(vote));
  }

  /**
   * Stores a vote in place of an earlier one of the same poll, and sends it, however long that takes.
   *
   * @param onDelay called when the API cannot be reached: the vote waits for the next attempt
   * @returns the API's answer; undefined where a later vote took its place or another tab has sent it
   * @throws ApiError where the API refuses the vote
   */
  castVote(story: string, poll: string, choice: HeldChoice, onDelay?: () => void): Promise<Reacted | undefined> {
    const vote: QueuedVote = { kind: 'vote', story, poll, choice, ...this.#newWrite() };
    const earlier = this.queuedVote(story, poll);
    this.#store([...this.#writes.filter((write) => write.key !== earlier?.key), vote]);
    return this.#deliverVote(vote.key, onDelay);
  }

  /** Removes a write before it is sent. */
  discard(key: string): void {
    this.#store(this.#writes.filter((write) => write.key !== key));
  }

  /** Starts to send what is queued for this reader and not under way yet. */
  #sendQueued(): void {
    void this.#sendComments();
    for (const { key } of this.#votes.filter((vote) => this.#isOwn(vote) && !this.#deliveries.has(vote.key)))
      this.#deliverVote(key).catch(() => undefined);
  }

  /** Sends queued comments, oldest first, until all are sent or refused. */
  async #sendComments(failure?: ApiError): Promise<void> {
    if (this.#isSendingComments) return;
    this.#isSendingComments = true;
    let error = failure;
    for (let attempt = 0; ; attempt++) {
      if (error) await this.#waitForRetry(attempt, error.retryAfterMs);
      error = await this.#exclusively('comment', () => this.#sendEachComment());
      if (!error) break;
    }
    this.#isSendingComments = false;
  }

  /** @returns the transient error that stopped it */
  async #sendEachComment(): Promise<ApiError | undefined> {
    for (const { key } of this.#comments) {
      // Another tab or its writer may have removed it meanwhile.
      const comment = this.#comments.find((other) => other.key === key);
      if (!comment || comment.refused || this.#firstAttempts.has(key) || !this.#isOwn(comment)) continue;
      try {
        this.#clientFor(comment.story).publish('comment-sent', await this.#sendComment(comment));
      } catch (error) {
        if (isTransient(error)) return error;
        const refused = (error as ApiError).code;
        this.#store(this.#writes.map((write) => (write.key === key ? { ...comment, refused } : write)));
      }
    }
    return undefined;
  }

  async #sendComment({ key, story, parentId, text, mentions, name }: QueuedComment): Promise<Comment> {
    const client = this.#clientFor(story);
    if (name) await client.write('PATCH', 'readers/me', { body: { name } });
    const body = { story, parentId, text, mentions };
    const { comment } = await client.write<CommentAnswer>('POST', 'comments', {
      body,
      idempotencyKey: key,
      expects: 'comment',
    });
    this.discard(key);
    return comment;
  }

  async #deliverVote(key: string, onDelay?: () => void): Promise<Reacted | undefined> {
    this.#deliveries.add(key);
    try {
      for (let attempt = 0; ; attempt++) {
        try {
          return await this.#exclusively('vote', () => this.#sendVote(key));
        } catch (error) {
          // The reader who has just acted is told that it was too fast; a vote that has waited can wait longer.
          if (!isTransient(error) || (!attempt && isRefusal(error))) {
            this.discard(key);
            throw error;
          }
          onDelay?.();
          await this.#waitForRetry(attempt, error.retryAfterMs);
        }
      }
    } finally {
      this.#deliveries.delete(key);
    }
  }

  async #sendVote(key: string): Promise<Reacted | undefined> {
    const vote = this.#votes.find((other) => other.key === key);
    if (!vote || !this.#isOwn(vote)) return undefined;
    const { story, poll, choice } = vote;
    const client = this.#clientFor(story);
    const reacted = choice?.length
      ? await client.write<Reacted>('PUT', 'reactions', { body: { story, poll, choice }, expects: 'poll' })
      : await client.write<Reacted>('DELETE', 'reactions', { query: { story, poll }, expects: 'poll' });
    this.discard(key);
    client.publish(`vote:${poll}`, reacted);
    return reacted;
  }

  /** Runs while no other tab sends a write of the same kind. */
  async #exclusively<T>(kind: QueuedWrite['kind'], send: () => Promise<T>): Promise<T> {
    let hasStarted = false;
    const start = () => {
      hasStarted = true;
      return send();
    };
    if (!('locks' in navigator)) return start();
    return navigator.locks.request(`${this.#site.outboxKey} ${kind}`, start).catch((error: unknown) => {
      // A sandboxed frame is refused the lock.
      if (hasStarted) throw error;
      return start();
    });
  }

  /** Waits with exponential backoff; ends early when the browser is online again or another reader signs in. */
  async #waitForRetry(attempt: number, minMs = 0): Promise<void> {
    const backoffMs = Math.min(maxRetryMs, minRetryMs * 2 ** attempt) * (0.5 + Math.random() / 2);
    const end = new AbortController();
    await new Promise<void>((resolve) => {
      setTimeout(resolve, Math.max(minMs, backoffMs));
      addEventListener('online', () => resolve(), end);
      this.#site.onReaderChange(resolve, end.signal);
    });
    end.abort();
  }

  /** Moves the writes of a guest along to the reader who signs in, and sends what that reader has queued. */
  #onReaderChange(): void {
    const before = this.#reader;
    const reader = (this.#reader = readerIdOf(this.#site.token));
    if (before && reader)
      this.#store(
        this.#writes.map((write) =>
          write.isGuest && write.reader === before ? { ...write, reader, isGuest: false } : write,
        ),
      );
    this.#sendQueued();
  }

  #isOwn({ reader }: QueuedWrite): boolean {
    return !reader || reader === readerIdOf(this.#site.token);
  }

  #newWrite(): Pick<Queued, 'key' | 'reader' | 'isGuest'> {
    this.#reader = readerIdOf(this.#site.token);
    return { key: newKey(), reader: this.#reader, isGuest: this.#site.reader?.isGuest };
  }

  get #writes(): readonly QueuedWrite[] {
    return readQueuedWrites(this.#site.storage, this.#site.outboxKey);
  }

  get #comments(): QueuedComment[] {
    return this.#writes.filter((write) => write.kind === 'comment');
  }

  get #votes(): QueuedVote[] {
    return this.#writes.filter((write) => write.kind === 'vote');
  }

  #store(writes: readonly QueuedWrite[]): void {
    this.#site.storage.set(this.#site.outboxKey, writes.length ? writes : undefined);
    this.#publish();
  }

  #clientFor(story: string): StoryClient {
    return new StoryClient(this.#site, story);
  }

  #publish(): void {
    for (const { story } of this.#comments) this.#stories.add(story);
    for (const story of this.#stories) this.#clientFor(story).publish('queued-comments', this.queuedComments(story));
  }
}

/** Returns true where the same write may succeed later; a chunk of code that fails to load counts as well. */
function isTransient(error: unknown): error is ApiError {
  return !isRefusal(error) || (error as ApiError).transient;
}

/** Returns a random key that starts with the time: keys made together are neighbours in an index of the API. */
function newKey(): string {
  const random = crypto.getRandomValues(new Uint8Array(16));
  return `${Date.now().toString(36)}-${[...random].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}

/** Returns the reader's id. Reads it from the token, which only the API can verify. */
function readerIdOf(token: string | undefined): string | undefined {
  try {
    const [, claims = ''] = token!.split('.');
    return (JSON.parse(atob(claims.replace(/-/g, '+').replace(/_/g, '/'))) as { sub?: string }).sub;
  } catch {
    return undefined;
  }
}
