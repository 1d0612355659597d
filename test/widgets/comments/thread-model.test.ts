import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Comment, Comments, Me } from '../../../src/contract/types.js';
import { ThreadModel } from '../../../src/widgets/comments/model/thread-model.js';
import { answered, comment, pageOf } from './thread.js';

const page = (): Comments => ({
  comments: [
    comment('a', { replies: { comments: [comment('a1', { parentId: 'a' })], nextCursor: 'more-a', total: 3 } }),
    comment('b', { votes: { up: 4, down: 1 } }),
  ],
  prevCursor: null,
  nextCursor: 'next',
  total: 6,
  version: 1,
  thread: {
    state: 'open',
    closesAt: null,
    question: null,
    rules: { who: 'guest', votes: 'up-down', editSeconds: 300, maxGraphemes: 5000, moderation: 'post' },
  },
});

const me = (rest: Partial<Me>): Me => ({
  reader: { id: 'reader', name: 'Lan', kind: 'guest', verified: false, badges: [] },
  reactions: {},
  votes: {},
  own: [],
  muted: [],
  ...rest,
});

let thread: ThreadModel;
const roots = () => thread.roots.map(({ id }) => id).join(' ');
beforeEach(() => (thread = new ThreadModel(page())));

describe('append', () => {
  it('adds a page of roots, each comment once', () => {
    const fresh = thread.append({ comments: [comment('b'), comment('c')], nextCursor: null });
    expect(fresh.map(({ id }) => id)).toEqual(['c']);
    expect(roots()).toBe('a b c');
    expect(thread.nextCursor).toBeNull();
  });

  it('adds a page of replies below their parent', () => {
    const parent = thread.find('a')!;
    thread.append({ comments: [comment('a1'), comment('a2')], nextCursor: null }, parent);
    expect(parent.replies.comments.map(({ id }) => id)).toEqual(['a1', 'a2']);
    expect(parent.replies.nextCursor).toBeNull();
    expect(thread.nextCursor).toBe('next');
  });
});

describe('overlapping pages', () => {
  it('merge into one thread, each comment once and in order', () => {
    const ids = [...'abcdefghij'];
    const tree = (id: string, replies: string[]): Comment =>
      answered(id, ...replies.map((reply) => comment(`${id}${reply}`)));
    const some = fc.uniqueArray(fc.constantFrom(...ids), { minLength: 1 });
    const pages = fc.array(fc.array(fc.tuple(fc.constantFrom(...ids), some)), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(pages, (read) => {
        const thread = new ThreadModel(pageOf([]));
        for (const page of read)
          thread.append(pageOf([...new Map(page).entries()].map(([id, replies]) => tree(id, replies))));
        const seen = new Map<string, Set<string>>();
        for (const [id, replies] of read.flatMap((page) => [...new Map(page).entries()]))
          seen.set(id, new Set([...(seen.get(id) ?? []), ...replies.map((reply) => `${id}${reply}`)]));
        expect(thread.roots.map(({ id }) => id)).toEqual([...seen.keys()]);
        for (const { id, replies } of thread.roots) {
          expect(replies.comments.map((reply) => reply.id)).toEqual([...seen.get(id)!].sort());
          for (const reply of replies.comments)
            expect(thread.pathTo(reply.id).map((one) => one.id)).toEqual([id, reply.id]);
        }
      }),
    );
  });

  it('are inserted before the existing roots by prepend', () => {
    const fresh = thread.prepend(pageOf([comment('x'), comment('a')], { prevCursor: 'up' }));
    expect(fresh.map(({ id }) => id)).toEqual(['x']);
    expect(roots()).toBe('x a b');
    expect(thread.prevCursor).toBe('up');
  });
});

describe('changes by other readers', () => {
  it('update a comment in place and mark its root as changed', () => {
    thread.changedRoots.clear();
    expect(thread.update(comment('a1', { parentId: 'a', text: 'changed' }))).toBe(true);
    expect(thread.update(comment('unknown'))).toBe(false);
    expect([...thread.changedRoots].map(({ id }) => id)).toEqual(['a']);
    expect(thread.find('a1')!.text).toBe('changed');
  });

  it('are new when later than the last visit, except own comments', () => {
    thread.lastVisit = '2026-11-24T07:00:00.000Z';
    expect(thread.isNew(thread.find('a')!)).toBe(true);
    expect(thread.isNew(thread.find('a')!, 'writer-a')).toBe(false);
    thread.lastVisit = '2026-11-24T09:00:00.000Z';
    expect(thread.isNew(thread.find('a')!)).toBe(false);
  });
});

describe("the reader's own comments", () => {
  it('are the first root or the last reply, and count when visible', () => {
    thread.putOwn(comment('mine'));
    thread.putOwn(comment('answer', { parentId: 'a' }));
    thread.putOwn(comment('held', { state: 'pending' }));
    expect(roots()).toBe('held mine a b');
    expect(thread.find('a')!.replies.comments.map(({ id }) => id)).toEqual(['a1', 'answer']);
    expect(thread.total).toBe(8);
    expect(thread.isOwn(thread.find('mine')!)).toBe(true);
    expect(thread.isOwn(thread.find('a')!)).toBe(false);
    expect(thread.isOwn(thread.find('a')!, 'writer-a')).toBe(true);
  });

  it('change in place and keep their replies', () => {
    thread.putOwn(comment('a', { text: 'changed' }));
    expect(roots()).toBe('a b');
    expect(thread.find('a')).toMatchObject({ text: 'changed', replies: { total: 3 } });
    expect(thread.total).toBe(6);
  });

  it('do not count when deleted, and are recognized by a non-empty id only', () => {
    thread.putOwn(comment('b', { state: 'deleted', author: { id: '', name: '', badges: [] } }));
    expect(thread.total).toBe(5);
    expect(thread.isOwn(comment('x', { author: { id: '', name: '', badges: [] } }), '')).toBe(false);
  });

  it('are merged from the overlay in the order they were written', () => {
    const own = [
      comment('new', { createdAt: '2026-11-24T09:00:00.000Z', state: 'pending' }),
      comment('old', { createdAt: '2026-11-24T08:30:00.000Z', state: 'pending' }),
      comment('lost', { parentId: 'not-fetched', state: 'pending' }),
    ];
    thread.mergeMe(me({ own }));
    expect(roots()).toBe('new old a b');
  });
});

describe('comment votes', () => {
  it('count immediately and can be restored', () => {
    const before = thread.castVote('b', 1);
    expect(thread.find('b')!.votes).toEqual({ up: 5, down: 1 });
    thread.castVote('b', -1);
    expect(thread.find('b')!.votes).toEqual({ up: 4, down: 2 });
    thread.setVote('b', before);
    expect(thread.find('b')!.votes).toEqual({ up: 4, down: 1 });
    expect(thread.votes.get('b')).toBe(0);
  });

  it('never fall below zero when removed', () => {
    thread.mergeMe(me({ votes: { a: 1, b: 1 } }));
    expect(thread.find('a')!.votes.up).toBe(1);
    thread.castVote('a', 0);
    expect(thread.find('a')!.votes.up).toBe(0);
  });
});
