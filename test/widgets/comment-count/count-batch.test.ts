import { expect, test, vi } from 'vitest';
import type { Counts } from '../../../src/contract/types.js';
import { CountBatch } from '../../../src/widgets/comment-count/count-batch.js';

function batch(answer: (stories: string[]) => Counts['counts']) {
  const sent: string[][] = [];
  const call = vi.fn((_path: string, { query }: { query: { story: string[] } }) => {
    sent.push(query.story);
    return Promise.resolve({ counts: answer(query.story) });
  });
  return { sent, counts: new CountBatch({ request: call } as never) };
}

const some = (stories: string[]) =>
  Object.fromEntries(stories.map((key) => [key, { comments: key.length, reactions: 0 }]));

test('sends one request, sorted, and counts a repeated story once', async () => {
  const { sent, counts } = batch(some);
  const answers = await Promise.all(['c', 'a', 'bb', 'a'].map((story) => counts.get(story)));
  expect(sent).toEqual([['a', 'bb', 'c']]);
  expect(answers.map(({ comments }) => comments)).toEqual([1, 1, 2, 1]);
});

test('splits more than a hundred stories', async () => {
  const { sent, counts } = batch(some);
  await Promise.all(Array.from({ length: 230 }, (_, index) => counts.get(`id-${index}`)));
  expect(sent.map(({ length }) => length)).toEqual([100, 100, 30]);
  expect(new Set(sent.flat()).size).toBe(230);
});

test('keeps query strings below 7 kB', async () => {
  const { sent, counts } = batch(some);
  const stories = Array.from({ length: 60 }, (_, index) => `https://báo.example/${'đ'.repeat(40)}/${index}`);
  await Promise.all(stories.map((story) => counts.get(story)));
  expect(sent.length).toBeGreaterThan(1);
  for (const group of sent) {
    const query = group.map((story) => `story=${encodeURIComponent(story)}`).join('&');
    expect(query.length).toBeLessThanOrEqual(7000);
  }
});

test('counts a story that is missing in the answer as zero', async () => {
  const { counts } = batch(() => ({}));
  await expect(counts.get('x')).resolves.toEqual({ comments: 0, reactions: 0 });
});

test('rejects all pending calls on a failure, and sends the next one again', async () => {
  const call = vi
    .fn()
    .mockRejectedValueOnce(new Error('no'))
    .mockResolvedValue({ counts: some(['x']) });
  const counts = new CountBatch({ request: call } as never);
  const failed = await Promise.allSettled([counts.get('x'), counts.get('x')]);
  expect(failed.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  await expect(counts.get('x')).resolves.toEqual({ comments: 1, reactions: 0 });
});
