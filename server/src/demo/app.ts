import { serveStatic } from '@hono/node-server/serve-static';
import { Hono, type MiddlewareHandler } from 'hono';
import { etag } from 'hono/etag';
import { hostPagesApp } from './host-pages.js';
import { hostilePage, latestPath, listPage, sectionPath, storyPage, type Paper } from './pages.js';
import { partnerPage, partnerPath } from './partner.js';
import { pagePolicy, strictPolicy } from './policies.js';
import { demoFolder, pathOf, readDemoStories, type DemoStory } from './stories.js';
import { paperWords } from './words.js';
import type { EpochMs } from '../time.js';

export interface DemoOptions {
  /** Origin of the script, the API and the pictures. */
  readonly assetOrigin: string;
  /** Origin that the paper's canonical addresses begin with. */
  readonly storyOrigin: string;
  readonly partnerOrigin?: string | undefined;
  /** Default: those of `demo/stories.json`. */
  readonly stories?: readonly DemoStory[] | undefined;
  /** Time of the demo's first start, from which pages and rails compute dates. Default: now. */
  readonly now?: EpochMs | undefined;
}

/** Serves the invented paper: front page, stories, sections, a page with hostile styles, and other host pages. */
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
  app.route('/', hostPagesApp(paper, options.assetOrigin));
  return app;
}

/** Serves the partner's paper and the host pages, on an origin of its own. */
export function partnerApp(options: DemoOptions): Hono {
  const partner = { ...paperOf(options), assetOrigin: options.assetOrigin };
  const app = pagesApp(options);
  for (const story of partner.stories.filter(({ lang }) => lang === 'en')) {
    app.get(partnerPath(story), (c) => c.html(partnerPage(partner, story)));
  }
  app.route('/', hostPagesApp(partner, options.assetOrigin));
  return app;
}

function paperOf({ stories = readDemoStories(), storyOrigin, partnerOrigin, now = Date.now() }: DemoOptions): Paper {
  return { stories, storyOrigin, partnerOrigin, now };
}

/** Serves what both papers share: a strict content security policy, and the files of `demo/`. */
function pagesApp({ assetOrigin }: DemoOptions): Hono {
  const app = new Hono();
  app.use(pagePolicy(strictPolicy(assetOrigin)), etag());
  app.get(
    '/demo/:file{.+\\.(?:css|svg)}',
    cacheable('public, max-age=3600'),
    serveStatic({ root: demoFolder, rewriteRequestPath: (path) => path.slice('/demo'.length) }),
  );
  return app;
}

function cacheable(cacheControl: string): MiddlewareHandler {
  return async function cacheable(c, next) {
    await next();
    if (c.res.ok) c.res.headers.set('cache-control', cacheControl);
  };
}
