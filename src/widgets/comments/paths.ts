import type { Conversation } from './conversation.js';
import type { Outline } from './outline.js';

/** Draws a branch from the left again. */
export function openBranch({ branches }: Outline, conversation: Conversation, id: string): void {
  branches.set(conversation.wayTo(id)[0]!.id, id);
}

/** Goes back from a branch to where it grows from. */
export function closeBranch({ branches, levels }: Outline, conversation: Conversation, id: string): void {
  const way = conversation.wayTo(id);
  branches.set(way[0]!.id, way[Math.max(0, way.length - 1 - levels)]!.id);
}

/** Unfolds and opens whatever a comment is hidden by. */
export function openTo(outline: Outline, conversation: Conversation, id: string): void {
  const way = conversation.wayTo(id);
  const [root] = way;
  if (!root) return;
  way.slice(0, -1).forEach((above) => outline.folded.delete(above.id));
  const depth = way.length - 1;
  const from = way.indexOf(outline.topOf(conversation, root));
  if (from >= 0 && depth - from <= outline.levels) return;
  // What it answers comes along, so that it can be understood.
  outline.branches.set(root.id, way[depth > outline.levels ? depth - 1 : 0]!.id);
}
