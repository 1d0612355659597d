import fc from 'fast-check';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { LocaleController } from '../../../src/base/locale.js';
import { vi as catalogue } from '../../../src/locales/vi.js';
import type { View } from '../../../src/widgets/comments/comment-view.js';
import { Conversation } from '../../../src/widgets/comments/conversation.js';
import { Drawing } from '../../../src/widgets/comments/drawing.js';
import { Outline } from '../../../src/widgets/comments/outline.js';
import { comment, pageOf } from './thread.js';

const locale = { lang: 'vi', words: catalogue, compact: String, number: String } as unknown as LocaleController;
const words = catalogue.comments;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** Draws the comments, and what is drawn later too. */
function draw(drawing: Drawing, ids: readonly string[]): void {
  const conversation = new Conversation(pageOf(ids.map((id) => comment(id))));
  const outline = new Outline();
  const view = { words, locale, conversation, outline, drawing, failures: new Map<string, string>() };
  drawing.draw(outline.tops(conversation), view as unknown as View);
  vi.runAllTimers();
}

const items = ({ list }: Drawing) => [...list.querySelectorAll('li')];
const idOf = (item: Element) => item.querySelector('article')!.id.slice(2);

it('draws any order after any other, each comment in the element it had', () => {
  const ids = Array.from({ length: 120 }, (_, index) => `c${index}`);
  const orders = fc.array(fc.shuffledSubarray(ids), { minLength: 1, maxLength: 3 });
  fc.assert(
    fc.property(fc.nat(120), orders, (count, changes) => {
      const drawing = new Drawing();
      let before = new Map<string, Element>();
      for (const order of [ids.slice(0, count), ids, ...changes]) {
        draw(drawing, order);
        expect(items(drawing).map(idOf)).toEqual(order);
        for (const item of items(drawing)) expect(before.get(idOf(item)) ?? item).toBe(item);
        before = new Map([...before, ...items(drawing).map((item) => [idOf(item), item] as const)]);
        expect(drawing.list.querySelectorAll('.stretch:empty, .chapter:empty')).toHaveLength(0);
      }
    }),
    { numRuns: 10 },
  );
});

it('holds what goes on in small stretches, and many of these in a chapter', () => {
  const ids = Array.from({ length: 340 }, (_, index) => `c${index}`);
  const drawing = new Drawing();
  for (let count = 40; count <= ids.length; count += 40) draw(drawing, ids.slice(0, count));
  for (const stretch of drawing.list.querySelectorAll('.stretch'))
    expect(stretch.childElementCount).toBeLessThanOrEqual(12);
  for (const chapter of drawing.list.children) expect(chapter.childElementCount).toBeLessThanOrEqual(12);
  expect(drawing.list.childElementCount).toBeLessThan(5);
});
