import { z } from 'zod';
import * as limits from './limits.js';
import { count, localizedText, repeated, slug, story, time, unfit } from './primitives.js';
import { pollSchema } from './reactions.js';

/** Polls as editors see them: in every language, with retired choices. */

const words = localizedText(limits.pollWords);

const icon = z
  .string()
  .max(limits.storyKeyBytes)
  .refine(isIcon, 'A name of our own drawings, an emoji, or the URL of a picture.')
  .default('');

const editedChoice = z.object({
  id: slug.describe('Permanent: votes refer to it'),
  label: words,
  icon,
  retired: z.boolean().default(false).describe('Not shown and not accepted any more; its votes are kept'),
});

export const pollBody = z
  .object({
    question: words,
    multiple: pollSchema.shape.multiple.default(false),
    results: pollSchema.shape.results.default('always'),
    state: pollSchema.shape.state.default('open'),
    opensAt: time.nullable().default(null),
    closesAt: time.nullable().default(null),
    story: story.nullable().default(null).describe('The only story with this poll; null: every story'),
    choices: z.array(editedChoice).min(2).max(limits.pollChoices),
  })
  .superRefine(({ choices, opensAt, closesAt }, context) => {
    const ids = choices.map(({ id }) => id);
    const twice = ids.findIndex((id, index) => ids.indexOf(id) < index);
    if (twice >= 0) {
      context.addIssue({ code: 'custom', path: ['choices', twice, 'id'], message: 'Another choice has this id.' });
    }
    if (opensAt !== null && closesAt !== null && Date.parse(closesAt) <= Date.parse(opensAt)) {
      context.addIssue({ code: 'custom', path: ['closesAt'], message: 'It has to come after opensAt.' });
    }
  })
  .meta({ id: 'PollBody' });

export const editedPollSchema = z
  .object({ id: slug, ...pollBody.shape })
  .meta({ id: 'EditedPoll', description: 'A poll in every language, in the order to show, retired choices last.' });
export const editedPollsSchema = z.object({ polls: z.array(editedPollSchema) });

export const pollParams = z.object({ site: slug, poll: slug });

export const frozenBody = z
  .object({ story, frozen: z.boolean() })
  .meta({ id: 'FrozenBody', description: 'Pauses the votes of a story, or resumes them after a review.' });
export const frozenSchema = z.object({ poll: slug, story: z.string(), frozen: z.boolean() });

const votes = z.object({
  votes: count.describe('Of all voters'),
  trusted: count.describe('Of voters identified by e-mail or sign-on'),
});

export const storyResultsSchema = z.object({
  story: z.string(),
  frozen: z
    .object({ at: time, why: z.string() })
    .nullable()
    .describe('Set while its votes are paused: since when and why'),
  total: votes.describe('Voters'),
  choices: z.record(slug, votes).describe('Every choice, zeros and retired included'),
  origins: z
    .array(z.object({ origin: z.string().nullable(), total: votes, choices: z.record(slug, votes) }))
    .describe('The same by the origin of the page; null: no page'),
});
export const pollResultsSchema = z
  .object({ poll: slug, asOf: time, stories: z.array(storyResultsSchema) })
  .meta({ id: 'PollResults', description: 'Counted from the votes themselves.' });

export const resultsQuery = z.object({
  story: repeated(story, limits.countsStories).optional().describe('Without it: the stories with most voters'),
  limit: z.coerce.number().int().min(1).max(limits.resultsStories).default(limits.limit),
  format: z.enum(['json', 'csv']).default('json'),
});

function isIcon(icon: string): boolean {
  if (unfit.test(icon)) return false;
  if (/^[\w-]*$/.test(icon)) return true;
  if (/^https?:/.test(icon)) return URL.canParse(icon);
  return [...new Intl.Segmenter().segment(icon)].length <= limits.iconGraphemes;
}
