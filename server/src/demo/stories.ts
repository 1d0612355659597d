import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { StoryInput } from 'afterword/contract';
import { minuteMs, type EpochMs } from '../time.js';

/** Folder of the demo's stories, pictures and styles. */
export const demoFolder = join(dirname(fileURLToPath(import.meta.resolve('afterword/package.json'))), 'demo');

/** A story of the invented paper, as `demo/stories.json` holds it. */
export interface DemoStory {
  readonly slug: string;
  readonly lang: 'vi' | 'en';
  /** Slug of the original, for a translation that only the partner shows. */
  readonly translationOf?: string;
  readonly title: string;
  readonly summary: string;
  readonly section: string;
  readonly kicker?: string;
  readonly byline: string;
  readonly kind: NonNullable<StoryInput['kind']>;
  readonly durationSec?: number;
  readonly sponsor?: { readonly name: string };
  /** Minutes from its publication to the demo's first start. */
  readonly minutesAgo: number;
  /** File in `demo/pictures`, without `.svg`. */
  readonly picture: string;
  readonly caption?: string;
  readonly dontMiss?: boolean;
  /** Initial number of reads. */
  readonly reads: number;
  /** Paragraphs; `## ` begins a heading, `> ` a pull quote. */
  readonly body: readonly string[];
}

export function readDemoStories(): DemoStory[] {
  return JSON.parse(readFileSync(join(demoFolder, 'stories.json'), 'utf8')) as DemoStory[];
}

/** Returns the story on the front page. */
export function leadOf(stories: readonly DemoStory[]): DemoStory {
  const [lead] = stories;
  if (!lead) throw new Error('demo/stories.json holds no story.');
  return lead;
}

/** Returns the path of a story: `/` for the lead story. */
export function pathOf(story: DemoStory, stories: readonly DemoStory[]): string {
  if (story === leadOf(stories)) return '/';
  return story.lang === 'en' ? `/en/${story.slug}` : `/bai-viet/${story.slug}`;
}

export function publishedAt({ minutesAgo }: DemoStory, now: EpochMs): Date {
  return new Date(now - minutesAgo * minuteMs);
}
