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
  readonly #tops = new Map<string, string>();

  /** What stands at the left: the roots, or of those with an open branch the comment that it grows from. */
  tops(conversation: Conversation): Comment[] {
    return conversation.roots.map((root) => conversation.find(this.#tops.get(root.id) ?? '') ?? root);
  }

  /** The one of them that a comment stands under. */
  topOf(conversation: Conversation, id: string): Comment | undefined {
    const [root] = conversation.wayTo(id);
    return root && (conversation.find(this.#tops.get(root.id) ?? '') ?? root);
  }

  /** Draws a branch from the left again. */
  open(conversation: Conversation, id: string): void {
    const [root] = conversation.wayTo(id);
    if (root) this.#tops.set(root.id, id);
  }

  /** Goes back from a branch to where it grows from. */
  close(conversation: Conversation, id: string): void {
    const way = conversation.wayTo(id);
    const above = way[Math.max(0, way.length - 1 - this.levels)];
    if (above) this.#tops.set(way[0]!.id, above.id);
  }

  /** Unfolds and opens whatever a comment is hidden by. */
  reach(conversation: Conversation, id: string): void {
    const way = conversation.wayTo(id);
    if (!way.length) return;
    this.revealed.add(id);
    way.slice(0, -1).forEach((above) => this.folded.delete(above.id));
    const from = way.indexOf(this.topOf(conversation, id)!);
    const depth = way.length - 1;
    // What it answers comes along, so that it can be understood.
    if (from < 0 || depth - from > this.levels)
      this.#tops.set(way[0]!.id, way[depth > this.levels ? depth - 1 : 0]!.id);
  }
}
