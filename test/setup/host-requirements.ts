/** One check per page of `demo/hosts`, of the sentence in its first comment. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { BrowserContextOptions, Locator, Page } from 'playwright';
import { expect } from 'vitest';
import { shiftIn } from './layout-shift.js';
import { waitFor } from './wait-for.js';

export interface HostVisit {
  readonly page: Page;
  readonly url: string;
  /** Reads a path below `/v1/sites/demo`, such as `/reactions?story=…`, for the story of this path of the paper. */
  readonly readStory: (resource: string, path: string, token?: string) => Promise<Record<string, unknown>>;
}

export interface Requirement {
  /** Completes "on the host page NAME". */
  readonly title: string;
  readonly context?: BrowserContextOptions;
  readonly check: (visit: HostVisit) => Promise<void>;
}

const phone: BrowserContextOptions = { viewport: { width: 390, height: 800 }, isMobile: true, hasTouch: true };
const widgets = ['aw-reactions', 'aw-stories', 'aw-newsletter', 'aw-comments'];
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const fillsColumn: Requirement = {
  title: 'every widget is as wide as its column allows, and no word stands alone on a line',
  check: async ({ page }) => {
    for (const width of [390, 1280]) {
      await page.setViewportSize({ width, height: 800 });
      await everythingLoaded(page);
      for (const tag of widgets) {
        const { width: used } = (await page.locator(tag).boundingBox())!;
        expect(used, `${tag} at ${width} px`).toBeGreaterThanOrEqual(280);
        expect(used, `${tag} at ${width} px`).toBeLessThanOrEqual(width);
      }
      expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
      expect(await page.evaluate(textsWithLonelyWords, widgets)).toEqual([]);
    }
  },
};

const keepsText: Requirement = {
  title: 'a draft and a comment are kept letter by letter',
  check: async ({ page }) => {
    const text = '"Một" [hai, 3] \\ lời';
    const field = page.locator('aw-comments').getByRole('textbox', { name: 'Bình luận của bạn' });
    await openComposer(page);
    await field.fill(text);
    await page.reload();
    await openComposer(page);
    await waitFor(async () => expect(await field.inputValue()).toBe(text));
    await page.locator('aw-comments').getByRole('button', { name: 'Gửi', exact: true }).click();
    const comment = page.locator('aw-comments').getByRole('article').filter({ hasText: '"Một" [hai, 3]' });
    await comment.waitFor();
    const poll = page.locator('aw-reactions');
    await poll.getByRole('button', { name: /^Thích/ }).click();
    await poll
      .getByText('Bạn thấy thích.')
      .or(poll.getByText(/Bạn và \d+/))
      .first()
      .waitFor();
    expect(await poll.evaluate((host) => host.shadowRoot!.textContent)).not.toMatch(/NaN|undefined|\[object/);
  },
};

const hasContrast: Requirement = {
  title: 'text has a contrast of 4.5:1, and the focus ring one of 3:1',
  check: async ({ page }) => {
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await everythingLoaded(page);
    await page
      .locator('aw-reactions')
      .getByRole('button', { name: /^Thích/ })
      .click();
    await page.locator('aw-reactions [aria-pressed=true]').waitFor();
    await openComposer(page);
    await page.locator('aw-comments').getByRole('textbox', { name: 'Bình luận của bạn' }).fill('Một lời');
    await page.evaluate(axe);
    const { violations } = await page.evaluate(() =>
      (Reflect.get(globalThis, 'axe') as { run(options: object): Promise<AxeResults> }).run({
        runOnly: { type: 'rule', values: ['color-contrast'] },
      }),
    );
    expect(violations.flatMap(({ nodes }) => nodes.map(({ failureSummary }) => failureSummary))).toEqual([]);
    await page
      .locator('aw-reactions')
      .getByRole('button', { name: /^Thích/ })
      .focus();
    await page.keyboard.press('Tab');
    expect(await page.evaluate(contrastOfFocusRing)).toBeGreaterThanOrEqual(3);
  },
};

const typesIntoFields = async (page: Page) => {
  await openComposer(page);
  const comment = page.locator('aw-comments').getByRole('textbox', { name: /Bình luận của bạn|Your comment/ });
  await comment.pressSequentially('Xin chao 1');
  const address = page.locator('aw-newsletter').getByRole('textbox');
  await address.pressSequentially('lan@example.com');
  return { comment, address };
};

/** By file name without `.html`. */
export const requirements: Record<string, Requirement> = {
  'array-tojson': keepsText,
  'prototype-1.6': keepsText,
  'prototype-1.7': keepsText,
  'flex-column-center': fillsColumn,
  'float-column': fillsColumn,
  'grid-place-items': fillsColumn,
  drawer: fillsColumn,
  'light-accent': hasContrast,
  'soft-text': hasContrast,

  'dialog-open': {
    title: `${fillsColumn.title}; Escape closes the composer or a menu, never the dialog`,
    check: async (visit) => {
      await fillsColumn.check(visit);
      const { page } = visit;
      const dialog = page.locator('dialog');
      await dialog.evaluate((element: HTMLDialogElement) => {
        element.close();
        element.showModal();
      });
      const thread = page.locator('aw-comments');
      await openComposer(page);
      await thread.getByRole('textbox', { name: 'Bình luận của bạn' }).fill('Một lời');
      await page.keyboard.press('Escape');
      expect(await dialog.evaluate((element: HTMLDialogElement) => element.open)).toBe(true);
      await openComposer(page);
      await thread.getByRole('textbox', { name: 'Bình luận của bạn' }).fill('Một lời');
      await thread.getByRole('button', { name: 'Gửi', exact: true }).click();
      const comment = thread.getByRole('article').filter({ hasText: 'Một lời' }).first();
      const more = comment.getByRole('button', { name: /^Thêm/ }).first();
      await more.click();
      const item = thread.getByRole('button', { name: 'Chép liên kết' });
      await item.waitFor();
      // The menu takes the focus once it has its place.
      const keepsFocus = (button: Element) => (button.getRootNode() as ShadowRoot).activeElement === button;
      await waitFor(async () => expect(await more.evaluate(keepsFocus)).toBe(false));
      await page.keyboard.press('Escape');
      await item.waitFor({ state: 'hidden' });
      expect(await dialog.evaluate((element: HTMLDialogElement) => element.open)).toBe(true);
    },
  },

  'lang-changes': {
    title: 'a text and an address being typed, and the focus, survive a change of the language',
    check: async ({ page }) => {
      for (const focused of ['comment', 'address'] as const) {
        await page.reload();
        const fields = await typesIntoFields(page);
        await fields[focused].focus();
        await page.getByRole('button', { name: 'English' }).click();
        await page.locator('aw-comments').getByRole('button', { name: 'Post', exact: true }).waitFor();
        await page.locator('aw-newsletter').getByRole('button', { name: 'Subscribe' }).waitFor();
        expect(await fields.comment.inputValue()).toContain('Xin chao 1');
        expect(await fields.address.inputValue()).toBe('lan@example.com');
        expect(await fields[focused].evaluate(isFocused), focused).toBe(true);
        await fields.comment.fill('');
      }
    },
  },

  'no-cloak': {
    title: 'nothing shifts though cloak.css is not linked, and there is air between widgets',
    check: async ({ page, url }) => {
      for (const width of [390, 1280]) {
        const state = { name: 'full', prepare: runsBeforeFirstPaint };
        const { shift, moved } = await shiftIn(page.context().browser()!, url, state, width);
        expect({ width, shift, moved: shift >= 0.0005 ? moved : [] }).toEqual({ width, shift, moved: [] });
        expect(shift, `${width} px`).toBeLessThan(0.0005);
        await page.setViewportSize({ width, height: 800 });
        await everythingLoaded(page);
        const boxes = await Promise.all(widgets.map((tag) => page.locator(tag).boundingBox()));
        for (const [index, box] of boxes.slice(1).entries()) {
          const gap = box!.y - (boxes[index]!.y + boxes[index]!.height);
          expect(gap, `between ${widgets[index]} and ${widgets[index + 1]} at ${width} px`).toBeGreaterThanOrEqual(8);
        }
      }
    },
  },

  'other-language': {
    title: "texts are in one language, the site's, and say so",
    check: async ({ page }) => {
      await everythingLoaded(page);
      await openComposer(page);
      await page
        .locator('aw-reactions')
        .getByRole('button', { name: /^Thích/ })
        .waitFor();
      await page.locator('aw-newsletter').getByRole('button', { name: 'Đăng ký' }).waitFor();
      await page.locator('aw-comments').getByRole('button', { name: 'Gửi', exact: true }).waitFor();
      expect(await page.evaluate(textsInOtherLanguage, { widgets, lang: 'vi' })).toEqual([]);
    },
  },

  'phone-14px': {
    title: 'fields are at least 16 px on a touch screen',
    context: phone,
    check: async ({ page }) => {
      await everythingLoaded(page);
      await openComposer(page);
      const sizes = await page
        .locator('aw-comments, aw-newsletter')
        .locator('input:not([type=checkbox], [type=radio], [type=hidden]), textarea, select')
        .evaluateAll((fields) => fields.map((field) => parseFloat(getComputedStyle(field).fontSize)));
      expect(sizes.length).toBeGreaterThanOrEqual(3);
      expect(Math.min(...sizes)).toBeGreaterThanOrEqual(16);
    },
  },

  rtl: {
    title: 'punctuation and arrows stand on the right side, and the carousel turns the right way',
    check: async ({ page }) => {
      await page.setViewportSize({ width: 1280, height: 900 });
      await everythingLoaded(page);
      expect(await page.evaluate(textsWithMisplacedEnd, widgets)).toEqual([]);
      const rail = page.locator('aw-stories');
      const next = rail.getByRole('button', { name: 'Xem các bài sau' });
      const previous = rail.getByRole('button', { name: 'Xem các bài trước' });
      await next.click();
      await previous.and(rail.locator('[aria-disabled=false]')).waitFor();
      await waitFor(async () => {
        expect(await rail.getByRole('list').evaluate((list) => list.scrollLeft)).toBeLessThan(0);
      });
      const [left, right] = [(await next.boundingBox())!, (await previous.boundingBox())!];
      expect(left.x).toBeLessThan(right.x);
      const [nextArrow, previousArrow] = await Promise.all([next, previous].map(horizontalScale));
      await page.evaluate(() => (document.documentElement.dir = 'ltr'));
      await waitFor(async () => expect(await horizontalScale(next)).toBe(-nextArrow!));
      expect(await horizontalScale(previous)).toBe(-previousArrow!);
    },
  },

  'sandbox-frame': {
    title: 'sending works, or the widget says why not',
    check: async ({ page }) => {
      const frame = page.frameLocator('iframe');
      const thread = frame.locator('aw-comments');
      await thread.scrollIntoViewIfNeeded();
      await thread.getByRole('textbox').first().fill('Một lời');
      await thread.getByRole('button', { name: 'Gửi', exact: true }).click();
      await thread
        .getByRole('article')
        .filter({ hasText: 'Một lời' })
        .or(thread.locator('.failure').filter({ hasText: /\p{L}{2}/u }))
        .first()
        .waitFor();
      const signup = frame.locator('aw-newsletter');
      await signup.getByRole('textbox').fill('lan@example.com');
      await signup.getByRole('checkbox').first().check();
      await signup.getByRole('button', { name: 'Đăng ký' }).click();
      await signup
        .getByRole('heading', { name: 'Kiểm tra hộp thư' })
        .or(signup.locator('[part=failure]').filter({ hasText: /\p{L}{2}/u }))
        .first()
        .waitFor();
    },
  },

  shortcuts: {
    title: 'typing into fields types, and runs no shortcut of the page',
    check: async ({ page }) => {
      const { comment, address } = await typesIntoFields(page);
      await comment.press('ArrowLeft');
      await comment.press('ArrowUp');
      const name = page.locator('aw-comments').getByRole('textbox', { name: /Tên hiển thị/ });
      await name.pressSequentially('Lan 1');
      expect(await comment.inputValue()).toBe('Xin chao 1');
      expect(await address.inputValue()).toBe('lan@example.com');
      expect(await name.inputValue()).toBe('Lan 1');
      expect(await page.evaluate(() => Reflect.get(globalThis, 'shortcuts') as string[])).toEqual([]);
      await page.mouse.click(2, 2);
      await page.keyboard.press('x');
      expect(await page.evaluate(() => Reflect.get(globalThis, 'shortcuts') as string[])).toEqual(['x']);
    },
  },

  spa: {
    title: 'widgets follow to the new story, and writes go to the story that is shown',
    check: async ({ page, readStory }) => {
      const poll = page.locator('aw-reactions');
      const choice = (pressed: boolean) => poll.getByRole('button', { name: /^Thích/, pressed });
      await choice(false).click();
      await choice(true).waitFor();
      await openComposer(page);
      const thread = page.locator('aw-comments');
      await thread.getByRole('textbox', { name: 'Bình luận của bạn' }).fill('Lời cho bài đầu');
      await thread.getByRole('button', { name: 'Gửi', exact: true }).click();
      const first = thread.getByRole('article').filter({ hasText: 'Lời cho bài đầu' });
      await first.waitFor();
      await page.getByRole('button', { name: 'Bài khác' }).click();
      await choice(false).waitFor();
      await first.waitFor({ state: 'detached' });
      await choice(false).click();
      await choice(true).waitFor();
      await openComposer(page);
      await thread.getByRole('textbox', { name: 'Bình luận của bạn' }).fill('Lời cho bài sau');
      await thread.getByRole('button', { name: 'Gửi', exact: true }).click();
      await thread.getByRole('article').filter({ hasText: 'Lời cho bài sau' }).waitFor();
      for (const [path, text] of [
        ['/hosts/spa', 'Lời cho bài đầu'],
        ['/hosts/other', 'Lời cho bài sau'],
      ] as const) {
        // Others vote on the same stories: the counts say nothing about this reader.
        const { reactions } = await readStory('me', path, await tokenIn(page));
        expect(Object.keys(reactions as object), path).toEqual(['reactions']);
        expect(JSON.stringify(await readStory('comments', path))).toContain(text);
      }
    },
  },

  zoom: {
    title: 'the compact picker stands beside its button and inside the window',
    check: async ({ page }) => {
      for (const width of [390, 1280]) {
        await page.setViewportSize({ width, height: 800 });
        await page.reload();
        await page.locator('aw-reactions').evaluate((host) => host.setAttribute('variant', 'compact'));
        const button = page.locator('aw-reactions [part~=trigger]');
        await button.click();
        const picker = page.locator('aw-reactions [part~=choices]');
        await picker.waitFor();
        await waitFor(async () => expect(await picker.evaluate((element) => element.getAnimations().length)).toBe(0));
        const [around, of] = [(await picker.boundingBox())!, (await button.boundingBox())!];
        expect(around.x).toBeGreaterThanOrEqual(0);
        expect(around.y).toBeGreaterThanOrEqual(0);
        expect(around.x + around.width).toBeLessThanOrEqual(width);
        const gap = Math.max(of.y - (around.y + around.height), around.y - (of.y + of.height));
        expect(gap, `${width} px`).toBeGreaterThanOrEqual(-1);
        expect(gap, `${width} px`).toBeLessThanOrEqual(24);
      }
    },
  },
};

/** Lets the script of a page run before the first paint, as one does that is cached: browsers may paint before a module. */
async function runsBeforeFirstPaint(page: Page): Promise<void> {
  await page.route('**/hosts/*', async (route) => {
    const response = await route.fetch();
    const body = (await response.text()).replace('<script type="module"', '$& blocking="render"');
    await route.fulfill({ response, body });
  });
}

/** Scrolls to each widget, so that it loads, and waits until none is loading. */
async function everythingLoaded(page: Page): Promise<void> {
  for (const tag of widgets) {
    await page.locator(tag).scrollIntoViewIfNeeded();
    await page.waitForFunction((name) => {
      const host = document.querySelector(name)!;
      return host.matches(':defined') && host.shadowRoot && !host.matches(':state(loading)');
    }, tag);
  }
}

/** Returns the bearer token of the page's reader. */
function tokenIn(page: Page): Promise<string> {
  return page.evaluate(() => {
    const key = Object.keys(localStorage).find((name) => name.startsWith('afterword:http'))!;
    return (JSON.parse(localStorage.getItem(key)!) as { token: string }).token;
  });
}

async function openComposer(page: Page): Promise<void> {
  const thread = page.locator('aw-comments');
  await thread.scrollIntoViewIfNeeded();
  await thread.getByRole('textbox').first().click();
  await thread.getByRole('button', { name: /^(Xem trước|Preview)$/ }).waitFor();
}

/** Returns the sign and size of the horizontal scale at which the arrow of a button is drawn. */
function horizontalScale(button: Locator): Promise<number> {
  return button.locator('svg').evaluate((svg: SVGSVGElement) => Math.round(svg.getScreenCTM()!.a * 100) / 100);
}

function isFocused(element: Element): boolean {
  return (element.getRootNode() as Document | ShadowRoot).activeElement === element;
}

/** Runs in the page. Returns texts of four words or more that have as many lines as words. */
function textsWithLonelyWords(tags: string[]): string[] {
  const found: string[] = [];
  for (const tag of tags) {
    const walker = document.createTreeWalker(document.querySelector(tag)!.shadowRoot!, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const words = node.textContent!.trim().split(/\s+/);
      if (words.length < 4 || !node.parentElement?.checkVisibility()) continue;
      const range = document.createRange();
      range.selectNodeContents(node);
      const lines = new Set([...range.getClientRects()].map(({ bottom }) => Math.round(bottom)));
      if (lines.size >= words.length) found.push(`${tag}: ${words.join(' ')}`);
    }
  }
  return found;
}

/** Runs in the page. Returns texts on one line whose last character does not stand at their right end. */
function textsWithMisplacedEnd(tags: string[]): string[] {
  const found: string[] = [];
  let seen = 0;
  for (const tag of tags) {
    const walker = document.createTreeWalker(document.querySelector(tag)!.shadowRoot!, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const text = node.textContent!.trimEnd();
      if (!/\p{L}.*[.?!…:)]$/u.test(text) || !node.parentElement?.checkVisibility()) continue;
      const rectOf = (from: number, to: number) => {
        const range = document.createRange();
        range.setStart(node, from);
        range.setEnd(node, to);
        return range.getBoundingClientRect();
      };
      const last = rectOf(text.length - 1, text.length);
      const before = rectOf(text.length - 2, text.length - 1);
      if (last.width === 0 || Math.abs(last.bottom - before.bottom) > 2) continue;
      seen++;
      if (last.left < before.right - 1) found.push(`${tag}: ${text}`);
    }
  }
  return seen > 2 ? found : ['too few texts were seen'];
}

/** Runs in the page. Returns texts whose nearest `lang` is another language. */
function textsInOtherLanguage({ widgets: tags, lang }: { widgets: string[]; lang: string }): string[] {
  const langOf = (element: Element | null): string => {
    for (let at: Element | null = element; at;) {
      if (at.hasAttribute('lang')) return at.getAttribute('lang')!;
      const root = at.getRootNode();
      at = at.parentElement ?? (root instanceof ShadowRoot ? root.host : null);
    }
    return '';
  };
  const found: string[] = [];
  for (const tag of tags) {
    const walker = document.createTreeWalker(document.querySelector(tag)!.shadowRoot!, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const text = node.textContent!.trim();
      if (!/\p{L}{2}/u.test(text) || ['STYLE', 'SCRIPT'].includes(node.parentElement?.tagName ?? '')) continue;
      const own = langOf(node.parentElement);
      if (own !== lang) found.push(`${tag} (${own}): ${text}`);
    }
  }
  return found;
}

/** Runs in the page. Returns the contrast of the outline of the focused element against white. */
function contrastOfFocusRing(): number {
  let focused = document.activeElement;
  while (focused?.shadowRoot?.activeElement) focused = focused.shadowRoot.activeElement;
  const style = getComputedStyle(focused!);
  if (style.outlineStyle === 'none' || parseFloat(style.outlineWidth) < 1) return 0;
  const context = new OffscreenCanvas(1, 1).getContext('2d')!;
  context.fillStyle = 'white';
  context.fillRect(0, 0, 1, 1);
  context.fillStyle = style.outlineColor;
  context.fillRect(0, 0, 1, 1);
  const [r = 0, g = 0, b = 0] = [...context.getImageData(0, 0, 1, 1).data].map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 1.05 / (0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05);
}
