import { z } from 'zod';
import * as limits from './limits.js';
import { count, email, lang, localizedText, otherLang, slug, time, webUrl } from './primitives.js';

const latestIssue = z
  .object({
    url: webUrl.describe('The page of the issue'),
    picture: webUrl.optional().describe('A picture of it, four to three'),
  })
  .describe('The last issue, for readers to look at before they subscribe');

export const newsletterListSchema = z
  .object({
    id: slug,
    name: z.string(),
    description: z.string(),
    frequency: z.string().describe('Frequency, in words'),
    consent: z
      .object({ id: z.string(), text: z.string() })
      .describe('The text a reader agrees to; a changed text has a new id'),
    latestIssue: latestIssue.optional(),
    langs: z
      .object({ name: otherLang, description: otherLang, frequency: otherLang, consent: otherLang })
      .optional()
      .describe('Languages of the texts that are not in the requested one'),
  })
  .meta({ id: 'NewsletterList' });

export const newslettersSchema = z.object({ lists: z.array(newsletterListSchema) }).meta({ id: 'Newsletters' });

/**
 * Honeypot: hidden from people, and named like nothing that browsers and password managers fill in. Where it is filled, the
 * answer is the same, and the mail asks for its code instead of offering a button.
 */
export const trapField = 'topic';

export const subscribeBody = z
  .object({
    email,
    lists: z.array(slug).min(1).max(limits.lists),
    consent: z
      .union([z.string().max(limits.consentIdChars), z.array(z.string().max(limits.consentIdChars)).max(limits.lists)])
      .describe('The consent id of every list'),
    lang: lang.optional(),
    // A wrong address is ignored, which the generator of /openapi.json cannot describe by itself.
    page: webUrl.optional().catch(undefined).meta({
      type: 'string',
      format: 'uri',
      maxLength: limits.storyKeyBytes,
      description: 'The page of the form, for the receipt',
    }),
    [trapField]: z.string().max(limits.trapChars).optional(),
  })
  .meta({ id: 'SubscribeBody' });
export const subscribedSchema = z
  .object({ state: z.literal('check-inbox') })
  .meta({ id: 'Subscribed', description: 'The same for every address, known or not.' });

export const subscriptionCodeBody = z
  .object({ email, code: z.string().max(limits.codeChars) })
  .meta({ id: 'SubscriptionCodeBody' });
export const confirmedSchema = z.object({ state: z.literal('confirmed') }).meta({ id: 'Confirmed' });

/** Newsletters as editors see them: in every language, with the versions of the consent text. */

/** A text in the site's language, or by language. */
function editedText(maxChars: number) {
  return z.union([z.string().trim().min(1).max(maxChars).normalize(), localizedText(maxChars)]);
}

export const newsletterParams = z.object({ site: slug, newsletter: slug });

export const newsletterBody = z
  .object({
    name: editedText(limits.newsletterLabel),
    description: editedText(limits.newsletterDescription),
    frequency: editedText(limits.newsletterLabel).describe('Frequency, in words'),
    consent: z
      .object({ text: editedText(limits.consentText) })
      .describe('The text a reader agrees to; a changed text becomes a new version'),
    latestIssue: latestIssue.nullable().default(null),
    position: z
      .int()
      .min(0)
      .max(limits.newsletters)
      .optional()
      .describe('Place among the newsletters; at the end by default'),
  })
  .meta({ id: 'NewsletterBody', description: "Each text by language, or as a string in the site's language." });

const consentVersion = z.object({
  id: z.string(),
  text: localizedText(limits.consentText),
  since: time,
});

export const editedNewsletterSchema = z
  .object({
    id: slug,
    name: localizedText(limits.newsletterLabel),
    description: localizedText(limits.newsletterDescription),
    frequency: localizedText(limits.newsletterLabel),
    consent: consentVersion.describe('The current version'),
    earlierConsents: z.array(consentVersion).describe('Versions that subscribers before have agreed to, newest first'),
    latestIssue: latestIssue.nullable(),
    position: z.int(),
    subscribers: z.object({
      confirmed: count,
      pending: count,
      bounced: count.describe('Confirmed, until their address has bounced'),
    }),
  })
  .meta({ id: 'EditedNewsletter', description: 'A newsletter in every language.' });

/** Mail services whose webhooks report bounces and complaints. */
export const bounceProviders = ['ses', 'postmark', 'mailgun'] as const;
export type BounceProvider = (typeof bounceProviders)[number];
export const bounceProviderParams = z.object({ site: slug, provider: z.enum(bounceProviders) });

export const bounceReportsBody = z
  .array(
    z.object({
      email: z.string().max(limits.bouncedEmailChars),
      type: z
        .enum(['hard', 'soft', 'complaint'])
        .describe('`hard`: came back for good. `soft`: for a time. `complaint`: reported as spam'),
    }),
  )
  .min(1)
  .max(limits.bounceReports)
  .meta({ id: 'BounceReports' });
export const recordedBouncesSchema = z
  .object({ suppressed: count.describe('Addresses that get no mail from now on') })
  .meta({ id: 'RecordedBounces' });
