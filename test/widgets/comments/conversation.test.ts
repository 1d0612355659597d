import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Comment, Comments, Me } from '../../../src/contract/types.js';
import { Conversation } from '../../../src/widgets/comments/conversation.js';
import { vote } from '../../../src/widgets/comments/vote.js';
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

let conversation: Conversation;
const roots = () => conversation.roots.map(({ id }) => id).join(' ');
beforeEach(() => (conversation = new Conversation(page())));

describe('pages', () => {
  it('come one after another, each comment once', () => {
    const fresh = conversation.append({ comments: [comment('b'), comment('c')], nextCursor: null });
    expect(fresh.map(({ id }) => id)).toEqual(['c']);
    expect(roots()).toBe('a b c');
    expect(conversation.nextCursor).toBeNull();
  });

  it('of replies go below their comment', () => {
    const parent = conversation.find('a')!;
    conversation.append({ comments: [comment('a1'), comment('a2')], nextCursor: null }, parent);
    expect(parent.replies.comments.map(({ id }) => id)).toEqual(['a1', 'a2']);
    expect(parent.replies.nextCursor).toBeNull();
    expect(conversation.nextCursor).toBe('next');
  });
});

describe('pages that overlap', () => {
  it('make the same thread, whichever came first', () => {
    const ids = [...'abcdefghij'];
    const tree = (id: string, replies: string[]): Comment =>
      answered(id, ...replies.map((reply) => comment(`${id}${reply}`)));
    const some = fc.uniqueArray(fc.constantFrom(...ids), { minLength: 1 });
    const pages = fc.array(fc.array(fc.tuple(fc.constantFrom(...ids), some)), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(pages, (read) => {
        const thread = new Conversation(pageOf([]));
        for (const page of read)
          thread.append(pageOf([...new Map(page).entries()].map(([id, replies]) => tree(id, replies))));
        const seen = new Map<string, Set<string>>();
        for (const [id, replies] of read.flatMap((page) => [...new Map(page).entries()]))
          seen.set(id, new Set([...(seen.get(id) ?? []), ...replies.map((reply) => `${id}${reply}`)]));
        expect(thread.roots.map(({ id }) => id)).toEqual([...seen.keys()]);
        for (const { id, replies } of thread.roots) {
          expect(replies.comments.map((reply) => reply.id)).toEqual([...seen.get(id)!].sort());
          for (const reply of replies.comments)
            expect(thread.wayTo(reply.id).map((one) => one.id)).toEqual([id, reply.id]);
        }
      }),
    );
  });

  it('before those that are here stand before them', () => {
    const fresh = conversation.prepend(pageOf([comment('x'), comment('a')], { prevCursor: 'up' }));
    expect(fresh.map(({ id }) => id)).toEqual(['x']);
    expect(roots()).toBe('x a b');
    expect(conversation.prevCursor).toBe('up');
  });
});

describe('what others have done', () => {
  it('changes a comment in place, and is told as touched below its root', () => {
    conversation.touched.clear();
    expect(conversation.change(comment('a1', { parentId: 'a', text: 'changed' }))).toBe(true);
    expect(conversation.change(comment('unknown'))).toBe(false);
    expect([...conversation.touched].map(({ id }) => id)).toEqual(['a']);
    expect(conversation.find('a1')!.text).toBe('changed');
  });

  it('is new when it is younger than the last visit, and not one’s own', () => {
    conversation.since = '2026-11-24T07:00:00.000Z';
    expect(conversation.isNew(conversation.find('a')!)).toBe(true);
    expect(conversation.isNew(conversation.find('a')!, 'writer-a')).toBe(false);
    conversation.since = '2026-11-24T09:00:00.000Z';
    expect(conversation.isNew(conversation.find('a')!)).toBe(false);
  });
});

describe("the reader's own comments", () => {
  it('stand first, or last of the replies, and count when all can see them', () => {
    conversation.put(comment('mine'));
    conversation.put(comment('answer', { parentId: 'a' }));
    conversation.put(comment('held', { state: 'pending' }));
    expect(roots()).toBe('held mine a b');
    expect(conversation.find('a')!.replies.comments.map(({ id }) => id)).toEqual(['a1', 'answer']);
    expect(conversation.total).toBe(8);
    expect(conversation.isOwn(conversation.find('mine')!)).toBe(true);
    expect(conversation.isOwn(conversation.find('a')!)).toBe(false);
    expect(conversation.isOwn(conversation.find('a')!, 'writer-a')).toBe(true);
  });

  it('change in place and keep their replies', () => {
    conversation.put(comment('a', { text: 'changed' }));
    expect(roots()).toBe('a b');
    expect(conversation.find('a')).toMatchObject({ text: 'changed', replies: { total: 3 } });
    expect(conversation.total).toBe(6);
  });

  it('no longer count when deleted, and are told by their own name only', () => {
    conversation.put(comment('b', { state: 'deleted', author: { id: '', name: '', badges: [] } }));
    expect(conversation.total).toBe(5);
    expect(conversation.isOwn(comment('x', { author: { id: '', name: '', badges: [] } }), '')).toBe(false);
  });

  it('come from the overlay in the order they were written', () => {
    const own = [
      comment('new', { createdAt: '2026-11-24T09:00:00.000Z', state: 'pending' }),
      comment('old', { createdAt: '2026-11-24T08:30:00.000Z', state: 'pending' }),
      comment('lost', { parentId: 'not-fetched', state: 'pending' }),
    ];
    conversation.overlay(me({ own }));
    expect(roots()).toBe('new old a b');
  });
});

describe('votes', () => {
  it('count at once, and go back to what they were', () => {
    const before = vote(conversation, 'b', 1);
    expect(conversation.find('b')!.votes).toEqual({ up: 5, down: 1 });
    vote(conversation, 'b', -1);
    expect(conversation.find('b')!.votes).toEqual({ up: 4, down: 2 });
    conversation.settle('b', before);
    expect(conversation.find('b')!.votes).toEqual({ up: 4, down: 1 });
    expect(conversation.votes.get('b')).toBe(0);
  });

  it('taken back never go below nothing', () => {
    conversation.overlay(me({ votes: { a: 1, b: 1 } }));
    expect(conversation.find('a')!.votes.up).toBe(1);
    vote(conversation, 'a', 0);
    expect(conversation.find('a')!.votes.up).toBe(0);
  });
});
