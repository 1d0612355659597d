import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { StoryInput } from 'afterword/contract';

/** What a newcomer sees first: its stories, pictures and styles. */
export const demoFolder = join(dirname(fileURLToPath(import.meta.resolve('afterword/package.json'))), 'demo');

/** A story of the invented paper, as `demo/stories.json` holds it. */
export interface DemoStory {
  readonly slug: string;
  readonly lang: 'vi' | 'en';
  /** Set for a translation that only the partner shows, of the story with this slug. */
  readonly translationOf?: string;
  readonly title: string;
  readonly summary: string;
  readonly section: string;
  readonly kicker?: string;
  readonly byline: string;
  readonly kind: NonNullable<StoryInput['kind']>;
  readonly durationSec?: number;
  readonly sponsor?: { readonly name: string };
  /** How long before the demo was first started it was published. */
  readonly minutesAgo: number;
  /** A drawing of `demo/pictures`, without its ending. */
  readonly picture: string;
  readonly caption?: string;
  readonly dontMiss?: boolean;
  /** How many have read it when the demo starts. */
  readonly reads: number;
  /** Paragraphs; one that begins with `## ` is a heading, with `> ` a quotation set large. */
  readonly body: readonly string[];
}

export function readDemoStories(): DemoStory[] {
  return JSON.parse(readFileSync(join(demoFolder, 'stories.json'), 'utf8')) as DemoStory[];
}

/** The story that the front page is. */
export function leadOf(stories: readonly DemoStory[]): DemoStory {
  const [lead] = stories;
  if (!lead) throw new Error('demo/stories.json holds no story.');
  return lead;
}

/** Where a story of the paper itself stands; the first one is the front page. */
export function pathOf(story: DemoStory, stories: readonly DemoStory[]): string {
  if (story === leadOf(stories)) return '/';
  return story.lang === 'en' ? `/en/${story.slug}` : `/bai-viet/${story.slug}`;
}

export function publishedAt({ minutesAgo }: DemoStory, now: number): Date {
  return new Date(now - minutesAgo * 60_000);
}
