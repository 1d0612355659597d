import type { Author, Comment, CommentHistory, Comments, Thread } from '../contract/types.js';
import { createComment, createThread, toNodes } from './fixtures.js';

type Revision = CommentHistory['revisions'][number];

const maxFirstReplies = 3;
/** Levels of replies that a page of roots holds. */
const maxLevels = 2;

/** A thread that pages as the API does: roots, two levels of first replies, and the ancestors of an anchor. */
export class InMemoryThread {
  /** All comments, in the order of their sort `best`. */
  readonly comments: Comment[] = [];
  settings: Thread = createThread();
  version = 1;
  readonly #revisions = new Map<string, Revision[]>();

  /** Adds a comment, a minute younger than the one before. */
  add(id: string, overrides: Partial<Comment> = {}): this {
    const createdAt = new Date(Date.UTC(2026, 10, 1, 8, this.comments.length)).toISOString();
    this.comments.push(createComment(id, { createdAt, ...overrides }));
    return this;
  }

  /** Adds comments, each a reply to the one before. */
  addChain(...ids: string[]): this {
    ids.forEach((id, index) => this.add(id, { parentId: ids[index - 1] ?? null }));
    return this;
  }

  clear(): void {
    this.comments.length = 0;
  }

  get(id: string | undefined): Comment | undefined {
    return this.comments.find((comment) => comment.id === id);
  }

  /** Stores a comment with the current time. Pages do not include a held one. */
  post(id: string, text: string, author: Author, parentId: string | null = null): Comment {
    const isHeld = this.settings.rules.moderation === 'pre';
    const state: Partial<Comment> = isHeld ? { state: 'pending', reasons: ['guest'] } : {};
    const comment = createComment(id, { text, author, parentId, ...state });
    if (!isHeld) this.comments.push(comment);
    this.version++;
    return comment;
  }

  /** Replaces the text of a comment and keeps the earlier one in its history. */
  edit(comment: Comment, text: string): Comment {
    const at = new Date().toISOString();
    this.#revisions.set(comment.id, [...this.revisions(comment), { text, nodes: toNodes(text), at }]);
    return this.#change(comment, { text, nodes: toNodes(text), editedAt: at });
  }

  /** Leaves the comment as a placeholder, as the API does. */
  remove(comment: Comment): Comment {
    return this.#change(comment, {
      state: 'deleted',
      text: '',
      nodes: [],
      author: { id: '', name: '', badges: [] },
    });
  }

  /** Replaces a reader's earlier vote. */
  vote(comment: Comment, value: number, earlier: number): Comment {
    const count = (direction: number) => Number(value === direction) - Number(earlier === direction);
    const { up, down } = comment.votes;
    return this.#change(comment, { votes: { up: up + count(1), down: down + count(-1) } });
  }

  /** Returns the texts of a comment, the oldest first. */
  revisions({ id, text, nodes, createdAt }: Comment): Revision[] {
    return this.#revisions.get(id) ?? [{ text, nodes, at: createdAt }];
  }

  /** Returns what `GET /comments` answers. */
  page(query: URLSearchParams): Comments {
    const parent = query.get('parent');
    const limit = Number(query.get('limit') ?? 20);
    const siblings = this.comments.filter(({ parentId }) => parentId === parent);
    if (!parent && query.get('sort') === 'newest') siblings.reverse();
    const path = this.#pathTo(query.get('anchor'));
    const anchorIndex = siblings.findIndex(({ id }) => id === path[0]);
    const cursor = query.get('cursor');
    let start = Number(cursor?.replace('before-', '') ?? Math.max(0, anchorIndex - Math.floor(limit / 2)));
    let end = start + limit;
    if (cursor?.startsWith('before-')) [start, end] = [Math.max(0, start - limit), start];
    return {
      comments: siblings.slice(start, end).map((root) => this.#withReplies(root, maxLevels, path)),
      prevCursor: start > 0 ? `before-${start}` : null,
      nextCursor: end < siblings.length ? `${end}` : null,
      total: this.comments.filter(({ state }) => state === 'visible').length,
      thread: this.settings,
      version: this.version,
    };
  }

  #change(comment: Comment, changes: Partial<Comment>): Comment {
    const changed = { ...comment, ...changes };
    const index = this.comments.findIndex(({ id }) => id === comment.id);
    if (index >= 0) this.comments[index] = changed;
    this.version++;
    return changed;
  }

  #withReplies(comment: Comment, levels: number, path: readonly string[]): Comment {
    const all = this.comments.filter(({ parentId }) => parentId === comment.id);
    const first = levels ? all.slice(0, maxFirstReplies) : [];
    const included = all.filter((reply) => first.includes(reply) || path.includes(reply.id));
    return {
      ...comment,
      replies: {
        comments: included.map((reply) => this.#withReplies(reply, Math.max(0, levels - 1), path)),
        nextCursor: first.length < all.length ? `${first.length}` : null,
        total: all.length,
      },
    };
  }

  /** Returns the ids from the root to a comment. */
  #pathTo(anchor: string | null): string[] {
    const path: string[] = [];
    for (let id = anchor; id; id = this.get(id)?.parentId ?? null) path.unshift(id);
    return path;
  }
}
