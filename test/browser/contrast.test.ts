import { page, userEvent } from 'vitest/browser';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import '../../src/define/comments.js';
import '../../src/define/newsletter.js';
import '../../src/define/reactions.js';
import '../../src/define/stories.js';
import type { Comment, CommentNode } from '../../src/contract/types.js';
import { createComment, createStory, type InMemoryApi } from '../../src/testing/index.js';
import { waitFor } from '../setup/wait-for.js';
import { contrast, groundOf, painted, readableTexts } from './colors.js';
import { installApi } from './install-api.js';
import { putElement } from './put-element.js';

let api: InMemoryApi;
const root = document.documentElement;

beforeEach(async () => {
  await page.viewport(700, 900);
  localStorage.clear();
  root.lang = 'vi';
  api = installApi();
});
afterEach(async () => {
  document.body.replaceChildren();
  root.removeAttribute('style');
  root.removeAttribute('class');
  document.body.removeAttribute('style');
  history.replaceState(null, '', location.pathname);
  await api.restore();
});

const place = () => ({ site: api.site!, api: location.origin, story: `https://news.example/${api.site}` });
const shadow = (element: Element) => element.shadowRoot!;
const within = (element: Element, selector: string) =>
  waitFor(() => {
    const found = shadow(element).querySelector<HTMLElement>(selector);
    expect(found, selector).not.toBeNull();
    return found!;
  });

/** Waits until the widgets have followed a change of the page. */
async function settle(): Promise<void> {
  do {
    await new Promise(requestAnimationFrame);
    await new Promise(requestAnimationFrame);
  } while (widgets().some((widget) => shadow(widget).getAnimations().length));
}

const widgets = () => [...document.querySelectorAll('aw-reactions, aw-stories, aw-comments, aw-newsletter')];

/** Places every widget, in states that show every kind of text. */
async function showEverything(): Promise<void> {
  const { thread } = api;
  const badges = ['staff'];
  const text = (value: string): CommentNode => ({ type: 'text', value });
  const nodes: Comment['nodes'] = [
    { type: 'quote', children: [text('Trích')] },
    { type: 'code-block', value: 'mã' },
    {
      type: 'paragraph',
      children: [
        text('Xem '),
        { type: 'link', href: 'https://a.example', children: [text('trang')] },
        { type: 'mention', id: 'lan', name: 'Lan' },
      ],
    },
  ];
  thread.settings.question = 'Bạn nghĩ sao?';
  thread
    .add('a', { votes: { up: 4, down: 0 }, featured: true, author: { id: 'w', name: 'Minh', badges }, nodes })
    .add('b', { parentId: 'a' })
    .add('c', { parentId: 'b' })
    .add('d', { parentId: 'c', nodes })
    .add('e', { state: 'removed' });
  api.me.own = [createComment('own', { state: 'pending', reasons: ['new-commenter'], author: { ...api.me.reader } })];
  const stories = (first: number) => [
    createStory(first, { kicker: 'Thời sự' }),
    createStory(first + 1, { kind: 'sponsored', sponsor: { name: 'Hãng A' }, durationSec: 90 }),
  ];
  api.rails = { latest: stories(1), related: stories(3), videos: stories(5) };
  history.replaceState(null, '', '#aw-comment-d');
  const reactions = putElement('aw-reactions', place());
  const bars = putElement('aw-reactions', { ...place(), variant: 'bars' });
  const compact = putElement('aw-reactions', { ...place(), variant: 'compact' });
  putElement('aw-stories', { ...place(), rail: 'latest', more: '/' });
  putElement('aw-stories', { ...place(), rail: 'related', layout: 'list' });
  putElement('aw-stories', { ...place(), rail: 'videos', layout: 'grid' });
  const newsletter = putElement('aw-newsletter', place());
  putElement('aw-newsletter', { ...place(), variant: 'card' });
  const comments = putElement('aw-comments', { ...place(), open: '' });

  (await within(reactions, 'button.choice')).click();
  await within(reactions, '[aria-pressed=true] .bar');
  await within(bars, '[aria-pressed=true] .bar');
  (await within(newsletter, '[type=email]')).focus();
  (await within(newsletter, '[part=submit]')).click();
  await within(newsletter, '.failure');
  (await within(comments, 'textarea')).focus();
  await within(comments, '.tools');
  await userEvent.fill(await within(comments, 'textarea'), '**Hay**');
  (await within(comments, '.tool.preview')).click();
  await within(comments, '.previewed');
  await within(comments, '.target');
  (await within(compact, '.trigger.held')).click();
  await within(compact, '[data-placed]');
  for (const widget of widgets()) {
    const ring = document.createElement('i');
    ring.className = 'ring';
    ring.style.outline = 'var(--_focus)';
    shadow(widget).querySelector('.base')!.append(ring);
  }
}

/** Returns the texts and shapes whose contrast with the ground is too low, with that contrast. */
function weakColors(): string[] {
  const weak = (what: string, ratio: number, min: number) => (ratio < min ? [`${what}: ${ratio.toFixed(2)}`] : []);
  const texts = widgets().flatMap((widget) =>
    readableTexts(shadow(widget)).flatMap(({ text, color, ground }) =>
      weak(`${widget.localName} “${text}”`, contrast(color, ground), 4.5),
    ),
  );
  const shapes = widgets().flatMap((widget) =>
    shapeColors.flatMap(([selector, pseudo, properties]) =>
      [...shadow(widget).querySelectorAll(selector)].flatMap((element) => {
        const style = getComputedStyle(element, pseudo);
        const ground = groundOf(element.parentElement ?? widget);
        const ratios = properties.map((property) =>
          contrast(/(?:color|rgba?|oklch)\(.*?\)/.exec(style[property])![0], ground),
        );
        return weak(`${widget.localName} ${selector}${pseudo ?? ''}`, Math.max(...ratios), 3);
      }),
    ),
  );
  return [...texts, ...shapes];
}

/** What has to be seen without being read: any of the properties has enough contrast. */
const shapeColors: [
  string,
  string | undefined,
  (keyof CSSStyleDeclaration &
    ('color' | 'outlineColor' | 'borderBottomColor' | 'backgroundColor' | 'boxShadow' | 'borderInlineStartColor'))[],
][] = [
  ['.field, .line', undefined, ['borderBottomColor']],
  ['.primary', undefined, ['backgroundColor', 'boxShadow']],
  ['.pill:not(.small)', undefined, ['backgroundColor', 'borderBottomColor']],
  ['.question:has(> span:first-child:last-child)', undefined, ['color', 'borderInlineStartColor']],
  ['[aria-pressed=true] .icon', undefined, ['color']],
  ['[aria-pressed=true] .bar', '::before', ['backgroundColor']],
  ['.trigger.held', undefined, ['borderBottomColor']],
  ['.ring', undefined, ['outlineColor']],
];

const byte = fc.integer({ min: 0, max: 255 });
const color = fc.tuple(byte, byte, byte).map((values) => `rgb(${values.join(' ')})`);
const grounds = fc.oneof(color, fc.constantFrom('#fff', '#000', '#f4ecd8', '#101014', '#777', '#2e9e5b'));

test(
  'words have 4.5:1 and shapes 3:1 on 200 pages of any text, background and accent',
  { timeout: 600_000 },
  async () => {
    await showEverything();
    await fc.assert(
      fc.asyncProperty(grounds, color, color, async (ground, text, accent) => {
        // Below that nobody can read the page itself, and its ground cannot be what it seems.
        fc.pre(contrast(text, ground) >= 2);
        root.style.cssText = `background: ${ground}; color: ${text}; --aw-color-accent: ${accent}`;
        await settle();
        expect(weakColors()).toEqual([]);
      }),
      {
        numRuns: 200,
        endOnFailure: true,
        examples: [
          ['#fff', '#555', '#b3261e'],
          ['#fff', '#1a1a1a', '#ffd400'],
          ['#101014', '#e8e6e1', '#ffd400'],
        ],
      },
    );
  },
);

describe('the colours follow', () => {
  const sheets: CSSStyleSheet[] = [];
  function style(css: string): CSSStyleSheet {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    sheets.push(sheet);
    document.adoptedStyleSheets.push(sheet);
    return sheet;
  }
  afterEach(() => {
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((sheet) => !sheets.includes(sheet));
  });

  const light = 'background: #fff; color: #1a1a1a;';
  const dark = 'background: #101014; color: #e8e6e1;';
  /** Resolves once the weakest word has enough contrast, and rejects where it never has. */
  const expectLegible = (widget: Element) =>
    waitFor(() => {
      const ratios = readableTexts(shadow(widget)).map(({ color, ground }) => contrast(color, ground));
      expect(ratios.length).toBeGreaterThan(4);
      expect(Math.min(...ratios)).toBeGreaterThanOrEqual(4.5);
    });
  async function showReactions(parent: Element = document.body): Promise<Element> {
    const widget = putElement('aw-reactions', place());
    parent.append(widget);
    await within(widget, 'button.choice');
    await expectLegible(widget);
    return widget;
  }

  test('a class of the page', async () => {
    style(`:root { ${light} } .night { ${dark} }`);
    const widget = await showReactions();
    root.className = 'night';
    await expectLegible(widget);
    root.className = '';
    await expectLegible(widget);
  });

  test('an attribute around the widget that changes the background alone', async () => {
    style(`:root { background: #fff; color: #777 } [data-tone=grey] { background: #ccc }`);
    const section = document.createElement('section');
    document.body.append(section);
    const widget = await showReactions(section);
    section.dataset['tone'] = 'grey';
    await expectLegible(widget);
  });

  test('a style sheet that comes or goes', async () => {
    style(`:root { ${light} }`);
    const widget = await showReactions();
    const sheet = style(`:root { ${dark} }`);
    await expectLegible(widget);
    sheet.disabled = true;
    await expectLegible(widget);
  });

  test('a background that fades', async () => {
    style(`:root { background: #fff; color: #777; transition: background-color 300ms } .tone { background: #ccc }`);
    const widget = await showReactions();
    root.className = 'tone';
    await waitFor(() => expect(document.getAnimations()).toEqual([]));
    await expectLegible(widget);
  });

  test('another place in the page', async () => {
    style(`:root { ${light} } section { ${dark} }`);
    const widget = await showReactions();
    const section = document.createElement('section');
    document.body.append(section);
    section.append(widget);
    await expectLegible(widget);
  });

  test('a shadow root around the widget, and half transparent layers', async () => {
    style(`:root { ${light} }`);
    const outer = document.createElement('div');
    document.body.append(outer);
    const inner = document.createElement('div');
    inner.style.cssText = 'background: rgb(0 0 0 / 60%); color: #ddd';
    outer.attachShadow({ mode: 'open' }).append(inner);
    await showReactions(inner);
  });

  test("the surface of the page's own design", async () => {
    style(`:root { ${light} } aw-reactions { --aw-color-surface: oklch(0.2 0.05 260); color: #ddd }`);
    await showReactions();
  });

  test('the text where that is on a picture, whose colours cannot be read', async () => {
    style(`:root { ${light} } section { background: linear-gradient(#123, #012); color: #ddd }`);
    const section = document.createElement('section');
    document.body.append(section);
    const widget = putElement('aw-reactions', place());
    section.append(widget);
    await within(widget, 'button.choice');
    for (const { color } of readableTexts(shadow(widget))) expect(contrast(color, '#123')).toBeGreaterThanOrEqual(4.5);
  });

  test('tokens of little contrast', async () => {
    style(`:root { ${light} --aw-color-muted: #ccc; --aw-color-text: #aaa }`);
    await showReactions();
  });
});

test('the default look on white stays as it was designed', async () => {
  root.style.cssText = 'background: #fff; color: #1a1a1a';
  const widget = putElement('aw-reactions', place());
  await within(widget, 'button.choice');
  const colorOf = (property: string) => {
    const probe = document.createElement('span');
    probe.style.color = property;
    shadow(widget).querySelector('.base')!.append(probe);
    return painted(getComputedStyle(probe).color).join(' ');
  };
  await settle();
  expect(colorOf('currentColor')).toBe('26 26 26');
  expect(colorOf('var(--_muted)')).toBe('90 90 90');
  expect(colorOf('var(--_accent-text)')).toBe(colorOf('oklch(0.49 0.17 28)'));
  expect(colorOf('var(--_accent-shape)')).toBe(colorOf('oklch(0.49 0.17 28)'));
  expect(colorOf('var(--_on-accent)')).toBe('255 255 255');
});
