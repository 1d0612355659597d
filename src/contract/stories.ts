import { z } from 'zod';
import * as limits from './limits.js';
import { count, lang, otherLang, pageLimit, repeated, story, storyQuery, time, webUrl } from './primitives.js';
import { srcset } from './srcset.js';

export const rails = ['related', 'most-read', 'latest', 'dont-miss', 'videos', 'sponsored'] as const;
export const storyKinds = ['article', 'video', 'live', 'gallery', 'opinion', 'podcast', 'sponsored'] as const;
/** Reason for a story's place in a rail. */
export const storyReasons = [
  'editor',
  'series',
  'text',
  'section',
  'co-read',
  'most-read',
  'latest',
  'kind',
  'sponsor',
] as const;

export const storyImageSchema = z
  .object({
    src: webUrl,
    width: z.int().positive().max(limits.imagePixels).optional(),
    height: z.int().positive().max(limits.imagePixels).optional(),
    alt: z.string().max(limits.imageAlt).optional(),
    srcset: srcset.optional(),
    focal: z.object({ x: z.number().min(0).max(1), y: z.number().min(0).max(1) }).optional(),
  })
  .meta({ id: 'StoryImage' });

const storyFields = {
  url: webUrl,
  title: z.string().min(1).max(limits.storyTitle),
  publishedAt: time,
  summary: z.string().max(limits.storySummary).optional(),
  image: storyImageSchema.optional(),
  section: z.string().max(limits.storyLabel).optional(),
  kicker: z.string().max(limits.storyLabel).optional(),
  byline: z.string().max(limits.storyByline).optional(),
  kind: z.enum(storyKinds),
  durationSec: count.max(limits.integer).optional(),
  access: z.enum(['free', 'metered', 'locked']).optional(),
  sponsor: z.object({ name: z.string().min(1).max(limits.storyLabel), url: webUrl.optional() }).optional(),
};

export const storySchema = z
  .object({
    id: z.string().describe("The story's key: the publisher's id, or its canonical URL"),
    ...storyFields,
    lang: otherLang,
    commentCount: count.optional(),
    reason: z.enum(storyReasons),
  })
  .meta({ id: 'Story' });

export const railSchema = z
  .object({ rail: z.enum(rails), asOf: time.describe('Time of the list'), items: z.array(storySchema) })
  .meta({ id: 'Rail', description: 'May hold up to twice `limit`: the page draws `limit` after leaving out repeats.' });

/** A story as a publisher submits it. */
export const storyInputSchema = z
  .object({
    ...storyFields,
    id: story.optional().describe("The publisher's id; else the URL is the key"),
    publishedAt: z.iso.datetime({ offset: true }).max(limits.timeChars),
    kind: z.enum(storyKinds).default('article'),
    lang: lang.optional(),
    dontMiss: z.boolean().optional().describe('Recommended by an editor: appears in the rail `dont-miss`'),
  })
  .meta({ id: 'StoryInput' });

export const storiesBody = z
  .object({ stories: z.array(storyInputSchema).min(1).max(limits.storiesAtOnce) })
  .meta({ id: 'StoriesBody' });
export const upsertedSchema = z.object({ upserted: count }).meta({ id: 'Upserted' });

export const railParams = z.object({ rail: z.enum(rails) });
export const railQuery = storyQuery.partial({ story: true }).extend({ limit: pageLimit.default(limits.stories) });

export const signalsBody = z
  .object({
    signals: z
      .array(
        z.object({
          type: z.enum(['read', 'view', 'click']),
          story,
          rail: z.enum(rails).optional(),
          position: count.max(limits.limit).optional(),
        }),
      )
      .min(1)
      .max(limits.signals),
  })
  .meta({ id: 'SignalsBody' });

export const countsQuery = z.object({ story: repeated(story, limits.countsStories) });
export const storyCountsSchema = z.object({ comments: count, reactions: count }).meta({ id: 'StoryCounts' });
export const countsSchema = z.object({ counts: z.record(z.string(), storyCountsSchema) }).meta({ id: 'Counts' });

/** Prefix of a site's server key, which distinguishes it from a reader's token: both are bearer tokens. */
export const serverKeyPrefix = 'awk_';
