import { html } from 'hono/html';
import { publishedAt, type DemoStory } from './stories.js';
import { paperWords } from './words.js';

/** A story as it is read: headline, byline, sapo, picture, text. The paper and its partner print the same. */
export function storyArticle(story: DemoStory, now: number): ReturnType<typeof html> {
  const words = paperWords[story.lang];
  const published = publishedAt(story, now);
  return html`<article class="story">
    <header>
      <p class="kicker">
        ${story.sponsor ? html`<b>${words.sponsored}</b> · ${story.sponsor.name}` : (story.kicker ?? story.section)}
      </p>
      <h1>${story.title}</h1>
      <p class="byline">
        <span>${story.byline}</span>
        <time datetime="${published.toISOString()}">${longTime(published, words.locale)}</time>
      </p>
      <p class="sapo">${story.summary}</p>
    </header>
    <figure>
      <img src="/demo/pictures/${story.picture}.svg" width="1280" height="720" alt="" fetchpriority="high" />
      ${story.caption ? html`<figcaption>${story.caption}</figcaption>` : ''}
    </figure>
    <div class="text">
      ${story.body.map((paragraph) => {
        const heading = /^## (.*)$/.exec(paragraph)?.[1];
        return heading === undefined ? html`<p>${paragraph}</p>` : html`<h2>${heading}</h2>`;
      })}
    </div>
  </article>`;
}

export function longTime(time: Date, locale: string): string {
  return new Intl.DateTimeFormat(locale, {
    weekday: 'long',
    day: 'numeric',
    month: locale.startsWith('vi') ? 'numeric' : 'long',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    timeZone: 'Asia/Ho_Chi_Minh',
  }).format(time);
}
