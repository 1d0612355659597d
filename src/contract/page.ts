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

/** Short names, which content blockers leave alone: their filters match words such as `newsletter` and `sponsored` in URLs. */
const shortNames: Record<string, string> = {
  r: 'reactions',
  c: 'comments',
  s: 'stories',
  n: 'newsletter',
  k: 'counts',
};
/** Rails by their first letter. */
const shortRails: Record<string, string> = Object.fromEntries(rails.map((rail) => [rail.charAt(0), rail]));

const partSchemas = {
  reactions: z.tuple([slug.default(defaultPoll)]).transform(([poll]) => ({ part: 'reactions' as const, poll })),
  comments: z
    .tuple([z.enum(commentSorts).default('best'), pageLimit.default(limits.comments)])
    .transform(([sort, limit]) => ({ part: 'comments' as const, sort, limit })),
  stories: z
    .tuple([z.preprocess((rail) => toLongName(shortRails, rail), z.enum(rails)), pageLimit.default(limits.stories)])
    .transform(([rail, limit]) => ({ part: 'stories' as const, rail, limit })),
  newsletter: z.tuple([]).transform(() => ({ part: 'newsletter' as const })),
  counts: z.tuple([]).transform(() => ({ part: 'counts' as const })),
};

/**
 * Parses an entry of `parts`: `reactions[:poll]`, `comments[:sort[:limit]]`, `stories:rail[:limit]`, `newsletter`, `counts`, or
 * the same with a short name: `r`, `c`, `s`, `n`, `k`, and a rail's first letter.
 *
 * @returns the part, or `undefined` for an invalid entry
 */
export function parsePart(entry: string): PagePart | undefined {
  const [given = '', ...values] = entry.split(':');
  const name = toLongName(shortNames, given);
  if (!Object.hasOwn(partSchemas, name)) return undefined;
  return partSchemas[name as keyof typeof partSchemas].safeParse(values).data;
}

function toLongName<Name>(longNames: Record<string, string>, name: Name): Name | string {
  return typeof name === 'string' && Object.hasOwn(longNames, name) ? longNames[name]! : name;
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
        'Comma-separated or repeated: reactions[:poll], comments[:sort[:limit]], stories:rail[:limit], newsletter, counts. ' +
        'Short names, which content blockers leave alone: r, c, s, n, k, and the first letter of a rail, as in r, c:newest, s:l:6, n, k',
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
    lang: z.string().describe("The site's language, of texts that are not in the requested one").optional(),
  })
  .meta({ id: 'Page' });
