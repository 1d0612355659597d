import { z } from 'zod';
import * as limits from './limits.js';
import { storyKey } from './story-key.js';

/** UUIDv7: sorts by creation time. */
export const id = z.uuid().describe('UUIDv7');
export const time = z.iso.datetime().max(limits.timeChars).describe('ISO 8601, UTC');
export const count = z.int().nonnegative();
/** A permanent, short id chosen by people: of a site, a poll, a choice, a newsletter. */
export const slug = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/, 'Lower-case letters, digits and hyphens, at most 64.');
export const lang = z
  .string()
  .regex(/^[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*$/, 'A BCP 47 language tag.')
  .max(35);
/** The address as typed. An invalid one is answered with `email-invalid`, which reveals nothing about lists or readers. */
export const email = z.string().meta({ maxLength: limits.emailBytes });
/** Language of a text of the newsroom, where that is not the requested one. */
export const otherLang = z
  .string()
  .describe('Language of the text, where it is not the requested one, or none was requested')
  .optional();
export const webUrl = z.url({ protocol: /^https?$/, normalize: true }).max(limits.storyKeyBytes);

/** Control characters and lone surrogates: not every database stores them, and no URL contains them. */
export const unfit = /[\p{Cc}\p{Cs}]/u;

/** A story key; parsing makes it canonical. */
export const story = z
  .string()
  .transform((value, context) => {
    const key = unfit.test(value) ? undefined : storyKey(value);
    if (key !== undefined && new TextEncoder().encode(key).length <= limits.storyKeyBytes) return key;
    context.addIssue({
      code: 'custom',
      message: `A publisher's id or a URL, at most ${limits.storyKeyBytes} bytes.`,
      params: { code: 'story-key-invalid' },
    });
    return z.NEVER;
  })
  .meta({
    description: "The publisher's id of a story, its URL, or its path on the site's first origin.",
    maxLength: limits.storyKeyBytes,
  });

/** A text that an editor writes, by language tag. */
export function localizedText(maxChars: number) {
  return z
    .record(lang, z.string().trim().min(1).max(maxChars).normalize().refine(isFit, 'No control characters.'))
    .refine((texts) => Object.keys(texts).length > 0, 'In one language at least.')
    .refine((texts) => Object.keys(texts).length <= limits.languages, `In ${limits.languages} languages at most.`)
    .meta({
      maxProperties: limits.languages,
      description: 'By language tag',
      example: { vi: 'Rất hay', en: 'Excellent' },
    });
}

function isFit(text: string): boolean {
  return !unfit.test(text);
}

export const siteParams = z.object({ site: slug });
/** Language of the texts in an answer; the site's by default. */
export const langQuery = z.object({ lang: lang.optional() });
export const storyQuery = langQuery.extend({ story });
export const pageLimit = z.coerce.number().int().min(1).max(limits.limit);
export const cursor = z.string().max(limits.cursorBytes);

export const problemSchema = z
  .object({
    type: z.string().describe('A link to the description of the code'),
    title: z.string(),
    status: z.int(),
    code: z.string().describe('One of the codes of errors.ts'),
    detail: z.string().optional().describe('The cause, the place, and the remedy'),
    errors: z
      .array(z.object({ field: z.string(), message: z.string() }))
      .optional()
      .describe('Rejected fields of the request'),
    requestId: z
      .string()
      .optional()
      .describe(
        "The `X-Request-Id` of the response, where the server has failed: the server's log has the error under it",
      ),
  })
  .meta({ id: 'Problem', description: 'RFC 9457, with a stable code.' });

/** A repeatable query parameter: a single value arrives as a string. */
export function repeated<Item extends z.ZodType<unknown, string>>(item: Item, maxCount: number) {
  return z
    .union([z.string(), z.array(z.string())])
    .transform((given) => [given].flat())
    .pipe(z.array(item).min(1).max(maxCount))
    .meta({ type: 'array', maxItems: maxCount, items: { type: 'string', maxLength: limits.storyKeyBytes } });
}
