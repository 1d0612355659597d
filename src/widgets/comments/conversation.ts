import type { Comment, Comments, CommentVoted, Me, Thread } from '../../contract/types.js';

export type Vote = CommentVoted['value'];
type Page = Pick<Comments, 'comments' | 'nextCursor'> & Partial<Comments>;

/** A thread as one reader sees it: the pages fetched so far, and what is the reader's own among them. */
export class Conversation {
  thread: Thread;
  readonly roots: Comment[] = [];
  total: number;
  prevCursor: string | null;
  nextCursor: string | null;
  /** Of the thread as the API counts its changes. */
  version: number;
  readonly readAt = Date.now();
  /** The reader's votes, by comment. */
  readonly votes = new Map<string, Vote>();
  /** Whom the reader does not want to read. */
  muted: ReadonlySet<string> = new Set();
  /** When the reader was here before, where that is known. */
  since?: string | undefined;
  /** The roots below which something has changed since they were drawn. */
  readonly touched = new Set<Comment>();
  readonly #comments = new Map<string, Comment>();
  /** Under which comment each one stands; mostly its parent. */
  readonly #holders = new Map<string, Comment>();
  readonly #own = new Set<string>();

  constructor(page: Comments) {
    this.thread = page.thread;
    this.total = page.total;
    this.prevCursor = page.prevCursor;
    this.nextCursor = page.nextCursor;
    this.version = page.version;
    this.append(page);
  }

  find(id: string): Comment | undefined {
    return this.#comments.get(id);
  }

  /** Everything that is here, in no order. */
  get all(): Iterable<Comment> {
    return this.#comments.values();
  }

  /** The comments from the root down to this one. */
  wayTo(id: string): Comment[] {
    const way: Comment[] = [];
    for (let at = this.#comments.get(id); at; at = this.#holders.get(at.id)) way.unshift(at);
    return way;
  }

  /** Whether the reader has written of late. */
  get hasOwn(): boolean {
    return this.#own.size > 0;
  }

  isOwn({ id, author }: Comment, readerId?: string): boolean {
    return this.#own.has(id) || (!!author.id && author.id === readerId);
  }

  /** Whether it was written since the reader's last visit. */
  isNew(comment: Comment, readerId?: string): boolean {
    return !!this.since && comment.createdAt > this.since && !this.isOwn(comment, readerId);
  }

  /** Adds the next page of roots, or of a comment's replies, and says which are new. */
  append({ comments, nextCursor }: Page, parent?: Comment): Comment[] {
    const fresh = this.#merge(comments, parent);
    if (parent) {
      parent.replies.comments.push(...fresh);
      parent.replies.comments.sort(older);
      parent.replies.nextCursor = nextCursor;
    } else {
      this.roots.push(...fresh);
      this.nextCursor = nextCursor;
    }
    return fresh;
  }

  /** Adds the page of roots that stands before those that are here. */
  prepend({ comments, prevCursor }: Comments): Comment[] {
    const fresh = this.#merge(comments);
    this.roots.unshift(...fresh);
    this.prevCursor = prevCursor;
    return fresh;
  }

  /** Puts a comment of the reader's where it belongs. */
  put(comment: Comment): void {
    this.#own.add(comment.id);
    if (this.change(comment)) return;
    this.insert(comment);
  }

  /** Takes over what has changed of a comment that is here, and says whether it is. */
  change(comment: Comment): boolean {
    const known = this.#comments.get(comment.id);
    if (!known) return false;
    this.total += Number(comment.state === 'visible') - Number(known.state === 'visible');
    // A change answers without the replies that are here already.
    Object.assign(known, comment, { replies: known.replies });
    this.#touch(known);
    return true;
  }

  /** Puts a comment that is not here first of all, else last of its replies. */
  insert(comment: Comment, last = false): void {
    const parent = comment.parentId === null ? undefined : this.#comments.get(comment.parentId);
    // A reply to what is not fetched yet comes with it.
    if (this.#comments.has(comment.id) || (comment.parentId && !parent)) return;
    if (parent) parent.replies.comments.push(comment);
    else this.roots[last ? 'push' : 'unshift'](comment);
    if (comment.state === 'visible') {
      this.total++;
      if (parent) parent.replies.total++;
    }
    this.#know(comment, parent);
    this.#touch(comment);
  }

  /** Takes in what is the reader's: comments that nobody else sees yet or that an aged copy lacks, votes, and mutes. */
  overlay({ own, votes, muted }: Me): void {
    for (const comment of [...own].sort(older)) this.put(comment);
    for (const [id, value] of Object.entries(votes)) {
      this.votes.set(id, value);
      const counted = this.#comments.get(id)?.votes;
      if (counted) counted[value > 0 ? 'up' : 'down'] ||= 1;
    }
    this.muted = new Set(muted);
  }

  /** Takes over what a comment's votes are, and the reader's own. */
  settle(id: string, { votes, value }: CommentVoted): void {
    const comment = this.#comments.get(id);
    this.votes.set(id, value);
    if (!comment) return;
    comment.votes = votes;
    this.#touch(comment);
  }

  #touch({ id }: Comment): void {
    const [root] = this.wayTo(id);
    if (root) this.touched.add(root);
  }

  /** What is here already gets what a page has beyond it; answers the rest. */
  #merge(comments: readonly Comment[], holder?: Comment): Comment[] {
    return comments.filter((comment) => {
      const known = this.#comments.get(comment.id);
      if (!known) this.#know(comment, holder);
      else if (known !== comment) {
        known.replies.comments.push(...this.#merge(comment.replies.comments, known));
        known.replies.comments.sort(older);
      }
      return !known;
    });
  }

  #know(comment: Comment, holder?: Comment): void {
    this.#comments.set(comment.id, comment);
    if (holder) this.#holders.set(comment.id, holder);
    const { replies } = comment;
    replies.comments = this.#merge(replies.comments, comment).sort(older);
  }
}

/** The order of replies, whatever that of the thread: as the API has it, whose times are all of one length. */
function older(a: Comment, b: Comment): number {
  return a.createdAt + a.id < b.createdAt + b.id ? -1 : 1;
}
