import { describe, expect, it } from 'vitest';
import { Branches, maxDepthFor } from '../../../src/widgets/comments/model/branches.js';
import { ThreadModel } from '../../../src/widgets/comments/model/thread-model.js';
import { answered, comment, pageOf } from './thread.js';

const chain = (ids: string[]): ReturnType<typeof comment> =>
  ids.length > 1 ? answered(ids[0]!, chain(ids.slice(1))) : comment(ids[0]!);

function deep(maxDepth = 2) {
  const thread = new ThreadModel(pageOf([chain([...'abcdefgh']), comment('z')]));
  const branches = new Branches();
  branches.maxDepth = maxDepth;
  const shown = () => thread.roots.map((root) => branches.topOf(thread, root).id).join('');
  return { thread, branches, shown };
}

describe('maxDepthFor', () => {
  it.each([
    [320, 2],
    [360, 2],
    [420, 3],
    [760, 6],
    [1600, 6],
  ])('at %d px is %d', (width, levels) => expect(maxDepthFor(width)).toBe(levels));
});

describe('Branches', () => {
  it('replaces the root in the list, and closes level by level', () => {
    const { thread, branches, shown } = deep();
    expect(shown()).toBe('az');
    branches.open(thread, 'c');
    branches.open(thread, 'e');
    expect(shown()).toBe('ez');
    branches.close(thread, 'e');
    expect(shown()).toBe('cz');
    branches.close(thread, 'c');
    expect(shown()).toBe('az');
  });

  it('opens for a comment that is too deep, with its parent', () => {
    const { thread, branches, shown } = deep();
    branches.openTo(thread, 'c');
    expect(shown()).toBe('az');
    branches.openTo(thread, 'g');
    expect(shown()).toBe('fz');
    branches.openTo(thread, 'h');
    expect(shown()).toBe('fz');
    branches.openTo(thread, 'b');
    expect(shown()).toBe('az');
  });

  it('expands the ancestors of a comment, and nothing else', () => {
    const { thread, branches } = deep(6);
    for (const id of ['a', 'c', 'd']) branches.collapsed.add(id);
    branches.openTo(thread, 'c');
    expect([...branches.collapsed]).toEqual(['c', 'd']);
  });

  it('falls back to the root where another page lacks its comment', () => {
    const { branches, thread } = deep();
    branches.open(thread, 'f');
    const other = new ThreadModel(pageOf([chain([...'abc'])]));
    expect(other.roots.map((root) => branches.topOf(other, root).id)).toEqual(['a']);
  });
});
