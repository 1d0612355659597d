import type { Comment, Comments } from '../../../src/contract/types.js';

export const comment = (id: string, rest: Partial<Comment> = {}): Comment => ({
  id,
  parentId: null,
  author: { id: `writer-${id}`, name: id, badges: [] },
  nodes: [],
  text: id,
  createdAt: '2026-11-24T08:00:00.000Z',
  editedAt: null,
  state: 'visible',
  votes: { up: 0, down: 0 },
  pinned: false,
  featured: false,
  replies: { comments: [], nextCursor: null, total: 0 },
  ...rest,
});

/** A comment with these replies. */
export const answered = (id: string, ...replies: Comment[]): Comment =>
  comment(id, {
    replies: {
      comments: replies.map((reply) => ({ ...reply, parentId: id })),
      nextCursor: null,
      total: replies.length,
    },
  });

export const pageOf = (comments: Comment[], rest: Partial<Comments> = {}): Comments => ({
  comments,
  prevCursor: null,
  nextCursor: null,
  total: comments.length,
  version: 1,
  thread: {
    state: 'open',
    closesAt: null,
    question: null,
    rules: { who: 'guest', votes: 'up-down', editSeconds: 300, maxGraphemes: 5000, moderation: 'post' },
  },
  ...rest,
});
