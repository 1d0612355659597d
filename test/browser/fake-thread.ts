import type { Comment, Comments, Thread } from '../../src/contract/types.js';
import type { FakeRoutes } from './fake-routes.js';

const firstReplies = 3;
const levels = 2;

export const comment = (id: string, rest: Partial<Comment> = {}): Comment => ({
  id,
  parentId: null,
  author: { id: `writer-${id}`, name: `Người ${id}`, badges: [] },
  nodes: [{ type: 'paragraph', children: [{ type: 'text', value: rest.text ?? `Ý kiến ${id}` }] }],
  text: `Ý kiến ${id}`,
  createdAt: new Date().toISOString(),
  editedAt: null,
  state: 'visible',
  votes: { up: 0, down: 0 },
  pinned: false,
  featured: false,
  replies: { comments: [], nextCursor: null, total: 0 },
  ...rest,
});

/** A thread that pages as the API does: roots, two levels of first replies, and what leads to an anchor. */
export class FakeThread {
  readonly comments: Comment[] = [];
  readonly thread: Thread = {
    state: 'open',
    closesAt: null,
    question: null,
    rules: { who: 'guest', votes: 'up', editSeconds: 300, maxGraphemes: 300, moderation: 'post' },
  };

  install(api: FakeRoutes): this {
    api
      .on(/^GET page/, ({ query }) => {
        const entry = query.get('parts')!;
        const [, sort = 'best', limit = '20'] = entry.split(':');
        return { parts: { [entry]: this.page(new URLSearchParams({ sort, limit })) } };
      })
      .on(/^GET comments/, ({ query }) => this.page(query));
    return this;
  }

  /** Each a minute younger than the one before. */
  add(id: string, rest: Partial<Comment> = {}): this {
    const createdAt = new Date(Date.UTC(2026, 10, 1, 8, this.comments.length)).toISOString();
    this.comments.push(comment(id, { createdAt, ...rest }));
    return this;
  }

  /** A chain in which each one answers the one before. */
  chain(...ids: string[]): this {
    ids.forEach((id, index) => this.add(id, { parentId: ids[index - 1] ?? null }));
    return this;
  }

  page(query: URLSearchParams): Comments {
    const parent = query.get('parent');
    const limit = Number(query.get('limit') ?? 20);
    const list = this.comments.filter(({ parentId }) => parentId === parent);
    if (!parent && query.get('sort') === 'newest') list.reverse();
    const way = this.#wayTo(query.get('anchor'));
    const at = list.findIndex(({ id }) => id === way[0]);
    const cursor = query.get('cursor');
    let from = Number(cursor?.replace('before-', '') ?? Math.max(0, at - Math.floor(limit / 2)));
    let until = from + limit;
    if (cursor?.startsWith('before-')) [from, until] = [Math.max(0, from - limit), from];
    return {
      comments: list.slice(from, until).map((root) => this.#withReplies(root, levels, way)),
      prevCursor: from > 0 ? `before-${from}` : null,
      nextCursor: until < list.length ? `${until}` : null,
      total: this.comments.filter(({ state }) => state === 'visible').length,
      thread: this.thread,
      version: 1,
    };
  }

  #withReplies(one: Comment, deeper: number, way: readonly string[]): Comment {
    const all = this.comments.filter(({ parentId }) => parentId === one.id);
    const first = deeper ? all.slice(0, firstReplies) : [];
    const shown = all.filter((reply) => first.includes(reply) || way.includes(reply.id));
    return {
      ...one,
      replies: {
        comments: shown.map((reply) => this.#withReplies(reply, Math.max(0, deeper - 1), way)),
        nextCursor: first.length < all.length ? `${first.length}` : null,
        total: all.length,
      },
    };
  }

  #wayTo(anchor: string | null): string[] {
    const way: string[] = [];
    for (let at = anchor; at; at = this.comments.find(({ id }) => id === at)?.parentId ?? null) way.unshift(at);
    return way;
  }
}
