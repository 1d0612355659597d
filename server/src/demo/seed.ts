import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StoryInput } from 'afterword/contract';
import type { NewNewsletter } from '../newsletter/domain/list-editing.js';
import { siteSettingsSchema, type NewSite } from '../sites/store.js';
import { demoFolder, leadOf, pathOf, publishedAt, readDemoStories } from './stories.js';
import type { EpochMs } from '../time.js';

/** A comment on the demo's lead story. Texts are markdown. */
export interface DemoComment {
  readonly author: string;
  readonly text: string;
  readonly minutesAgo: number;
  readonly likes: number;
  readonly featured?: boolean;
  readonly replies?: readonly DemoComment[];
}

/** The demo's site: it shows comments at once and accepts guests. Its origins follow from the ports. */
export const demoSite: Omit<NewSite, 'origins'> = {
  id: 'demo',
  name: 'Bến Sông',
  lang: 'vi',
  settings: siteSettingsSchema.parse({ stories: 'any', moderation: 'post', who: 'guest', votes: 'up' }),
};

/** Returns all stories with a page of their own, in the form of `PUT /stories`. */
export function demoStories(url: string, now: EpochMs): (StoryInput & { id: string; reads: number })[] {
  const stories = readDemoStories();
  return stories
    .filter(({ translationOf }) => translationOf === undefined)
    .map((story) => {
      const { title, summary, section, kicker, byline, kind, durationSec, sponsor, lang, dontMiss, reads } = story;
      return {
        id: story.slug,
        url: new URL(pathOf(story, stories), url).href,
        title,
        publishedAt: publishedAt(story, now).toISOString(),
        summary,
        image: { src: new URL(`/demo/pictures/${story.picture}.svg`, url).href, width: 1280, height: 720, alt: '' },
        section,
        byline,
        kind,
        lang,
        reads,
        ...(kicker && { kicker }),
        ...(durationSec && { durationSec }),
        ...(sponsor && { sponsor }),
        ...(dontMiss && { dontMiss }),
      };
    });
}

/** Returns the address of the story with the sample comments and reactions. */
export function demoLeadUrl(url: string): string {
  const stories = readDemoStories();
  return new URL(pathOf(leadOf(stories), stories), url).href;
}

export function demoComments(): DemoComment[] {
  return JSON.parse(readFileSync(join(demoFolder, 'comments.json'), 'utf8')) as DemoComment[];
}

/** The newsroom's question above the sample comments. */
export const demoQuestion = 'Nơi bạn sống đã có điều gì trở lại sau khi người ta thôi cản trở nó?';

/** Initial votes by choice on the lead story. */
export const demoReactions: Readonly<Record<string, number>> = { great: 214, like: 131, fun: 12, improve: 9 };

export const demoNewsletters: readonly NewNewsletter[] = [
  {
    id: 'daily',
    name: { vi: 'Bến Sông mỗi sáng', en: 'Bến Sông every morning' },
    description: {
      vi: 'Năm chuyện đáng đọc, gói trong ba phút, trước khi bạn ra khỏi nhà.',
      en: 'Five stories worth your time, in three minutes, before you leave home.',
    },
    frequency: { vi: 'Mỗi sáng, trừ Chủ nhật', en: 'Every morning but Sunday' },
    consent: {
      text: {
        vi: 'Tôi đồng ý nhận bản tin này qua email và có thể huỷ bất cứ lúc nào.',
        en: 'I agree to receive this newsletter by email and can stop at any time.',
      },
    },
  },
  {
    id: 'weekend',
    name: { vi: 'Cuối tuần thong thả', en: 'A slow weekend' },
    description: {
      vi: 'Một phóng sự dài, một nơi để đi và một món để nấu.',
      en: 'One long read, one place to go and one dish to cook.',
    },
    frequency: { vi: 'Sáng thứ Bảy', en: 'Saturday morning' },
    consent: {
      text: {
        vi: 'Tôi đồng ý nhận bản tin này qua email và có thể huỷ bất cứ lúc nào.',
        en: 'I agree to receive this newsletter by email and can stop at any time.',
      },
    },
  },
];
