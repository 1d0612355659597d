import type { CommentVoted } from '../../contract/types.js';
import type { Conversation, Vote } from './conversation.js';

/** Counts a vote before the API has, and answers what was; that, or what the API answers, may follow by `settle`. */
export function vote(conversation: Conversation, id: string, value: Vote): CommentVoted {
  const { votes } = conversation.find(id)!;
  const before = { votes, value: conversation.votes.get(id) ?? 0 };
  // Never below none: what is shown may be older than the vote that is taken back.
  const count = (side: 1 | -1, shown: number) =>
    Math.max(0, shown + Number(value === side) - Number(before.value === side));
  conversation.settle(id, { votes: { up: count(1, votes.up), down: count(-1, votes.down) }, value });
  return before;
}
