import { z } from 'zod';
import * as limits from './limits.js';
import { lang, localizedText, slug, unfit } from './primitives.js';

/** Sites as their publishers see and change them. Messages name the allowed values, for the API and the command line. */

const commentRules = z.object({
  words: z
    .array(text(1, limits.bannedWordChars), 'A list of words and phrases.')
    .max(limits.bannedWords, `At most ${limits.bannedWords} words and phrases.`)
    .default([])
    .describe('Words and phrases that hold a comment'),
  links: wholeNumber(0, limits.integer, ', or null for any number')
    .nullable()
    .default(2)
    .describe('More links than this hold a comment'),
  newCommenter: wholeNumber(0, 20).default(0).describe('The first comments of a reader that are held'),
  repeatMinutes: wholeNumber(0, 1440).default(10).describe('Minutes within which a repeated text is held'),
  rate: z
    .object({ comments: wholeNumber(1, 20), minutes: wholeNumber(1, 1440) }, 'An object with comments and minutes.')
    .default({ comments: 20, minutes: 5 })
    .describe('More comments within so many minutes are held'),
  external: z
    .object(
      {
        url: z.url({ protocol: /^https?$/, error: 'An http(s) URL.' }).max(limits.storyKeyBytes),
        secret: text(16, 1000).describe('Signs the requests. Never returned'),
        timeoutMillis: wholeNumber(100, 5000).default(1500),
      },
      'An object with url and secret, or null for none.',
    )
    .nullable()
    .default(null)
    .describe("The publisher's own check, called last"),
});

const reactionRules = z.object({
  networkGuests: wholeNumber(1, limits.integer, ', or null for any number')
    .nullable()
    .default(500)
    .describe('Guests of one network that may vote in a poll on a story, or on a comment, within an hour'),
  burstGuests: wholeNumber(1, limits.integer, ', or null for never')
    .nullable()
    .default(300)
    .describe('Guests within a minute that freeze a poll, where nearly all vote alike'),
});

const newsletterCaps = z.object({
  networkMailsPerHour: wholeNumber(1, limits.integer).default(20),
  mailsPerHour: wholeNumber(1, limits.integer).default(1000),
});

const mailSettings = z.object({
  senderName: byLanguage(
    text(1, limits.siteName).refine((name) => !unfit.test(name), 'A text without control characters.'),
    limits.siteName,
  ).describe("Display name of the sender. Without it, the site's name"),
  replyTo: byLanguage(z.email('An e-mail address.').max(limits.emailBytes), limits.emailBytes).describe(
    'Where answers go. Without it, to the sender',
  ),
  logo: byLanguage(
    z.url({ protocol: /^https$/, error: 'An https URL.' }).max(limits.storyKeyBytes),
    limits.storyKeyBytes,
  ).describe('A picture above each mail'),
  footer: byLanguage(text(1, limits.mailFooter), limits.mailFooter).describe('A text below each mail'),
  postalAddress: byLanguage(text(1, limits.mailFooter), limits.mailFooter).describe(
    "The publisher's address below each mail, which some countries require",
  ),
});

export const siteSettingsSchema = z.object({
  stories: oneOf('known', 'origins', 'any').default('origins').describe("Story keys that a reader's write may create"),
  moderation: oneOf('pre', 'post').default('pre').describe("`pre` holds a guest's comment for a moderator"),
  who: oneOf('guest', 'email', 'signed-on').default('guest').describe('Readers that may comment'),
  votes: oneOf('up', 'up-down').default('up').describe('Votes on comments'),
  editSeconds: wholeNumber(0, limits.integer).default(300).describe('The time for editing a comment'),
  closeAfterDays: wholeNumber(1, 36_500, ', or null for never')
    .nullable()
    .default(null)
    .describe('Days after publication when threads close'),
  reportsToHold: wholeNumber(1, limits.integer).default(3).describe('Readers whose reports hold a comment'),
  rules: commentRules.prefault({}).describe('Rules that hold a comment for a moderator'),
  newsletter: newsletterCaps
    .prefault({})
    .describe('Mails to confirm and notices in an hour: by one network, and in all. Others are not sent'),
  mail: mailSettings.prefault({}).describe('What mails show: each a text, or texts by language. null for none'),
  reactions: reactionRules.prefault({}).describe('Rules against ballot stuffing'),
});

/** Settings that are about to be stored. Those that an earlier version has stored may exceed the limit of bytes. */
export const newSettingsSchema = siteSettingsSchema.refine(
  ({ rules }) =>
    rules.words.reduce((bytes, word) => bytes + new TextEncoder().encode(word).length, 0) <= limits.bannedWordsBytes,
  { path: ['rules', 'words'], error: `At most ${limits.bannedWordsBytes / 1024} kB in all.` },
);

const origin = z
  .url({ protocol: /^https?$/, error: 'An origin such as https://news.example.' })
  .max(limits.storyKeyBytes)
  .transform((url) => new URL(url).origin);

const siteTexts = {
  name: text(1, limits.siteName)
    .refine((name) => name.trim() !== '' && !unfit.test(name), 'A text without control characters.')
    .describe('As mails and pages of the server show it'),
  lang: lang.describe('Language of texts without a requested one'),
  origins: z
    .array(origin, 'A list of origins such as https://news.example.')
    .max(limits.siteOrigins, `At most ${limits.siteOrigins} origins.`)
    .transform((origins) => [...new Set(origins)])
    .describe('Origins whose pages may write. Paths of stories belong to the first'),
};

export const newSiteSchema = z.object({
  id: slug,
  ...siteTexts,
  lang: siteTexts.lang.default('vi'),
  origins: siteTexts.origins.default([]),
  settings: siteSettingsSchema.prefault({}),
});

export const sitePatchBody = partialOf(z.object({ ...siteTexts, settings: siteSettingsSchema })).meta({
  id: 'SitePatch',
  description: 'What is left out stays. Settings are merged, lists are replaced.',
}) as z.ZodType<SitePatch>;

/** A change of a site: any of its members, and any of its settings. */
type SitePatch = Partial<Pick<z.output<typeof newSiteSchema>, 'name' | 'lang' | 'origins'>> & {
  settings?: DeepPartial<z.output<typeof siteSettingsSchema>>;
};
type DeepPartial<T> = T extends unknown[] ? T : T extends object ? { [Key in keyof T]?: DeepPartial<T[Key]> } : T;

const shownCheck = commentRules.shape.external.unwrap().unwrap().omit({ secret: true }).nullable();
export const editedSiteSchema = z
  .object({
    id: slug,
    name: siteTexts.name,
    lang,
    origins: z.array(z.string()),
    settings: z.object({
      ...siteSettingsSchema.shape,
      rules: z.object({ ...commentRules.shape, external: shownCheck }),
      newsletter: newsletterCaps,
      mail: mailSettings,
      reactions: reactionRules,
    }),
  })
  .meta({ id: 'EditedSite', description: 'A site with all its settings, without secrets.' });

function oneOf<const Values extends readonly [string, ...string[]]>(...values: Values) {
  return z.enum(values, `One of: ${values.join(', ')}.`);
}

/** A value for all languages, or values by language tag. */
function byLanguage(value: z.ZodType<string>, maxChars: number) {
  const texts = localizedText(maxChars).refine(
    (values) => Object.values(values).every((each) => value.safeParse(each).success),
    'A value that is not valid.',
  );
  return z.union([value, texts]).nullable().default(null);
}

function wholeNumber(min: number, max: number, otherwise = '') {
  const message = `A whole number from ${min} to ${max}${otherwise}.`;
  return z.int(message).min(min, message).max(max, message);
}

function text(minChars: number, maxChars: number) {
  const message = `A text of ${minChars} to ${maxChars} characters.`;
  return z.string(message).min(minChars, message).max(maxChars, message);
}

/** Returns a schema without defaults in which every member of every object may be missing, and no other is allowed. */
function partialOf(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault)
    return describedAs(schema, partialOf((schema as z.ZodDefault<z.ZodType>).unwrap()));
  if (schema instanceof z.ZodNullable)
    return describedAs(schema, partialOf((schema as z.ZodNullable<z.ZodType>).unwrap()).nullable());
  if (!(schema instanceof z.ZodObject)) return schema;
  const members = Object.entries((schema as z.ZodObject<Record<string, z.ZodType>>).shape);
  return z.strictObject(
    Object.fromEntries(members.map(([name, member]) => [name, describedAs(member, partialOf(member)).optional()])),
    `An object with any of: ${members.map(([name]) => name).join(', ')}.`,
  );
}

function describedAs({ description }: z.ZodType, schema: z.ZodType): z.ZodType {
  return description === undefined ? schema : schema.describe(description);
}
