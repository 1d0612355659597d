import { z } from 'zod';
import { limits } from './limits.js';
import { lang, slug } from './primitives.js';

export const newsletterListSchema = z
  .object({
    id: slug,
    name: z.string(),
    description: z.string(),
    frequency: z.string().describe('How often it comes, in words'),
    consent: z
      .object({ id: z.string(), text: z.string() })
      .describe('What a reader agrees to; a changed text has a new id'),
  })
  .meta({ id: 'NewsletterList' });

export const newslettersSchema = z.object({ lists: z.array(newsletterListSchema) }).meta({ id: 'Newsletters' });

/** The address as typed. Whether it is one is decided by `email-invalid`, which names no list and no reader. */
const email = z.string();

/** A field people never see. Programs that fill every field fill it too, and get the same answer as everybody. */
export const trapField = 'website';

export const subscribeBody = z
  .object({
    email,
    lists: z.array(slug).min(1).max(limits.lists),
    consent: z
      .union([z.string().max(100), z.array(z.string().max(100)).max(limits.lists)])
      .describe('The consent id of every list'),
    lang: lang.optional(),
    [trapField]: z.string().optional(),
  })
  .meta({ id: 'SubscribeBody' });
export const subscribedSchema = z
  .object({ state: z.literal('check-inbox') })
  .meta({ id: 'Subscribed', description: 'The same for every address, known or not.' });

export const subscriptionCodeBody = z.object({ email, code: z.string().max(20) }).meta({ id: 'SubscriptionCodeBody' });
export const confirmedSchema = z.object({ state: z.literal('confirmed') }).meta({ id: 'Confirmed' });
