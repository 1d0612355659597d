import type { Comment, Comments, CommentVoted, Me, Thread } from '../../../contract/types.js';

export type Vote = CommentVoted['value'];
type Page = Pick<Comments, 'comments' | 'nextCursor'> & Partial<Comments>;

/** A thread as one reader sees it: the pages fetched so far, and the reader's own comments, votes and mutes. */
export class ThreadModel {
  settings: Thread;
  readonly roots: Comment[] = [];
  total: number;
  prevCursor: string | null;
  nextCursor: string | null;
  /** The version of the thread that the API has sent last. */
  version: number;
  readonly fetchedAt = Date.now();
  /** The reader's votes, by comment id. */
  readonly votes = new Map<string, Vote>();
  /** Ids of the readers whom the reader has muted. */
  muted: ReadonlySet<string> = new Set();
  /** ISO time of the reader's last visit; undefined where it is unknown. */
  lastVisit?: string | undefined;
  /** Roots with a change, in themselves or below, that has not been rendered. */
  readonly changedRoots = new Set<Comment>();
  readonly #comments = new Map<string, Comment>();
  /** The comment whose replies hold a comment, by id. Mostly its parent. */
  readonly #parents = new Map<string, Comment>();
  readonly #ownIds = new Set<string>();

  constructor(page: Comments) {
    this.settings = page.thread;
    this.total = page.total;
    this.prevCursor = page.prevCursor;
    this.nextCursor = page.nextCursor;
    this.version = page.version;
    this.append(page);
  }

  find(id: string): Comment | undefined {
    return this.#comments.get(id);
  }

  /** Every comment, in no order. */
  get all(): Iterable<Comment> {
    return this.#comments.values();
  }

  /** Returns the comments from the root down to this one. */
  pathTo(id: string): Comment[] {
    const path: Comment[] = [];
    for (let at = this.#comments.get(id); at; at = this.#parents.get(at.id)) path.unshift(at);
    return path;
  }

  /** The reader has written a comment in the last minutes. */
  get hasOwn(): boolean {
    return this.#ownIds.size > 0;
  }

  isOwn({ id, author }: Comment, readerId?: string): boolean {
    return this.#ownIds.has(id) || (!!author.id && author.id === readerId);
  }

  /** Returns true for a comment of others that is newer than the reader's last visit. */
  isNew(comment: Comment, readerId?: string): boolean {
    return !!this.lastVisit && comment.createdAt > this.lastVisit && !this.isOwn(comment, readerId);
  }

  /** Appends the next page of roots, or of a comment's replies. Returns the comments that are new. */
  append({ comments, nextCursor }: Page, parent?: Comment): Comment[] {
    const added = this.#merge(comments, parent);
    if (parent) {
      parent.replies.comments.push(...added);
      parent.replies.comments.sort(byAge);
      parent.replies.nextCursor = nextCursor;
    } else {
      this.roots.push(...added);
      this.nextCursor = nextCursor;
    }
    return added;
  }

  /** Prepends the previous page of roots. Returns the comments that are new. */
  prepend({ comments, prevCursor }: Comments): Comment[] {
    const added = this.#merge(comments);
    this.roots.unshift(...added);
    this.prevCursor = prevCursor;
    return added;
  }

  /** Adds or updates a comment of the reader. */
  putOwn(comment: Comment): void {
    this.#ownIds.add(comment.id);
    if (!this.update(comment)) this.insert(comment);
  }

  /** Updates a comment. Returns false where it is not in the model. */
  update(comment: Comment): boolean {
    const known = this.#comments.get(comment.id);
    if (!known) return false;
    this.total += Number(comment.state === 'visible') - Number(known.state === 'visible');
    // The answer to a change has no replies.
    Object.assign(known, comment, { replies: known.replies });
    this.#markChanged(known);
    return true;
  }

  /** Inserts a new comment: a root at the start, or at the end where `last`; a reply after the other replies. */
  insert(comment: Comment, last = false): void {
    const parent = comment.parentId === null ? undefined : this.#comments.get(comment.parentId);
    // A reply to a comment that is not fetched arrives with its page.
    if (this.#comments.has(comment.id) || (comment.parentId && !parent)) return;
    if (parent) parent.replies.comments.push(comment);
    else this.roots[last ? 'push' : 'unshift'](comment);
    if (comment.state === 'visible') {
      this.total++;
      if (parent) parent.replies.total++;
    }
    this.#add(comment, parent);
    this.#markChanged(comment);
  }

  /** Merges the reader's own state: pending comments, comments that a cached page lacks, votes and mutes. */
  mergeMe({ own, votes, muted }: Me): void {
    for (const comment of [...own].sort(byAge)) this.putOwn(comment);
    for (const [id, value] of Object.entries(votes)) {
      this.votes.set(id, value);
      const counted = this.#comments.get(id)?.votes;
      if (counted) counted[value > 0 ? 'up' : 'down'] ||= 1;
    }
    this.muted = new Set(muted);
  }

  /** Applies a vote before the API has confirmed it. Returns the state before, for a rollback by {@link setVote}. */
  castVote(id: string, value: Vote): CommentVoted {
    const { votes } = this.#comments.get(id)!;
    const before = { votes, value: this.votes.get(id) ?? 0 };
    // Not below zero: the counts may be older than the vote that is taken back.
    const count = (side: 1 | -1, shown: number) =>
      Math.max(0, shown + Number(value === side) - Number(before.value === side));
    this.setVote(id, { votes: { up: count(1, votes.up), down: count(-1, votes.down) }, value });
    return before;
  }

  /** Sets a comment's counts and the reader's vote. */
  setVote(id: string, { votes, value }: CommentVoted): void {
    const comment = this.#comments.get(id);
    this.votes.set(id, value);
    if (!comment) return;
    comment.votes = votes;
    this.#markChanged(comment);
  }

  #markChanged({ id }: Comment): void {
    const [root] = this.pathTo(id);
    if (root) this.changedRoots.add(root);
  }

  /** Adds unknown comments and merges the replies of known ones. Returns the unknown. */
  #merge(comments: readonly Comment[], parent?: Comment): Comment[] {
    return comments.filter((comment) => {
      const known = this.#comments.get(comment.id);
      if (!known) this.#add(comment, parent);
      else if (known !== comment) {
        known.replies.comments.push(...this.#merge(comment.replies.comments, known));
        known.replies.comments.sort(byAge);
      }
      return !known;
    });
  }

  #add(comment: Comment, parent?: Comment): void {
    this.#comments.set(comment.id, comment);
    if (parent) this.#parents.set(comment.id, parent);
    const { replies } = comment;
    replies.comments = this.#merge(replies.comments, comment).sort(byAge);
  }
}

/** Orders replies by age, whatever the sort order of the thread. ISO times of one length compare as strings. */
function byAge(a: Comment, b: Comment): number {
  return a.createdAt + a.id < b.createdAt + b.id ? -1 : 1;
}
