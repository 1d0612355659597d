import type { Comment, Comments, CommentVoted, Me, Thread } from '../../contract/types.js';

export type Vote = CommentVoted['value'];

/** A thread as one reader sees it: the pages fetched so far, and what is the reader's own among them. */
export class Conversation {
  readonly thread: Thread;
  readonly roots: Comment[] = [];
  total: number;
  nextCursor: string | null = null;
  /** The reader's votes, by comment. */
  readonly votes = new Map<string, Vote>();
  readonly #comments = new Map<string, Comment>();
  readonly #own = new Set<string>();

  constructor(page: Comments) {
    this.thread = page.thread;
    this.total = page.total;
    this.append(page);
  }

  find(id: string): Comment | undefined {
    return this.#comments.get(id);
  }

  isOwn({ id, author }: Comment, readerId?: string): boolean {
    return this.#own.has(id) || (!!author.id && author.id === readerId);
  }

  /** Adds the next page of roots, or of a comment's replies, and says which are new. */
  append({ comments, nextCursor }: Pick<Comments, 'comments' | 'nextCursor'>, parent?: Comment): Comment[] {
    const list = parent ? parent.replies.comments : this.roots;
    const fresh = comments.filter(({ id }) => !this.#comments.has(id));
    list.push(...fresh);
    fresh.forEach((comment) => this.#know(comment));
    if (parent) parent.replies.nextCursor = nextCursor;
    else this.nextCursor = nextCursor;
    return fresh;
  }

  /** Puts a comment of the reader's where it belongs: over what it was, else first of all, else last of its replies. */
  put(comment: Comment): void {
    this.#own.add(comment.id);
    const known = this.#comments.get(comment.id);
    if (known) {
      this.total += Number(comment.state === 'visible') - Number(known.state === 'visible');
      // A change answers without the replies that are here already.
      Object.assign(known, comment, { replies: known.replies });
      return;
    }
    const parent = comment.parentId === null ? undefined : this.#comments.get(comment.parentId);
    if (parent) parent.replies.comments.push(comment);
    else if (comment.parentId === null) this.roots.unshift(comment);
    // A reply to what is not fetched yet comes with it.
    else return;
    if (comment.state === 'visible') {
      this.total++;
      if (parent) parent.replies.total++;
    }
    this.#know(comment);
  }

  /** Takes in what is the reader's: comments that nobody else sees yet or that an aged copy lacks, and votes. */
  overlay({ own, votes }: Me): void {
    for (const comment of [...own].sort((a, b) => (a.createdAt < b.createdAt ? -1 : 1))) this.put(comment);
    for (const [id, value] of Object.entries(votes)) {
      this.votes.set(id, value);
      const counted = this.#comments.get(id)?.votes;
      if (counted) counted[value > 0 ? 'up' : 'down'] ||= 1;
    }
  }

  /** Counts a vote before the API has; what it answers, or what was, may follow by {@link settle}. */
  vote(id: string, value: Vote): { votes: Comment['votes']; value: Vote } {
    const comment = this.#comments.get(id)!;
    const before = { votes: comment.votes, value: this.votes.get(id) ?? 0 };
    const { up, down } = comment.votes;
    const change = (side: 1 | -1) => Number(value === side) - Number(before.value === side);
    this.settle(id, { votes: { up: Math.max(0, up + change(1)), down: Math.max(0, down + change(-1)) }, value });
    return before;
  }

  settle(id: string, { votes, value }: { votes: Comment['votes']; value: Vote }): void {
    const comment = this.#comments.get(id);
    if (comment) comment.votes = votes;
    this.votes.set(id, value);
  }

  #know(comment: Comment): void {
    this.#comments.set(comment.id, comment);
    comment.replies.comments.forEach((reply) => this.#know(reply));
  }
}
