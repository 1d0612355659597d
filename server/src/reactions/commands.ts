import { readFileSync } from 'node:fs';
import { pollBody, slug, storyKey, type EditedPoll } from 'afterword/contract';
import type { Command } from 'commander';
import type { z } from 'zod';
import { readLimit } from '../command-options.js';
import { OperatorError } from '../config.js';
import { Problem } from '../problem.js';
import { withSite } from '../sites/with-site.js';
import type { Site } from '../sites/store.js';
import type { Database } from '../storage/database.js';
import { StoryResolver } from '../stories/story-resolver.js';
import { freezeTallies, putPolls } from './poll-editing.js';
import { Polls, pollState, toEditedPoll, type StoredPoll } from './polls.js';
import { readResults, resultsAsCsv } from './results.js';

interface SiteOption {
  readonly site: string;
}
interface TranslateOptions extends SiteOption {
  readonly lang?: string;
  readonly question?: string;
  readonly choice: string[];
}
interface CreateOptions extends TranslateOptions {
  readonly icon: string[];
  readonly multiple?: boolean;
  readonly results?: string;
  readonly opens?: string;
  readonly closes?: string;
  readonly story?: string;
}

const collect = (value: string, before: string[]): string[] => [...before, value];
const states = {
  open: { state: 'open', description: 'Accept votes; with --story, resume the poll on that story after a review.' },
  close: { state: 'closed', description: 'Accept no more votes.' },
  freeze: { state: 'frozen', description: 'Pause votes for a review; with --story, on that story only.' },
} as const;

/** Adds `afterword polls`: poll editing from the command line. */
export function addPollCommands(program: Command): void {
  const polls = program.command('polls').description('Manage reaction polls and read their results.');
  const command = (name: string, description: string) =>
    polls.command(name).description(description).requiredOption('--site <id>', 'the site');

  command('list', "List a site's polls.").action(({ site }: SiteOption) =>
    withSite(site, async (database, { id, lang }) => {
      for (const poll of await new Polls(database).list(id)) {
        const { question, choices, storyKey: only } = poll;
        const shown = choices.filter(({ retired }) => !retired).length;
        const words = question[lang] ?? Object.values(question)[0];
        print(poll.id, pollState(poll, Date.now()), `${shown} choices`, only ?? 'any story', words);
      }
    }),
  );

  command('show', 'Print a poll as JSON, in the format of `put`.')
    .argument('<poll>', 'its id')
    .action((id: string, { site }: SiteOption) =>
      withSite(site, async (database, found) => printJson(toEditedPoll(await readPoll(database, found, id)))),
    );

  command('put', 'Create or replace a poll from a JSON file. Omitted choices are retired.')
    .argument('<poll>', 'its id')
    .argument('<file>', 'the file; - for standard input')
    .action((id: string, file: string, { site }: SiteOption) =>
      withSite(site, (database, found) => put(database, found, id, readJson(file))),
    );

  command('create', 'Create a poll in one language.')
    .argument('<poll>', 'its id')
    .requiredOption('--question <words>', 'what it asks')
    .requiredOption('--choice <id=words>', 'a choice; again for each', collect, [])
    .option('--icon <id=icon>', 'name of a built-in icon, an emoji or the URL of a picture', collect, [])
    .option('--lang <tag>', "language of the texts (default: the site's)")
    .option('--multiple', 'allow several choices per voter')
    .option('--results <when>', 'always, after-voting or after-closing')
    .option('--opens <time>', 'ISO 8601')
    .option('--closes <time>', 'ISO 8601')
    .option('--story <key>', 'show the poll on this story only')
    .action((id: string, given: CreateOptions) =>
      withSite(given.site, async (database, site) => {
        if (await new Polls(database).get(site.id, id)) throw new OperatorError(`There is a poll "${id}" already.`);
        const lang = given.lang ?? site.lang;
        const icons = new Map(parsePairs(given.icon));
        await put(database, site, id, {
          question: { [lang]: given.question },
          choices: parsePairs(given.choice).map(([choice, label]) => ({
            id: choice,
            label: { [lang]: label },
            icon: icons.get(choice),
          })),
          multiple: given.multiple,
          results: given.results,
          opensAt: parseTime(given.opens),
          closesAt: parseTime(given.closes),
          story: given.story,
        });
      }),
    );

  command('translate', 'Add or replace the texts of a poll in one language.')
    .argument('<poll>', 'its id')
    .requiredOption('--lang <tag>', 'the language')
    .option('--question <words>', 'what it asks')
    .option('--choice <id=words>', 'a choice; again for each', collect, [])
    .action((id: string, { site, lang = '', question, choice }: TranslateOptions) =>
      edit(site, id, (poll) => {
        const labels = new Map(parsePairs(choice));
        findChoices(poll, [...labels.keys()]);
        return {
          ...poll,
          question: question ? { ...poll.question, [lang]: question } : poll.question,
          choices: poll.choices.map((one) => {
            const label = labels.get(one.id);
            return label ? { ...one, label: { ...one.label, [lang]: label } } : one;
          }),
        };
      }),
    );

  command('reorder', 'Change the order of choices; omitted ones come last.')
    .argument('<poll>', 'its id')
    .argument('<choice...>', 'ids of choices')
    .action((id: string, order: string[], { site }: SiteOption) =>
      edit(site, id, (poll) => {
        const first = findChoices(poll, order);
        return { ...poll, choices: [...first, ...poll.choices.filter((choice) => !first.includes(choice))] };
      }),
    );

  command('retire', 'Retire choices: they are no longer shown, their votes still count.')
    .argument('<poll>', 'its id')
    .argument('<choice...>', 'ids of choices')
    .option('--undo', 'show them again')
    .action((id: string, ids: string[], { site, undo = false }: SiteOption & { undo?: boolean }) =>
      edit(site, id, (poll) => {
        const named = findChoices(poll, ids);
        const choices = poll.choices.map((choice) => (named.includes(choice) ? { ...choice, retired: !undo } : choice));
        return { ...poll, choices };
      }),
    );

  for (const [name, { state, description }] of Object.entries(states)) {
    const stateCommand = command(name, description).argument('<poll>', 'its id');
    if (state !== 'closed') stateCommand.option('--story <key>', "the story's id or URL");
    stateCommand.action((id: string, { site, story }: SiteOption & { story?: string }) =>
      story === undefined ? edit(site, id, (poll) => ({ ...poll, state })) : setFrozen(site, id, story, state),
    );
  }

  command('results', 'Count the votes of a poll: all, and those of readers identified by e-mail or single sign-on.')
    .argument('<poll>', 'its id')
    .option('--story <key...>', 'count these stories (default: those with the most voters)')
    .option('--limit <n>', 'maximum number of stories', '100')
    .option('--format <format>', 'csv or json', 'csv')
    .action((id: string, given: SiteOption & { story?: string[]; limit: string; format: string }) =>
      withSite(given.site, async (database, site) => {
        const limit = readLimit(given.limit);
        if (!['csv', 'json'].includes(given.format)) throw new OperatorError('--format is csv or json.');
        const poll = await readPoll(database, site, id);
        const known = new StoryResolver(database);
        const storyIds = given.story && (await Promise.all(given.story.map((key) => readStoryId(known, site, key))));
        const results = await readResults(database, site.id, poll, { storyIds, limit });
        if (given.format === 'json') printJson(results);
        else process.stdout.write(resultsAsCsv(results, poll, site.lang));
      }),
    );
}

function edit(siteId: string, id: string, change: (poll: EditedPoll) => unknown): Promise<void> {
  return withSite(siteId, async (database, site) =>
    put(database, site, id, change(toEditedPoll(await readPoll(database, site, id)))),
  );
}

async function put(database: Database, site: Site, id: string, given: unknown): Promise<void> {
  if (!slug.safeParse(id).success)
    throw new OperatorError(`"${id}" cannot be an id: lower-case letters, digits and hyphens, at most 64.`);
  const parsed = pollBody.safeParse(dropUndefined(given));
  if (!parsed.success) throw new OperatorError(`${id}: ${formatIssues(parsed.error)}`);
  const { story, ...body } = parsed.data;
  const known =
    story === null
      ? undefined
      : await new StoryResolver(database).findOrCreate(site, story).catch(operatorError(story));
  await database.writer
    .submit(putPolls, { siteId: site.id, storyId: known?.id ?? null, poll: { ...body, id } })
    .catch(operatorError(id));
  const poll = await readPoll(database, site, id);
  print(
    poll.id,
    pollState(poll, Date.now()),
    poll.choices.map((one) => (one.retired ? `(${one.id})` : one.id)).join(' '),
  );
}

function setFrozen(siteId: string, id: string, key: string, state: 'open' | 'closed' | 'frozen'): Promise<void> {
  return withSite(siteId, async (database, site) => {
    const poll = await readPoll(database, site, id);
    const storyId = await readStoryId(new StoryResolver(database), site, key);
    await database.writer.submit(freezeTallies, { storyId, pollId: poll.id, by: state === 'frozen' ? 'editor' : null });
    print(poll.id, state, key);
  });
}

async function readPoll(database: Database, { id: siteId }: Site, id: string): Promise<StoredPoll> {
  const poll = await new Polls(database).get(siteId, id);
  if (!poll) throw new OperatorError(`There is no poll "${id}". See: afterword polls list --site ${siteId}`);
  return poll;
}

async function readStoryId(stories: StoryResolver, site: Site, given: string): Promise<string> {
  const key = storyKey(given);
  const story = key === undefined ? undefined : await stories.find(site, key);
  if (!story) throw new OperatorError(`${given}: Nobody has voted on such a story.`);
  return story.id;
}

function findChoices({ id, choices }: EditedPoll, ids: readonly string[]): EditedPoll['choices'] {
  return ids.map((wanted) => {
    const choice = choices.find((one) => one.id === wanted);
    if (!choice) {
      const names = choices.map((one) => one.id).join(', ');
      throw new OperatorError(`The poll "${id}" has no choice "${wanted}"; it has ${names}.`);
    }
    return choice;
  });
}

/** Parses repeatable options of the form `great=Rất hay`. */
function parsePairs(given: readonly string[]): [string, string][] {
  return given.map((pair) => {
    const at = pair.indexOf('=');
    if (at < 1) throw new OperatorError(`"${pair}" should look like id=words.`);
    return [pair.slice(0, at), pair.slice(at + 1)];
  });
}

function parseTime(given: string | undefined): string | undefined {
  if (given === undefined) return undefined;
  const time = Date.parse(given);
  if (Number.isNaN(time)) throw new OperatorError(`"${given}" is not a time, as 2026-12-01T08:00+07:00.`);
  return new Date(time).toISOString();
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file === '-' ? 0 : file, 'utf8'));
  } catch (error) {
    throw new OperatorError(`${file}: ${(error as Error).message}`);
  }
}

/** Drops undefined options, so that the schema's defaults apply. */
function dropUndefined(given: unknown): unknown {
  return given === undefined ? given : JSON.parse(JSON.stringify(given));
}

function formatIssues({ issues }: z.ZodError): string {
  return issues.map(({ path, message }) => [path.join('.'), message].filter(Boolean).join(': ')).join(' ');
}

function operatorError(about: string): (error: unknown) => never {
  return (error) => {
    if (error instanceof Problem) throw new OperatorError(`${about}: ${error.message}`);
    throw error;
  };
}

function print(...columns: unknown[]): void {
  process.stdout.write(`${columns.join('\t')}\n`);
}

function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, undefined, 2)}\n`);
}
