import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { Hono, type MiddlewareHandler } from 'hono';
import { etag } from 'hono/etag';
import { hostilePage, latestPath, listPage, sectionPath, storyPage, type Paper } from './pages.js';
import { partnerPage, partnerPath } from './partner.js';
import { demoFolder, pathOf, readDemoStories, type DemoStory } from './stories.js';
import { paperWords } from './words.js';

export interface DemoOptions {
  /** Origin of the script, the API and the pictures. */
  readonly assetOrigin: string;
  /** Origin that the paper's canonical addresses begin with. */
  readonly storyOrigin: string;
  readonly partnerOrigin?: string | undefined;
  /** Default: those of `demo/stories.json`. */
  readonly stories?: readonly DemoStory[] | undefined;
  /** When the demo was first started, so that pages and rails tell the same time. Default: now. */
  readonly now?: number | undefined;
}

/** The invented paper: its front page, stories, sections, and a page that tries the widgets' patience. */
export function demoApp(options: DemoOptions): Hono {
  const paper = paperOf(options);
  const own = paper.stories.filter(({ translationOf }) => translationOf === undefined);
  const app = pagesApp(options);
  for (const story of own) app.get(pathOf(story, paper.stories), (c) => c.html(storyPage(paper, story)));
  for (const lang of ['vi', 'en'] as const) {
    const stories = own.filter((story) => story.lang === lang);
    const path = latestPath(lang);
    app.get(path, (c) => c.html(listPage(paper, { lang, heading: paperWords[lang].latest, path, stories })));
    for (const section of new Set(stories.map(({ section }) => section))) {
      const path = sectionPath(section, lang);
      const list = { lang, heading: section, path, stories: stories.filter((story) => story.section === section) };
      app.get(path, (c) => c.html(listPage(paper, list)));
    }
  }
  app.get('/demo/hostile', (c) => c.html(hostilePage(paper)));
  return app;
}

/** The partner's paper, to be served on an origin of its own. */
export function partnerApp(options: DemoOptions): Hono {
  const partner = { ...paperOf(options), assetOrigin: options.assetOrigin };
  const app = pagesApp(options);
  for (const story of partner.stories.filter(({ lang }) => lang === 'en')) {
    app.get(partnerPath(story), (c) => c.html(partnerPage(partner, story)));
  }
  return app;
}

function paperOf({ stories = readDemoStories(), storyOrigin, partnerOrigin, now = Date.now() }: DemoOptions): Paper {
  return { stories, storyOrigin, partnerOrigin, now };
}

/** What both papers share: strict pages, and the files of `demo/`. */
function pagesApp({ assetOrigin }: DemoOptions): Hono {
  const app = new Hono();
  const policy = policyFor(assetOrigin);
  app.use(strictPage(policy), etag());
  for (const [path, { type, text }] of demoFiles()) {
    app.get(path, (c) => c.body(text, 200, { 'content-type': type, 'cache-control': 'public, max-age=3600' }));
  }
  return app;
}

/** As strict as a careful publisher's: widgets must not need more than this. Imported stories bring pictures of their own. */
function policyFor(assetOrigin: string): string {
  return [
    `default-src 'none'`,
    `script-src 'self' ${assetOrigin}`,
    `style-src 'self' ${assetOrigin}`,
    `img-src 'self' ${assetOrigin} https:`,
    `connect-src 'self' ${assetOrigin}`,
    `form-action 'self' ${assetOrigin}`,
    `base-uri 'none'`,
    `frame-ancestors 'self'`,
    `require-trusted-types-for 'script'`,
  ].join('; ');
}

function strictPage(policy: string): MiddlewareHandler {
  return async function strictPage(c, next) {
    await next();
    if (!c.res.headers.get('content-type')?.startsWith('text/html')) return;
    c.res.headers.set('content-security-policy', policy);
    c.res.headers.set('cache-control', 'no-cache');
  };
}

function demoFiles(): Map<string, { type: string; text: string }> {
  const types: Record<string, string> = { '.css': 'text/css; charset=utf-8', '.svg': 'image/svg+xml' };
  const files = new Map<string, { type: string; text: string }>();
  for (const name of readdirSync(demoFolder, { recursive: true, encoding: 'utf8' })) {
    const type = types[extname(name)];
    if (type === undefined) continue;
    files.set(`/demo/${name.replaceAll('\\', '/')}`, { type, text: readFileSync(join(demoFolder, name), 'utf8') });
  }
  return files;
}
