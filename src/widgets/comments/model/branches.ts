import type { Comment } from '../../../contract/types.js';
import type { ThreadModel } from './thread-model.js';

const minDepth = 2;
const maxDepth = 6;

/** Returns how many levels of replies are indented at a width: lines must stay long enough to read. */
export function maxDepthFor(widthPx: number): number {
  return Math.min(maxDepth, Math.max(minDepth, Math.floor((widthPx - 240) / 60)));
}

/**
 * View state of a thread: collapsed replies, and branches. A reply deeper than the width allows is a branch: it takes
 * its root's place in the list and is rendered from the left again.
 */
export class Branches {
  /** Levels of replies that are indented. */
  maxDepth = maxDepth;
  /** Ids of the comments whose replies are collapsed. */
  readonly collapsed = new Set<string>();
  /** Ids of comments by muted readers that are shown all the same. */
  readonly revealed = new Set<string>();
  /** The comment shown in a root's place, by the root's id. */
  readonly #branchOf = new Map<string, string>();

  /** Returns the comment shown in a root's place: of an open branch, else the root itself. */
  topOf(thread: ThreadModel, root: Comment): Comment {
    return thread.find(this.#branchOf.get(root.id)!) ?? root;
  }

  /** Shows a comment and its replies in its root's place. */
  open(thread: ThreadModel, id: string): void {
    this.#branchOf.set(thread.pathTo(id)[0]!.id, id);
  }

  /** Returns from a branch to the comments it grows from. */
  close(thread: ThreadModel, id: string): void {
    const path = thread.pathTo(id);
    this.#branchOf.set(path[0]!.id, path[Math.max(0, path.length - 1 - this.maxDepth)]!.id);
  }

  /** Expands the ancestors of a comment and opens its branch. */
  openTo(thread: ThreadModel, id: string): void {
    const path = thread.pathTo(id);
    const [root] = path;
    if (!root) return;
    path.slice(0, -1).forEach((ancestor) => this.collapsed.delete(ancestor.id));
    const depth = path.length - 1;
    const from = path.indexOf(this.topOf(thread, root));
    if (from >= 0 && depth - from <= this.maxDepth) return;
    // With its parent, for context.
    this.#branchOf.set(root.id, path[depth > this.maxDepth ? depth - 1 : 0]!.id);
  }
}
