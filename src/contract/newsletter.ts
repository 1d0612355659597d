import { z } from 'zod';
import * as limits from './limits.js';
import { email, lang, otherLang, slug } from './primitives.js';

export const newsletterListSchema = z
  .object({
    id: slug,
    name: z.string(),
    description: z.string(),
    frequency: z.string().describe('Frequency, in words'),
    consent: z
      .object({ id: z.string(), text: z.string() })
      .describe('The text a reader agrees to; a changed text has a new id'),
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
