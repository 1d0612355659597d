import { z } from 'zod';
import * as limits from './limits.js';
import { count, otherLang, slug, story, storyQuery, time } from './primitives.js';

export const defaultPoll = 'reactions';

export const choiceSchema = z
  .object({
    id: slug,
    label: z.string(),
    lang: otherLang,
    icon: z.string().describe('The name of a built-in drawing, an emoji, or the URL of a picture'),
  })
  .meta({ id: 'Choice' });

export const pollSchema = z
  .object({
    id: slug,
    question: z.string(),
    lang: otherLang,
    choices: z.array(choiceSchema).describe('In the order to show; retired ones are left out'),
    multiple: z.boolean().describe('A reader may hold several choices'),
    results: z.enum(['always', 'after-voting', 'after-closing']),
    state: z.enum(['open', 'closed', 'frozen']),
    opensAt: time.nullable(),
    closesAt: time.nullable(),
  })
  .meta({ id: 'Poll' });

export const reactionsSchema = z
  .object({
    poll: pollSchema,
    counts: z
      .record(z.string(), count)
      .optional()
      .describe('Every choice, zeros and retired included; left out until closed where results are after-closing'),
    total: count.optional().describe('Number of voters'),
    version: count.describe('Grows with every change of the counts'),
  })
  .meta({ id: 'Reactions', description: 'A poll on a story and where it stands. The same for every reader.' });

export const heldChoiceSchema = z
  .union([slug, z.array(slug)])
  .nullable()
  .meta({ id: 'HeldChoice', description: 'A choice id, an array of them where the poll is multiple, or nothing.' });

export const reactedSchema = reactionsSchema
  .extend({ choice: heldChoiceSchema })
  .meta({ id: 'Reacted', description: "The poll after the reader's own act." });

export const reactionsQuery = storyQuery.extend({ poll: slug.default(defaultPoll) });
export const reactBody = z
  .object({ story, poll: slug.default(defaultPoll), choice: z.union([slug, z.array(slug).max(limits.pollChoices)]) })
  .meta({ id: 'ReactBody' });
