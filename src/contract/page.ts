import { z } from 'zod';
import { commentsSchema, commentSorts } from './comments.js';
import * as limits from './limits.js';
import { newslettersSchema } from './newsletter.js';
import { pageLimit, problemSchema, slug, storyQuery } from './primitives.js';
import { defaultPoll, reactionsSchema } from './reactions.js';
import { countsSchema, rails, railSchema } from './stories.js';

/** A parsed entry of `parts`. */
export type PagePart =
  | { part: 'reactions'; poll: string }
  | { part: 'comments'; sort: (typeof commentSorts)[number]; limit: number }
  | { part: 'stories'; rail: (typeof rails)[number]; limit: number }
  | { part: 'newsletter' }
  | { part: 'counts' };

const partSchemas = {
  reactions: z.tuple([slug.default(defaultPoll)]).transform(([poll]) => ({ part: 'reactions' as const, poll })),
  comments: z
    .tuple([z.enum(commentSorts).default('best'), pageLimit.default(limits.comments)])
    .transform(([sort, limit]) => ({ part: 'comments' as const, sort, limit })),
  stories: z
    .tuple([z.enum(rails), pageLimit.default(limits.stories)])
    .transform(([rail, limit]) => ({ part: 'stories' as const, rail, limit })),
  newsletter: z.tuple([]).transform(() => ({ part: 'newsletter' as const })),
  counts: z.tuple([]).transform(() => ({ part: 'counts' as const })),
};

/**
 * Parses an entry of `parts`: `reactions[:poll]`, `comments[:sort[:limit]]`, `stories:rail[:limit]`, `newsletter`, `counts`.
 *
 * @returns the part, or `undefined` for an invalid entry
 */
export function parsePart(entry: string): PagePart | undefined {
  const [name = '', ...values] = entry.split(':');
  if (!Object.hasOwn(partSchemas, name)) return undefined;
  return partSchemas[name as keyof typeof partSchemas].safeParse(values).data;
}

export const pageQuery = storyQuery.extend({
  parts: z
    .union([z.string(), z.array(z.string())])
    .transform((given) => [...new Set([given].flat().flatMap((value) => value.split(',')))].filter(Boolean))
    .pipe(z.array(z.string().max(limits.pagePartChars)).min(1).max(limits.pageParts))
    .meta({
      type: 'array',
      maxItems: limits.pageParts,
      items: { type: 'string', maxLength: limits.pagePartChars * limits.pageParts },
      description:
        'Comma-separated or repeated: reactions[:poll], comments[:sort[:limit]], stories:rail[:limit], newsletter, counts',
    }),
});

export const pageSchema = z
  .object({
    parts: z
      .record(
        z.string(),
        z.union([reactionsSchema, commentsSchema, railSchema, newslettersSchema, countsSchema, problemSchema]),
      )
      .describe('By entry as sent: the answer of its own GET, or a problem'),
  })
  .meta({ id: 'Page' });
