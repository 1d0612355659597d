import '../../src/define/comments.js';
import '../../src/define/newsletter.js';
import '../../src/define/reactions.js';
import '../../src/define/stories.js';
import { page } from 'vitest/browser';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import cloak from '../../src/loader/cloak.css?inline';
import type { InMemoryApi } from '../../src/testing/index.js';
import { installApi } from './install-api.js';

let api: InMemoryApi;
let sheet: CSSStyleSheet;

beforeEach(() => {
  document.documentElement.lang = 'vi';
  api = installApi();
  sheet = new CSSStyleSheet();
  document.adoptedStyleSheets.push(sheet);
});
afterEach(async () => {
  await api.restore();
  document.body.replaceChildren();
  document.adoptedStyleSheets = document.adoptedStyleSheets.filter((other) => other !== sheet);
  await page.viewport(1280, 800);
});

const widgets = ['aw-reactions', 'aw-stories', 'aw-newsletter', 'aw-comments'];

function place(parent: string, rules: string): HTMLElement[] {
  sheet.replaceSync(`body { margin: 0 } ${parent} { ${rules} }`);
  const element = document.createElement(parent);
  if (element instanceof HTMLDialogElement) element.open = true;
  for (const tag of widgets) {
    const widget = document.createElement(tag);
    widget.setAttribute('site', api.site!);
    widget.setAttribute('story', 'layout');
    const fallback = document.createElement('p');
    fallback.textContent = 'Nội dung';
    widget.append(fallback);
    element.append(widget);
  }
  document.body.append(element);
  return [...element.children] as HTMLElement[];
}

describe('a parent that shrinks to fit its content', () => {
  const parents: [name: string, tag: string, rules: string][] = [
    ['a centred flex column', 'main', 'display: flex; flex-direction: column; align-items: center'],
    ['a grid that centres its items', 'main', 'display: grid; place-items: center'],
    ['a float', 'main', 'float: left'],
    ['a drawer', 'main', 'position: absolute; inset-block-start: 0; inset-inline-end: 0'],
    ['a dialog', 'dialog', 'padding: 16px'],
    ['a block of fit-content', 'main', 'inline-size: fit-content'],
    ['an inline block', 'main', 'display: inline-block'],
    ['a table', 'main', 'display: table'],
    ['a flex item of a row', 'main', 'display: inline-flex; flex-direction: column'],
  ];

  test.each(parents)('%s gives every widget its column in a narrow window', async (_, tag, rules) => {
    await page.viewport(390, 800);
    for (const widget of place(tag, rules)) {
      await expect.poll(() => widget.matches(':state(loading)')).toBe(false);
      const { left, right, width } = widget.getBoundingClientRect();
      expect(width).toBeGreaterThanOrEqual(280);
      expect(left).toBeGreaterThanOrEqual(0);
      expect(right).toBeLessThanOrEqual(390);
    }
  });

  test.each(parents)('%s gives every widget 640 px or more in a wide window', async (_, tag, rules) => {
    await page.viewport(1280, 800);
    for (const widget of place(tag, rules)) {
      await expect.poll(() => widget.matches(':state(loading)')).toBe(false);
      expect(widget.getBoundingClientRect().width).toBeGreaterThanOrEqual(640);
    }
  });

  test('gives a compact poll the width of its button', async () => {
    const [poll] = place('main', 'float: left') as [HTMLElement];
    poll.setAttribute('variant', 'compact');
    document.querySelector('main')!.replaceChildren(poll);
    const trigger = () => poll.shadowRoot!.querySelector('[part=trigger]')?.getBoundingClientRect().width;
    await expect.poll(() => trigger()).toBeGreaterThan(40);
    expect(poll.getBoundingClientRect().width).toBe(trigger());
  });
});

describe('a row of flex items', () => {
  test('shrinks a widget, and lets the page decide its width', async () => {
    const [poll] = place('main', 'display: flex; inline-size: 900px') as [HTMLElement];
    const aside = document.createElement('aside');
    const rules = new CSSStyleSheet();
    rules.replaceSync('aside { flex: none; inline-size: 300px } aw-reactions { flex: 1 }');
    document.adoptedStyleSheets.push(rules);
    document.querySelector('main')!.replaceChildren(poll, aside);
    await expect.poll(() => poll.getBoundingClientRect().width).toBe(600);
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((other) => other !== rules);
  });
});

test('margins of the page come off the width', () => {
  const [poll] = place('main', 'inline-size: 500px') as [HTMLElement];
  sheet.insertRule('aw-reactions { margin-inline: 20px 30px }');
  expect(poll.getBoundingClientRect().width).toBe(450);
});

test('consecutive widgets have space between them, which a rule of the page changes', () => {
  const cloakSheet = new CSSStyleSheet();
  cloakSheet.replaceSync(cloak);
  document.adoptedStyleSheets.push(cloakSheet);
  const [first, second] = place('main', '') as [HTMLElement, HTMLElement];
  const space = () => second.getBoundingClientRect().top - first.getBoundingClientRect().bottom;
  expect(space()).toBe(32);
  sheet.insertRule('* { margin: 0 }');
  expect(space()).toBe(0);
  document.adoptedStyleSheets = document.adoptedStyleSheets.filter((other) => other !== cloakSheet);
});

test.each([0.8, 1.25, 2])('the compact picker opens beside its button on a page with a zoom of %d', async (zoom) => {
  await page.viewport(390, 800);
  const [poll] = place('main', 'padding-block: 300px 900px') as [HTMLElement];
  poll.setAttribute('variant', 'compact');
  document.querySelector('main')!.replaceChildren(poll);
  sheet.insertRule(`body { zoom: ${zoom} }`);
  const find = (part: string) => poll.shadowRoot!.querySelector<HTMLElement>(part)!;
  await expect.poll(() => find('[part=trigger]')).toBeTruthy();
  find('[part=trigger]').click();
  await expect.poll(() => find('[data-placed]')).toBeTruthy();
  const trigger = find('[part=trigger]').getBoundingClientRect();
  const picker = () => find('[data-placed]').getBoundingClientRect();
  // 8 px above or below it, while the picker rises by 4 px.
  const gap = () => Math.max(trigger.top - picker().bottom, picker().top - trigger.bottom);
  await expect.poll(gap).toBeGreaterThanOrEqual(3);
  expect(gap()).toBeLessThanOrEqual(13);
  expect(picker().left).toBeGreaterThanOrEqual(0);
  expect(picker().right).toBeLessThanOrEqual(390);
});
