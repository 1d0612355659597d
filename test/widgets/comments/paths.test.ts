import { describe, expect, it } from 'vitest';
import { Conversation } from '../../../src/widgets/comments/conversation.js';
import { levelsIn, Outline } from '../../../src/widgets/comments/outline.js';
import { closeBranch, openBranch, openTo } from '../../../src/widgets/comments/paths.js';
import { answered, comment, pageOf } from './thread.js';

const chain = (ids: string[]): ReturnType<typeof comment> =>
  ids.length > 1 ? answered(ids[0]!, chain(ids.slice(1))) : comment(ids[0]!);

function deep(levels = 2) {
  const conversation = new Conversation(pageOf([chain([...'abcdefgh']), comment('z')]));
  const outline = new Outline();
  outline.levels = levels;
  const tops = () =>
    outline
      .tops(conversation)
      .map(({ id }) => id)
      .join('');
  return { conversation, outline, tops };
}

describe('the depth of a thread', () => {
  it.each([
    [320, 2],
    [360, 2],
    [420, 3],
    [760, 6],
    [1600, 6],
  ])('at %d px is %d', (width, levels) => expect(levelsIn(width)).toBe(levels));
});

describe('a branch', () => {
  it('takes its root’s place, and gives it back level by level', () => {
    const { conversation, outline, tops } = deep();
    expect(tops()).toBe('az');
    openBranch(outline, conversation, 'c');
    openBranch(outline, conversation, 'e');
    expect(tops()).toBe('ez');
    closeBranch(outline, conversation, 'e');
    expect(tops()).toBe('cz');
    closeBranch(outline, conversation, 'c');
    expect(tops()).toBe('az');
  });

  it('opens where what is looked for would be too deep, with what it answers', () => {
    const { conversation, outline, tops } = deep();
    openTo(outline, conversation, 'c');
    expect(tops()).toBe('az');
    openTo(outline, conversation, 'g');
    expect(tops()).toBe('fz');
    openTo(outline, conversation, 'h');
    expect(tops()).toBe('fz');
    openTo(outline, conversation, 'b');
    expect(tops()).toBe('az');
  });

  it('unfolds on the way, and only there', () => {
    const { conversation, outline } = deep(6);
    for (const id of ['a', 'c', 'd']) outline.folded.add(id);
    openTo(outline, conversation, 'c');
    expect([...outline.folded]).toEqual(['c', 'd']);
  });

  it('whose comment is gone with another page is the root again', () => {
    const { outline, conversation } = deep();
    openBranch(outline, conversation, 'f');
    const other = new Conversation(pageOf([chain([...'abc'])]));
    expect(outline.tops(other).map(({ id }) => id)).toEqual(['a']);
  });
});
