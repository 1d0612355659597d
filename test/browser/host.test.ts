import { page, userEvent } from 'vitest/browser';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import cloak from '../../src/loader/cloak.css?inline';
import type { InMemoryApi } from '../../src/testing/index.js';
import { installApi } from './install-api.js';
import { putElement } from './put-element.js';

let api: InMemoryApi;
let story = 0;
const sheets: CSSStyleSheet[] = [];

beforeEach(() => {
  document.documentElement.lang = 'vi';
  api = installApi();
  story++;
});
afterEach(async () => {
  await api.restore();
  document.body.replaceChildren();
  document.documentElement.removeAttribute('dir');
  document.adoptedStyleSheets = document.adoptedStyleSheets.filter((sheet) => !sheets.includes(sheet));
});

function style(css: string): void {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  sheets.push(sheet);
  document.adoptedStyleSheets.push(sheet);
}

async function place(attributes = ''): Promise<HTMLElement> {
  await import('../../src/define/reactions.js');
  const holder = document.createElement('div');
  holder.setHTMLUnsafe(`<aw-reactions site="${api.site}" story="host-${story}" ${attributes}></aw-reactions>`);
  document.body.append(holder);
  await expect.element(page.getByRole('button').first()).toBeVisible();
  return holder.firstElementChild as HTMLElement;
}

/** Returns a CSS colour in sRGB, as painted. */
function painted(color: string): [red: number, green: number, blue: number] {
  const context = new OffscreenCanvas(1, 1).getContext('2d')!;
  context.fillStyle = color;
  context.fillRect(0, 0, 1, 1);
  return [...context.getImageData(0, 0, 1, 1).data.slice(0, 3)] as [number, number, number];
}

function luminance(color: string): number {
  const [r, g, b] = painted(color).map((c) => {
    const share = c / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

describe('a hostile page', () => {
  test('with `all: unset` on every element changes neither size nor direction', async () => {
    const element = await place();
    const before = element.getBoundingClientRect();
    style('* { all: unset !important }');
    document.documentElement.style.setProperty('direction', 'rtl', 'important');
    const after = element.getBoundingClientRect();
    document.documentElement.style.removeProperty('direction');
    expect(getComputedStyle(element).display).toBe('block');
    expect(getComputedStyle(element).direction).toBe('ltr');
    expect(after.width).toBeGreaterThanOrEqual(before.width);
    expect(Math.abs(after.height - before.height)).toBeLessThan(1);
  });

  test('can hide a widget by the hidden attribute', async () => {
    const element = await place();
    element.hidden = true;
    expect(getComputedStyle(element).display).toBe('none');
  });

  test('with dir=rtl mirrors the widget', async () => {
    document.documentElement.dir = 'rtl';
    const element = await place();
    const [first, second] = element.shadowRoot!.querySelectorAll('button');
    expect(first!.getBoundingClientRect().left).toBeGreaterThan(second!.getBoundingClientRect().left);
  });

  test('with inherited text styles does not affect buttons', async () => {
    style(
      'body { letter-spacing: 1em; text-transform: uppercase; text-align: right; line-height: 4; white-space: pre }',
    );
    const element = await place();
    const { letterSpacing, textTransform, whiteSpace } = getComputedStyle(element.shadowRoot!.querySelector('button')!);
    expect([letterSpacing, textTransform, whiteSpace]).toEqual(['normal', 'none', 'normal']);
  });
});

describe('colours', () => {
  test.each([
    ['white', 'background: #fff; color: #1a1a1a'],
    ['sepia', 'background: #f4ecd8; color: #3b2f20'],
    ['yellow', 'background: #ffe36e; color: #111'],
    ['near-black without color-scheme', 'background: #0d0d0f; color: #e8e6e3'],
    ['of a dark scheme', 'color-scheme: dark; background: #121212; color: CanvasText'],
  ])('have sufficient contrast on a page that is %s', async (_, rules) => {
    style(`:root { ${rules} }`);
    const element = await place();
    const ground = getComputedStyle(document.documentElement).backgroundColor;
    const muted = element.shadowRoot!.querySelector('.summary')!;
    const probe = document.createElement('span');
    probe.style.color = 'var(--_accent)';
    element.shadowRoot!.querySelector('.base')!.append(probe);
    const [r, g, b] = painted(ground);
    const context = new OffscreenCanvas(1, 1).getContext('2d')!;
    for (const color of [`rgb(${r} ${g} ${b})`, getComputedStyle(muted).color]) {
      context.fillStyle = color;
      context.fillRect(0, 0, 1, 1);
    }
    const [mr, mg, mb] = context.getImageData(0, 0, 1, 1).data;
    expect(contrast(`rgb(${mr} ${mg} ${mb})`, ground)).toBeGreaterThanOrEqual(4.5);
    expect(contrast(getComputedStyle(probe).color, ground)).toBeGreaterThanOrEqual(4.5);
  });

  test('follow the theme attribute', async () => {
    const element = await place('theme="dark"');
    expect(luminance(getComputedStyle(element).color)).toBeGreaterThan(0.8);
    element.setAttribute('theme', 'light');
    expect(luminance(getComputedStyle(element).color)).toBeLessThan(0.05);
  });
});

describe('the reserved height', () => {
  /** Returns the declarations of cloak.css for a tag, without its condition `:not(:defined)`. */
  const kept = (tag: string) => new RegExp(`  ${tag} \\{([^}]*)\\}`).exec(cloak)![1]!;

  test.each([300, 328, 360, 700])('equals the rendered height at %d px', async (width) => {
    style(`body { margin: 0; font: 16px/1.5 Arial, sans-serif } main { inline-size: ${width}px }`);
    const main = document.createElement('main');
    document.body.append(main);
    const undefinedElement = document.createElement('aw-comments');
    style(cloak);
    style(`aw-comments { ${kept('aw-reactions')} }`);
    main.append(undefinedElement);
    const before = undefinedElement.getBoundingClientRect().height;
    sheets.forEach((sheet) => sheet.replaceSync(''));
    style(`body { margin: 0; font: 16px/1.5 Arial, sans-serif } main { inline-size: ${width}px }`);
    undefinedElement.remove();
    const element = await place();
    main.append(element);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(before).toBeGreaterThan(100);
    expect(element.getBoundingClientRect().height).toBe(before);
  });
});

describe('an API that answers nonsense', () => {
  const errors: string[] = [];
  const collect = (event: ErrorEvent | PromiseRejectionEvent) => {
    errors.push(event instanceof ErrorEvent ? event.message : String(event.reason));
    event.preventDefault();
  };
  beforeEach(() => {
    errors.length = 0;
    addEventListener('error', collect);
    addEventListener('unhandledrejection', collect);
  });
  afterEach(() => {
    removeEventListener('error', collect);
    removeEventListener('unhandledrejection', collect);
  });

  test.for([null, [], 'x', 5, {}])('%j throws nothing into the page, and widgets say so', async (nonsense) => {
    await Promise.all([
      import('../../src/define/comments.js'),
      import('../../src/define/newsletter.js'),
      import('../../src/define/reactions.js'),
      import('../../src/define/stories.js'),
    ]);
    api.on(/^/, () => nonsense);
    const tags = ['aw-comments', 'aw-newsletter', 'aw-reactions', 'aw-stories'] as const;
    for (const tag of tags) putElement(tag, { site: api.site!, story: `host-${story}` }, `Fallback of ${tag}`);
    await expect.poll(() => page.getByRole('button', { name: 'Thử lại' }).elements()).toHaveLength(4);
    for (const tag of tags) await expect.element(page.getByText(`Fallback of ${tag}`)).toBeVisible();
    expect(errors).toEqual([]);
  });

  test.for([null, [], 'x', {}])('%j to an act leaves what the reader has typed', async (nonsense) => {
    await import('../../src/define/comments.js');
    putElement('aw-comments', { site: api.site!, story: `host-${story}`, open: '' });
    const field = page.getByRole('textbox', { name: 'Bình luận của bạn' });
    await userEvent.click(field);
    await userEvent.fill(field, 'Một lời');
    api.on('POST comments', () => nonsense);
    await userEvent.click(page.getByRole('button', { name: 'Gửi' }));
    await expect.element(page.getByText('Một lời').first()).toBeVisible();
    await expect.poll(() => api.sent('POST comments').length).toBeGreaterThan(0);
    await expect.element(page.getByRole('group', { name: /^Chưa gửi được/ })).toHaveTextContent('Một lời');
    expect(errors).toEqual([]);
  });
});

test.for<[more: string, href: string | null]>([
  ['javascript:alert(1)', null],
  ['JaVaScRiPt:alert(1)', null],
  [' java\nscript:alert(1)', null],
  ['data:text/html,x', null],
  ['/moi-nhat', `${location.origin}/moi-nhat`],
  ['https://paper.example/moi-nhat', 'https://paper.example/moi-nhat'],
])('the link to all stories leads to pages only: %s', async ([more, href]) => {
  await import('../../src/define/stories.js');
  const rail = putElement('aw-stories', { site: api.site!, story: `host-${story}`, more });
  await expect.poll(() => rail.shadowRoot!.querySelector('[aria-busy=false]')).toBeTruthy();
  const link = rail.shadowRoot!.querySelector<HTMLAnchorElement>('[part=more]');
  expect(link?.href ?? null).toBe(href);
});
