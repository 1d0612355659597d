import type { Comment } from '../../contract/types.js';
import type { Conversation } from './conversation.js';

/** Replies stand in under what they answer only as far as the lines stay long enough to read. */
export function levelsIn(width: number): number {
  return Math.min(6, Math.max(2, Math.floor((width - 240) / 60)));
}

/**
 * What of a conversation is drawn: which replies are folded away, and which branches have grown too deep for the width
 * and stand in their root's place, drawn from the left again.
 */
export class Outline {
  /** How far replies of replies stand in; deeper ones are a branch of their own. */
  levels = 6;
  /** Comments whose replies are folded away. */
  readonly folded = new Set<string>();
  /** Comments of muted readers that are shown all the same. */
  readonly revealed = new Set<string>();
  /** The comment that stands in its root's place, by root. */
  readonly branches = new Map<string, string>();

  /** What stands at the left: the roots, or of those with an open branch the comment that it grows from. */
  tops(conversation: Conversation): Comment[] {
    return conversation.roots.map((root) => this.topOf(conversation, root));
  }

  /** What stands at the left in a root's place. */
  topOf(conversation: Conversation, root: Comment): Comment {
    return conversation.find(this.branches.get(root.id)!) ?? root;
  }
}
