import { html } from 'hono/html';
import { publishedAt, type DemoStory } from './stories.js';
import { paperWords } from './words.js';
import type { EpochMs } from '../time.js';

const timeZone = 'Asia/Ho_Chi_Minh';

/** Renders a story: headline, byline, summary, picture, text. Used by the paper and its partner. */
export function storyArticle(story: DemoStory, now: EpochMs): ReturnType<typeof html> {
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
    <div class="text">${story.body.map(block)}</div>
  </article>`;
}

function block(text: string): ReturnType<typeof html> {
  if (text.startsWith('## ')) return html`<h2>${text.slice(3)}</h2>`;
  if (text.startsWith('> ')) return html`<blockquote>${text.slice(2)}</blockquote>`;
  return html`<p>${text}</p>`;
}

/** Formats a date as `Thứ Ba, 24/11/2026`. */
export function longDate(time: Date, locale: string): string {
  const month = locale.startsWith('vi') ? 'numeric' : 'long';
  const options = { weekday: 'long', day: 'numeric', month, year: 'numeric', timeZone } as const;
  return new Intl.DateTimeFormat(locale, options).format(time);
}

/** Formats a time as `Thứ Ba, 24/11/2026, 19:04`. */
export function longTime(time: Date, locale: string): string {
  const options = { hour: '2-digit', minute: '2-digit', timeZone } as const;
  return `${longDate(time, locale)}, ${new Intl.DateTimeFormat(locale, options).format(time)}`;
}
