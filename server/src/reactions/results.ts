import type { PollResults } from 'afterword/contract';
import { stringify } from 'csv-stringify/sync';
import type { Database } from '../storage/database.js';
import { localize } from '../text.js';
import type { StoredPoll } from './polls.js';

type StoryResults = PollResults['stories'][number];
type Votes = StoryResults['total'];

/**
 * Reads detailed results of a poll, counted from the votes instead of the tallies.
 *
 * @param storyIds limits the results to these stories; by default the stories with the most voters
 */
export async function readResults(
  { read }: Database,
  siteId: string,
  poll: StoredPoll,
  { storyIds, limit }: { storyIds?: readonly string[] | undefined; limit: number },
): Promise<PollResults> {
  let tallies = read
    .selectFrom('reaction_tallies')
    .innerJoin('stories', 'stories.id', 'reaction_tallies.storyId')
    .select(['stories.id', 'stories.key', 'frozenAt', 'frozenWhy'])
    .where('stories.siteId', '=', siteId)
    .where('reaction_tallies.pollId', '=', poll.id);
  if (storyIds) tallies = tallies.where('stories.id', 'in', ['', ...storyIds]);
  const stories = await tallies.orderBy('voters', 'desc').orderBy('stories.id').limit(limit).execute();
  const groups = await read
    .selectFrom('reaction_votes')
    .select(({ fn }) => ['storyId', 'choicesJson', 'confidence', 'origin', fn.countAll<number | string>().as('voters')])
    .where('storyId', 'in', ['', ...stories.map(({ id }) => id)])
    .where('pollId', '=', poll.id)
    .groupBy(['storyId', 'choicesJson', 'confidence', 'origin'])
    .execute();
  const byStory = new Map(stories.map(({ id }) => [id, [] as typeof groups]));
  for (const group of groups) byStory.get(group.storyId)?.push(group);
  const results: StoryResults[] = [];
  for (const { id, key, frozenAt, frozenWhy } of stories) {
    const all = zeroVotes(poll);
    const byOrigin = new Map<string | null, ReturnType<typeof zeroVotes>>();
    for (const { choicesJson, confidence, origin, voters } of byStory.get(id)!) {
      let own = byOrigin.get(origin);
      if (!own) byOrigin.set(origin, (own = zeroVotes(poll)));
      for (const { total, choices } of [all, own]) {
        const counted = [total, ...(JSON.parse(choicesJson) as string[]).map((choice) => choices[choice])];
        for (const votes of counted) {
          if (!votes) continue;
          votes.votes += Number(voters);
          if (confidence !== 'guest') votes.trusted += Number(voters);
        }
      }
    }
    results.push({
      story: key,
      frozen: frozenAt === null ? null : { at: new Date(frozenAt).toISOString(), why: frozenWhy ?? '' },
      ...all,
      origins: [...byOrigin]
        .map(([origin, votes]) => ({ origin, ...votes }))
        .sort((a, b) => b.total.votes - a.total.votes || ((a.origin ?? '') < (b.origin ?? '') ? -1 : 1)),
    });
  }
  return { poll: poll.id, asOf: new Date().toISOString(), stories: results };
}

/** Has no prototype, since `constructor` is a valid choice id. */
function zeroVotes({ choices }: StoredPoll): { total: Votes; choices: Record<string, Votes> } {
  const none = (): Votes => ({ votes: 0, trusted: 0 });
  const byChoice = Object.create(null) as Record<string, Votes>;
  for (const { id } of choices) byChoice[id] = none();
  return { total: none(), choices: byChoice };
}

/** Formats results as CSV, one row for each story, choice and origin. Cells are escaped against formula injection. */
export function resultsAsCsv({ poll: id, stories }: PollResults, poll: StoredPoll, lang: string): string {
  const rows = stories.flatMap(({ story, origins }) =>
    origins.flatMap(({ origin, choices }) =>
      poll.choices.map((choice) => ({
        story,
        poll: id,
        origin: origin ?? '',
        choice: choice.id,
        label: localize(choice.label, undefined, lang),
        retired: choice.retired ? 'yes' : 'no',
        ...choices[choice.id],
      })),
    ),
  );
  const columns = ['story', 'poll', 'origin', 'choice', 'label', 'retired', 'votes', 'trusted'];
  return stringify(rows, { header: true, columns, escape_formulas: true });
}
