import { z } from 'zod';
import { limits } from './limits.js';
import { storyKey } from './story-key.js';

/** UUIDv7: sorts by the time it was made. */
export const id = z.uuid().describe('UUIDv7');
export const time = z.iso.datetime().describe('ISO 8601, UTC');
export const count = z.int().nonnegative();
/** A short name chosen by people and kept for ever: a site, a poll, a choice, a newsletter. */
export const slug = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/, 'Lower-case letters, digits and hyphens, at most 64.');
export const lang = z
  .string()
  .regex(/^[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*$/, 'A BCP 47 language tag.')
  .max(35);
export const webUrl = z.url({ protocol: /^https?$/, normalize: true }).max(limits.storyKeyBytes);

/** Controls and halves of a character: no database keeps both, and no address holds one. */
const unfit = /[\p{Cc}\p{Cs}]/u;

/** A story key as it travels; comes out canonical. */
export const story = z
  .string()
  .transform((value, context) => {
    const key = unfit.test(value) ? undefined : storyKey(value);
    if (key !== undefined) return key;
    context.addIssue({
      code: 'custom',
      message: `A publisher's id or a URL, at most ${limits.storyKeyBytes} bytes.`,
      params: { code: 'story-key-invalid' },
    });
    return z.NEVER;
  })
  .meta({ description: "The publisher's id or the canonical URL of a story." });

export const siteParams = z.object({ site: slug });
/** Words in answers follow `lang`, else the site's language. */
export const langQuery = z.object({ lang: lang.optional() });
export const storyQuery = langQuery.extend({ story });
export const pageLimit = z.coerce.number().int().min(1).max(limits.limit);
export const cursor = z.string().max(limits.cursorBytes);

export const problemSchema = z
  .object({
    type: z.string().describe('A link to what this code means'),
    title: z.string(),
    status: z.int(),
    code: z.string().describe('One of the codes of errors.ts'),
    detail: z.string().optional().describe('What was wrong, where, and what to do'),
    errors: z
      .array(z.object({ field: z.string(), message: z.string() }))
      .optional()
      .describe('Which fields of the request were refused'),
  })
  .meta({ id: 'Problem', description: 'RFC 9457, with a stable code.' });

/** A query parameter that may stand several times: one alone arrives as it is. */
export function repeated<Item extends z.ZodType<unknown, string>>(item: Item, most: number) {
  return z
    .union([z.string(), z.array(z.string())])
    .transform((given) => [given].flat())
    .pipe(z.array(item).min(1).max(most))
    .meta({ type: 'array', items: { type: 'string' } });
}
