import { expect, test, vi } from 'vitest';
import type { Counts } from '../../../src/contract/types.js';
import { CountRequests } from '../../../src/widgets/comment-count/count-requests.js';

function requests(answer: (stories: string[]) => Counts['counts']) {
  const asked: string[][] = [];
  const call = vi.fn((_path: string, { query }: { query: { story: string[] } }) => {
    asked.push(query.story);
    return Promise.resolve({ counts: answer(query.story) });
  });
  return { asked, counts: new CountRequests({ call } as never) };
}

const some = (stories: string[]) =>
  Object.fromEntries(stories.map((key) => [key, { comments: key.length, reactions: 0 }]));

test('a page asks once, in the same order whatever the order on the page', async () => {
  const { asked, counts } = requests(some);
  const answers = await Promise.all(['c', 'a', 'bb', 'a'].map((story) => counts.ask(story)));
  expect(asked).toEqual([['a', 'bb', 'c']]);
  expect(answers.map(({ comments }) => comments)).toEqual([1, 1, 2, 1]);
});

test('more than a hundred stories are split', async () => {
  const { asked, counts } = requests(some);
  await Promise.all(Array.from({ length: 230 }, (_, index) => counts.ask(`id-${index}`)));
  expect(asked.map(({ length }) => length)).toEqual([100, 100, 30]);
  expect(new Set(asked.flat()).size).toBe(230);
});

test('addresses stay below 7 kB', async () => {
  const { asked, counts } = requests(some);
  const stories = Array.from({ length: 60 }, (_, index) => `https://báo.example/${'đ'.repeat(40)}/${index}`);
  await Promise.all(stories.map((story) => counts.ask(story)));
  expect(asked.length).toBeGreaterThan(1);
  for (const group of asked) {
    const query = group.map((story) => `story=${encodeURIComponent(story)}`).join('&');
    expect(query.length).toBeLessThanOrEqual(7000);
  }
});

test('a story that the answer does not have has none', async () => {
  const { counts } = requests(() => ({}));
  await expect(counts.ask('x')).resolves.toEqual({ comments: 0, reactions: 0 });
});

test('a failure reaches everybody who waits, and the next page asks again', async () => {
  const call = vi
    .fn()
    .mockRejectedValueOnce(new Error('no'))
    .mockResolvedValue({ counts: some(['x']) });
  const counts = new CountRequests({ call } as never);
  const failed = await Promise.allSettled([counts.ask('x'), counts.ask('x')]);
  expect(failed.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  await expect(counts.ask('x')).resolves.toEqual({ comments: 1, reactions: 0 });
});
