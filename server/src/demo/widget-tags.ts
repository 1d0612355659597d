import { html } from 'hono/html';
import { pathOf, type DemoStory } from './stories.js';
import { paperWords } from './words.js';

type Html = ReturnType<typeof html>;

/** Options of the widgets' tags. Their content is the fallback where the script does not run. */
export interface TagOptions {
  readonly lang: 'vi' | 'en';
  /** Origin of the stories' addresses. */
  readonly storyOrigin: string;
  readonly stories: readonly DemoStory[];
}

const letters = 'toasoan@bensong.example';

export function reactionsTag({ lang }: TagOptions): Html {
  return html`<aw-reactions>
    <p>${paperWords[lang].reactions} <a href="mailto:${letters}">${letters}</a>.</p>
  </aw-reactions>`;
}

export function commentsTag({ lang }: TagOptions): Html {
  return html`<aw-comments>
    <h2>${paperWords[lang].comments}</h2>
    <p>${paperWords[lang].letters} <a href="mailto:${letters}">${letters}</a>.</p>
  </aw-comments>`;
}

export function newsletterTag({ lang }: TagOptions, list: string): Html {
  const words = paperWords[lang];
  return html`<aw-newsletter list="${list}">
    <h2>${words.newsletter}</h2>
    <p>${words.letters} <a href="mailto:${letters}">${letters}</a>.</p>
  </aw-newsletter>`;
}

/** Number of stories in the fallback: they fit the reserved height, so that the rail causes no layout shift. */
const fallbackStories = 4;

/** Renders a rail with a plain list of stories as its fallback. */
export function storiesTag(
  { lang, storyOrigin, stories }: TagOptions,
  rail: { name: string; layout: string; limit: number; heading: string; more?: string; fallback: readonly DemoStory[] },
): Html {
  return html`<aw-stories
    rail="${rail.name}"
    layout="${rail.layout}"
    limit="${rail.limit}"
    ${rail.more === undefined ? '' : html`more="${rail.more}"`}
  >
    <h2>${rail.heading}</h2>
    <ul>
      ${rail.fallback
        .filter((story) => story.lang === lang && story.translationOf === undefined)
        .slice(0, fallbackStories)
        .map((story) => html`<li><a href="${storyOrigin}${pathOf(story, stories)}">${story.title}</a></li>`)}
    </ul>
  </aw-stories>`;
}

export function byReads(stories: readonly DemoStory[]): DemoStory[] {
  return [...stories].sort((a, b) => b.reads - a.reads);
}

export function byTime(stories: readonly DemoStory[]): DemoStory[] {
  return [...stories].sort((a, b) => a.minutesAgo - b.minutesAgo);
}
