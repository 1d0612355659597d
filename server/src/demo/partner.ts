import { html } from 'hono/html';
import { pathOf, type DemoStory } from './stories.js';
import { storyArticle } from './story-article.js';
import { commentsTag, newsletterTag, reactionsTag, storiesTag, type TagOptions } from './widget-tags.js';
import type { Paper } from './pages.js';

/** Data of the partner's pages: an English paper on another origin that republishes a story. */
export interface Partner extends Paper {
  /** Origin of the script and the API. */
  readonly assetOrigin: string;
}

/** Returns the path of a story on the partner's site: `/` for the translated lead. */
export function partnerPath({ translationOf, slug }: DemoStory): string {
  return translationOf === undefined ? `/story/${slug}` : '/';
}

export function partnerPage(partner: Partner, story: DemoStory): ReturnType<typeof html> {
  const { assetOrigin, storyOrigin, stories, now } = partner;
  const original = stories.find(({ slug }) => slug === story.translationOf) ?? story;
  const canonical = `${storyOrigin}${pathOf(original, stories)}`;
  const tags: TagOptions = { lang: 'en', storyOrigin, stories };
  const english = stories.filter((other) => other.lang === 'en' && other !== story);
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${story.title} | Tideline</title>
        <meta name="description" content="${story.summary}" />
        <link rel="icon" href="/demo/icon.svg" type="image/svg+xml" />
        <link rel="canonical" href="${canonical}" />
        <link rel="expect" href="#end" blocking="render" />
        <link rel="stylesheet" href="${assetOrigin}/cloak.css" />
        <link rel="stylesheet" href="/demo/partner.css" />
        <script
          type="module"
          src="${assetOrigin}/afterword.js"
          data-site="demo"
          data-story="${canonical}"
          crossorigin
        ></script>
      </head>
      <body>
        <a class="skip" href="#content">Skip to content</a>
        <header class="masthead">
          <a class="paper" href="/">Tideline</a>
          <p>Stories from the water’s edge</p>
        </header>
        <main id="content">
          ${storyArticle(story, now)}
          <p class="credit">
            Republished from <a href="${canonical}">Bến Sông</a>${
              story.translationOf === undefined ? '' : ', translated from the Vietnamese'
            }.
            Reactions and comments are shared between both papers.
          </p>
          <div class="afterword">
            ${reactionsTag(tags)}
            ${storiesTag(tags, {
              name: 'dont-miss',
              layout: 'grid',
              limit: 3,
              heading: 'Don’t miss',
              fallback: english.filter(({ dontMiss }) => dontMiss),
            })}
            ${newsletterTag(tags, 'weekend')} ${commentsTag(tags)}
          </div>
        </main>
        <nav class="from" aria-labelledby="from">
          <h2 id="from">More from Bến Sông</h2>
          <ul>
            ${english.map((other) => html`<li><a href="${partnerPath(other)}">${other.title}</a></li>`)}
          </ul>
        </nav>
        <footer id="end">
          <p>Tideline is a paper invented to show Afterword on a second origin, in its own colours.</p>
        </footer>
      </body>
    </html>`;
}
