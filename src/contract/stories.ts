import { z } from 'zod';
import { limits } from './limits.js';
import { count, lang, pageLimit, repeated, story, storyQuery, time, webUrl } from './primitives.js';

export const rails = ['related', 'most-read', 'latest', 'dont-miss', 'videos', 'sponsored'] as const;
export const storyKinds = ['article', 'video', 'live', 'gallery', 'opinion', 'podcast', 'sponsored'] as const;
/** Why a story stands in a rail. */
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
    width: z.int().positive().optional(),
    height: z.int().positive().optional(),
    alt: z.string().optional(),
    srcset: z.string().optional(),
    focal: z.object({ x: z.number().min(0).max(1), y: z.number().min(0).max(1) }).optional(),
  })
  .meta({ id: 'StoryImage' });

const storyFields = {
  url: webUrl,
  title: z.string().min(1).max(500),
  publishedAt: time,
  summary: z.string().max(2000).optional(),
  image: storyImageSchema.optional(),
  section: z.string().max(100).optional(),
  kicker: z.string().max(100).optional(),
  byline: z.string().max(200).optional(),
  kind: z.enum(storyKinds),
  durationSec: count.optional(),
  access: z.enum(['free', 'metered', 'locked']).optional(),
  sponsor: z.object({ name: z.string().min(1).max(100), url: webUrl.optional() }).optional(),
};

export const storySchema = z
  .object({
    id: z.string().describe("The story's key: the publisher's id, or its canonical URL"),
    ...storyFields,
    commentCount: count.optional(),
    reason: z.enum(storyReasons),
  })
  .meta({ id: 'Story' });

export const railSchema = z
  .object({ rail: z.enum(rails), asOf: time.describe('When the list was made'), items: z.array(storySchema) })
  .meta({ id: 'Rail', description: 'May hold up to twice `limit`: the page draws `limit` after leaving out repeats.' });

/** A story as a publisher hands it in. */
export const storyInputSchema = z
  .object({
    ...storyFields,
    id: story.optional().describe("The publisher's id; else the URL is the key"),
    publishedAt: z.iso.datetime({ offset: true }),
    kind: z.enum(storyKinds).default('article'),
    lang: lang.optional(),
    dontMiss: z.boolean().optional().describe('Whether an editor recommends it: the rail `dont-miss`'),
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

/** The site's key for its own servers travels as a bearer token too; this is how it is told from a reader's. */
export const serverKeyPrefix = 'awk_';
