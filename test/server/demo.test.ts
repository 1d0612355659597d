import { storyInputSchema } from 'afterword/contract';
import { describe, expect, it } from 'vitest';
import { demoApp, partnerApp } from '../../server/src/demo/app.js';
import { readHostPages } from '../../server/src/demo/host-pages.js';
import {
  demoComments,
  demoLeadUrl,
  demoNewsletters,
  demoSite,
  demoStories,
  type DemoComment,
} from '../../server/src/demo/seed.js';
import { readDemoStories } from '../../server/src/demo/stories.js';
import { newSiteSchema } from '../../server/src/sites/store.js';

const origin = 'http://localhost:8787';
const partnerOrigin = 'http://localhost:8788';
const now = Date.parse('2026-11-24T08:00:00Z');
const options = { assetOrigin: origin, storyOrigin: origin, partnerOrigin, now };
const demo = demoApp(options);
const partner = partnerApp(options);
/** Paths that other routes of the server answer. */
const elsewhere = ['/afterword.js', '/cloak.css', '/docs', '/outbox'];

async function page(app: typeof demo, path: string): Promise<string> {
  const response = await app.request(path);
  expect(response.status, path).toBe(200);
  return response.text();
}

/** Returns the addresses in `href` and `src` of a page. */
function addresses(html: string): string[] {
  return [...html.matchAll(/\b(?:href|src|more)="([^"]*)"/g)].map(([, address]) => address!);
}

/** Returns all pages that links lead to from the front page. */
async function crawl(app: typeof demo, own: string): Promise<Map<string, string>> {
  const pages = new Map<string, string>();
  const open = ['/'];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    if (pages.has(path) || elsewhere.includes(path)) continue;
    const html = await page(app, path);
    pages.set(path, html);
    if (path.startsWith('/demo/') && path !== '/demo/hostile') continue;
    if (path.startsWith('/hosts/') && path !== '/hosts/') continue;
    for (const address of addresses(html)) {
      const url = new URL(address, own);
      if (url.origin === own) open.push(url.pathname);
    }
  }
  return pages;
}

describe.each([
  ['the paper', demo, origin, 60],
  ['the partner', partner, partnerOrigin, 11],
] as const)('%s', (_name, app, own, atLeast) => {
  it('has no dead links', async () => {
    const pages = await crawl(app, own);
    expect([...pages.values()].filter((html) => html.includes('<html')).length).toBeGreaterThanOrEqual(atLeast);
  });

  it('has no inline scripts and styles', async () => {
    for (const [path, html] of await crawl(app, own)) {
      if (path.startsWith('/demo/') && path !== '/demo/hostile') continue;
      if (path.startsWith('/hosts/')) continue;
      expect(html, path).not.toMatch(/\sstyle=|<style|\son\w+=|javascript:/i);
      const scripts = [...html.matchAll(/<script\b[^>]*>([^]*?)<\/script>/g)];
      expect(scripts.map(([, text]) => text)).toEqual(['']);
      expect(scripts[0]![0]).toMatch(/src="[^"]*\/afterword\.js"/);
    }
  });

  it('sends a strict content security policy with every page', async () => {
    const policy = (await app.request('/')).headers.get('content-security-policy')!;
    expect(policy).toContain(`default-src 'none'`);
    expect(policy).toContain(`script-src 'self' ${origin};`);
    expect(policy).not.toMatch(/unsafe|\*/);
  });
});

describe('the paper', () => {
  it('has the lead story at /, with its canonical link', async () => {
    const html = await page(demo, '/');
    expect(html).toContain(`<link rel="canonical" href="${origin}/" />`);
    expect(html).toContain('Mười hai mùa con nước');
    for (const tag of ['aw-reactions', 'aw-comments', 'aw-newsletter', 'aw-stories']) expect(html).toContain(`<${tag}`);
  });

  it('escapes text of editors', async () => {
    const [lead, ...rest] = readDemoStories();
    const bad = {
      ...lead!,
      title: '<script>alert(1)</script>',
      summary: '" onload="x',
      body: ['<img src=x onerror=y>'],
    };
    const html = await page(demoApp({ ...options, stories: [bad, ...rest] }), '/');
    expect(html).not.toContain('<script>alert');
    expect(html).not.toContain('<img src=x');
    expect(html).not.toContain('content="" onload');
    expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
  });

  it('makes its files cacheable, and answers 304 to a matching ETag', async () => {
    const first = await demo.request('/demo/pictures/mangrove.svg');
    expect(first.headers.get('cache-control')).toBe('public, max-age=3600');
    expect(first.headers.get('content-type')).toBe('image/svg+xml; charset=utf-8');
    const headers = { 'if-none-match': first.headers.get('etag')! };
    expect((await demo.request('/demo/pictures/mangrove.svg', { headers })).status).toBe(304);
  });
});

describe.each([
  ['the paper', demo],
  ['the partner', partner],
] as const)('host pages of %s', (_name, app) => {
  it('are listed with the sentence that must hold', async () => {
    const list = await page(app, '/hosts/');
    expect([...list.matchAll(/<dt><a href="\/hosts\/[\w.-]+">/g)]).toHaveLength(readHostPages().length);
    expect(list).toContain('inside an iframe with sandbox=');
  });

  it.each(readHostPages().map(({ name }) => name))(
    "%s loads the API's script and has a story of its own",
    async (name) => {
      const html = await page(app, `/hosts/${name}`);
      expect(html).toContain(`<link rel="canonical" href="${origin}/hosts/${name}" />`);
      expect(html).not.toMatch(/\b(afterword|paper)\.example/);
      if (name !== 'sandbox-frame')
        expect(html).toMatch(/["'](http:\/\/localhost:8787|\/hosts\/redirected)\/afterword\.js/);
    },
  );

  it('may have inline scripts and styles', async () => {
    const policy = (await app.request('/hosts/clobber')).headers.get('content-security-policy')!;
    expect(policy).toContain(`script-src 'self' ${origin} 'unsafe-inline';`);
    expect(policy).not.toContain('trusted-types');
  });
});

describe('the partner', () => {
  it("shows the translated lead with the original's thread", async () => {
    const html = await page(partner, '/');
    expect(html).toContain('<html lang="en">');
    expect(html).toMatch(new RegExp(`src="${origin}/afterword.js"\\s+data-site="demo"\\s+data-story="${origin}/"`));
  });
});

describe('the seed', () => {
  const stories = demoStories(origin, now);

  it('is valid for PUT /stories', () => {
    for (const { reads, ...story } of stories) {
      expect(reads).toBeGreaterThanOrEqual(0);
      expect(storyInputSchema.parse(story)).toMatchObject(story);
    }
    expect(newSiteSchema.parse({ ...demoSite, origins: [origin] })).toMatchObject(demoSite);
  });

  it('fills every rail', () => {
    const vi = stories.filter(({ lang }) => lang === 'vi');
    expect(vi.length).toBeGreaterThanOrEqual(36);
    expect(stories.length - vi.length).toBeGreaterThanOrEqual(10);
    expect(vi.filter(({ kind }) => kind === 'video').length).toBeGreaterThanOrEqual(3);
    expect(vi.filter(({ dontMiss }) => dontMiss).length).toBeGreaterThanOrEqual(8);
    expect(vi.filter(({ kind, sponsor }) => kind === 'sponsored' && sponsor).length).toBe(2);
    for (const { kind, durationSec } of stories) expect(durationSec !== undefined).toBe(kind === 'video');
  });

  it('gives every story a page and a picture that exist', async () => {
    for (const { url, image } of stories) {
      expect(await page(demo, new URL(url).pathname)).toContain(`<link rel="canonical" href="${url}" />`);
      await page(demo, new URL(image!.src).pathname);
    }
    expect(demoLeadUrl(origin)).toBe(stories[0]!.url);
  });

  it('has replies that are newer than their parents', () => {
    let count = 0;
    const check = (comments: readonly DemoComment[], parent = Infinity) => {
      for (const { minutesAgo, replies = [] } of comments) {
        count++;
        expect(minutesAgo).toBeLessThan(parent);
        check(replies, minutesAgo);
      }
    };
    check(demoComments());
    expect(count).toBeGreaterThanOrEqual(12);
  });

  it('asks for consent in every language of every newsletter', () => {
    expect(demoNewsletters.map(({ id }) => id)).toEqual(['daily', 'weekend']);
    for (const { name, description, frequency, consent } of demoNewsletters)
      for (const words of [name, description, frequency, consent.text])
        expect(Object.keys(words)).toEqual(['vi', 'en']);
  });
});
