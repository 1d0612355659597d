import { html } from 'hono/html';
import { leadOf, pathOf, publishedAt, type DemoStory } from './stories.js';
import { longDate, longTime, storyArticle } from './story-article.js';
import {
  byReads,
  byTime,
  commentsTag,
  newsletterTag,
  reactionsTag,
  storiesTag,
  type TagOptions,
} from './widget-tags.js';
import { paperWords } from './words.js';
import type { EpochMs } from '../time.js';

type Html = ReturnType<typeof html>;
type Lang = DemoStory['lang'];

/** Data of the paper's pages. */
export interface Paper {
  readonly stories: readonly DemoStory[];
  /** Origin of canonical links, without a slash at the end. */
  readonly storyOrigin: string;
  readonly partnerOrigin?: string | undefined;
  /** Time of the demo's first start, from which publication times are computed. */
  readonly now: EpochMs;
}

/** Turns a section such as `Thời sự` into a part of an address. */
export function sectionSlug(section: string): string {
  return section
    .toLowerCase()
    .replaceAll('đ', 'd')
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/[^a-z0-9]+/g, '-');
}

export function sectionPath(section: string, lang: Lang): string {
  return lang === 'en' ? `/en/section/${sectionSlug(section)}` : `/chuyen-muc/${sectionSlug(section)}`;
}

export function latestPath(lang: Lang): string {
  return lang === 'en' ? '/en/latest' : '/moi-nhat';
}

/** Renders a story and all widgets below it. */
export function storyPage(paper: Paper, story: DemoStory): Html {
  const { lang } = story;
  const words = paperWords[lang];
  const tags: TagOptions = { lang, storyOrigin: '', stories: paper.stories };
  const others = paper.stories.filter((other) => other !== story);
  return document(
    paper,
    { lang, title: story.title, description: story.summary, path: pathOf(story, paper.stories) },
    html`<nav class="crumbs" aria-label="${words.crumbs}">
        <a href="${homePath(lang)}">${words.home}</a>
        <a href="${sectionPath(story.section, lang)}" aria-current="true">${story.section}</a>
      </nav>
      <div class="columns">
        <main id="content">
          ${storyArticle(story, paper.now)}
          <div class="afterword">
            ${reactionsTag(tags)} ${newsletterTag(tags, 'daily weekend')}
            ${storiesTag(tags, {
              name: 'dont-miss',
              layout: 'carousel',
              limit: 6,
              heading: words.dontMiss,
              fallback: others.filter(({ dontMiss }) => dontMiss),
            })}
            ${commentsTag(tags)}
          </div>
        </main>
        <aside>
          ${storiesTag(tags, {
            name: 'most-read',
            layout: 'list',
            limit: 5,
            heading: words.mostRead,
            fallback: byReads(others),
          })}
          ${storiesTag(tags, {
            name: 'latest',
            layout: 'grid',
            limit: 4,
            heading: words.newest,
            more: latestPath(lang),
            fallback: byTime(others),
          })}
        </aside>
      </div>`,
  );
}

/** Renders a list of stories: a section, or the latest. */
export function listPage(
  paper: Paper,
  { lang, heading, path, stories }: { lang: Lang; heading: string; path: string; stories: readonly DemoStory[] },
): Html {
  const words = paperWords[lang];
  return document(
    paper,
    { lang, title: heading, description: `${heading}. ${words.motto}.`, path },
    html`<main id="content" class="list">
      <h1>${heading}</h1>
      <ul>
        ${byTime(stories).map((story) => {
          const published = publishedAt(story, paper.now);
          return html`<li>
            <article>
              <img
                src="/demo/pictures/${story.picture}.svg"
                width="1280"
                height="720"
                alt=""
                loading="lazy"
                decoding="async"
              />
              <h2><a href="${pathOf(story, paper.stories)}">${story.title}</a></h2>
              <p>${story.summary}</p>
              <p class="when">
                ${story.sponsor ? html`<b>${words.sponsored}</b> · ` : ''}${story.section} ·
                <time datetime="${published.toISOString()}">${longTime(published, words.locale)}</time>
              </p>
            </article>
          </li>`;
        })}
      </ul>
    </main>`,
  );
}

/** Renders the widgets on a page with hostile styles, from which their shadow roots must protect them. */
export function hostilePage(paper: Paper): Html {
  const lead = leadOf(paper.stories);
  const tags: TagOptions = { lang: 'vi', storyOrigin: '', stories: paper.stories };
  return html`<!doctype html>
    <html lang="vi" dir="rtl">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>Hostile</title>
        <link rel="icon" href="/demo/icon.svg" type="image/svg+xml" />
        <link rel="canonical" href="${paper.storyOrigin}${pathOf(lead, paper.stories)}" />
        <link rel="stylesheet" href="/demo/hostile.css" />
        <script type="module" src="/afterword.js" data-site="demo"></script>
      </head>
      <body>
        <p>
          Trang này đặt lại mọi thứ: <code>* { all: unset !important }</code>, viết từ phải sang trái, 1rem là 40px.
        </p>
        <div dir="ltr">
          ${reactionsTag(tags)} ${newsletterTag(tags, 'daily')}
          ${storiesTag(tags, {
            name: 'dont-miss',
            layout: 'carousel',
            limit: 6,
            heading: paperWords.vi.dontMiss,
            fallback: paper.stories,
          })}
          ${commentsTag(tags)}
        </div>
        <div>
          ${reactionsTag(tags)}
          ${storiesTag(tags, {
            name: 'most-read',
            layout: 'list',
            limit: 3,
            heading: paperWords.vi.mostRead,
            fallback: byReads(paper.stories),
          })}
        </div>
      </body>
    </html>`;
}

function homePath(lang: Lang): string {
  return lang === 'en' ? latestPath('en') : '/';
}

/**
 * Renders the document around the content of each page. The browser paints nothing before the footer is parsed, since a
 * centred header moves with each part of it that is parsed later.
 */
function document(
  { stories, storyOrigin, partnerOrigin, now }: Paper,
  { lang, title, description, path }: { lang: Lang; title: string; description: string; path: string },
  content: Html,
): Html {
  const words = paperWords[lang];
  const sections = [...new Set(stories.filter((story) => story.lang === lang).map(({ section }) => section))];
  return html`<!doctype html>
    <html lang="${lang}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} | ${words.paper}</title>
        <meta name="description" content="${description}" />
        <link rel="icon" href="/demo/icon.svg" type="image/svg+xml" />
        <link rel="canonical" href="${storyOrigin}${path}" />
        <link rel="expect" href="#end" blocking="render" />
        <link rel="stylesheet" href="/cloak.css" />
        <link rel="stylesheet" href="/demo/demo.css" />
        <script type="module" src="/afterword.js" data-site="demo"></script>
      </head>
      <body>
        <a class="skip" href="#content">${words.skip}</a>
        <header class="masthead">
          <p class="today">${longDate(new Date(now), words.locale)}</p>
          <p class="editions">
            ${
              lang === 'vi'
                ? html`<a href="${latestPath('en')}" lang="en">English</a>`
                : html`<a href="/" lang="vi">Tiếng Việt</a>`
            }
          </p>
          <a class="paper" href="${homePath(lang)}">
            <svg viewBox="0 0 64 24" width="64" height="24" aria-hidden="true">
              <path d="M2 8q8-8 15 0t15 0 15 0 15 0M2 17q8-8 15 0t15 0 15 0 15 0" />
            </svg>
            ${words.paper}
          </a>
          <p class="motto">${words.motto}</p>
          <nav class="sections" aria-label="${words.sections}">
            <a href="${latestPath(lang)}">${words.latest}</a>
            ${sections.map((section) => html`<a href="${sectionPath(section, lang)}">${section}</a>`)}
          </nav>
        </header>
        <div class="page">${content}</div>
        <footer id="end">
          <p class="paper">${words.paper}</p>
          <p>${words.invented}</p>
          <p>
            <a href="/docs">API</a>
            <a href="/outbox">${lang === 'vi' ? 'Hộp thư đi' : 'Outbox'}</a>
            <a href="/demo/hostile">${lang === 'vi' ? 'Trang thử sức' : 'Stress page'}</a>
            <a href="/hosts/">${lang === 'vi' ? 'Các trang nhúng thử' : 'Host pages'}</a>
            ${
              partnerOrigin === undefined
                ? ''
                : html`<a href="${partnerOrigin}/" lang="en"
                    >${lang === 'vi' ? 'Trang đối tác (tiếng Anh)' : 'Partner page'}</a
                  >`
            }
          </p>
        </footer>
      </body>
    </html>`;
}
