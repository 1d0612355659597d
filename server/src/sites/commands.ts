import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { newSiteSchema, siteSettingsSchema } from 'afterword/contract';
import { OperatorError, readConfig } from '../config.js';
import { openDatabase, type Database } from '../storage/database.js';
import { withExistingDatabase } from '../storage/existing-database.js';
import { Problem } from '../problem.js';
import { parseDurationMs } from './duration.js';
import { addRemovalCommand } from './removal-command.js';
import { addReportCommand } from './report-command.js';
import { applyPatch, settingName, settingPatch, type ReaderKinds, type SitePatch } from './site-changes.js';
import { describeSite } from './site-page.js';
import { Sites, type Site, type SiteSetup } from './store.js';
import { widgetTags } from './widget-tags.js';
import { existingSite, withSite } from './with-site.js';

interface AddOptions {
  readonly name?: string;
  readonly lang: string;
  readonly origin: string[];
  readonly stories: string;
  readonly moderation: string;
  readonly votes: string;
}

const maxOverlapDays = 30;
const settingsOf = siteSettingsSchema.shape;
const choicesOf = (setting: 'stories' | 'moderation' | 'votes') => settingsOf[setting].unwrap().options.join(', ');

/**
 * @param setups of the features, run when a site is added or changed
 * @param readerKinds the kinds of readers that this server has
 */
export function addSiteCommands(program: Command, setups: readonly SiteSetup[], readerKinds: ReaderKinds): void {
  const sites = program.command('sites').description('The sites of this server.');

  sites
    .command('add')
    .description('Add a site with its reaction poll, and print its server key and the tags to paste.')
    .argument('<id>', 'the id for data-site: lower-case letters, digits, hyphens')
    .option('--name <name>', "the site's name, as mails show it (default: the id)")
    .option('--lang <tag>', 'its language', 'vi')
    .option('--origin <origin...>', 'origins whose pages may write, such as https://news.example', [])
    .option(
      '--stories <which>',
      `story keys that a reader's first write may create: ${choicesOf('stories')}`,
      'origins',
    )
    .option('--moderation <when>', `pre holds guests' comments for a moderator: ${choicesOf('moderation')}`, 'pre')
    .option('--votes <which>', `votes on comments: ${choicesOf('votes')}`, 'up')
    .action(async (id: string, { name, lang, origin, stories, moderation, votes }: AddOptions) => {
      const { data: site, error } = newSiteSchema.safeParse({
        id,
        name: name ?? id,
        lang,
        origins: origin,
        settings: { stories, moderation, votes },
      });
      if (!site) throw wrongField(error.issues[0]?.path.join('.') ?? id, error.issues[0]?.message ?? '');
      const config = readConfig(process.env);
      const database = await openDatabase(config.database);
      await withSites(database, setups, async (store) => {
        if (!(await store.add(site))) throw await existsAlready(store, id);
        print(`Site ${id} is ready.`);
        print(`Server key (shown once, keep it secret): ${await store.makeServerKey(id)}`);
        print(`\nPaste into the pages, the first two lines into the head:\n\n${widgetTags(config.url, site, [])}`);
      });
    });

  sites
    .command('set')
    .description('Change a site: its name, lang or origins, or a setting such as moderation, rules.links, rules.words.')
    .argument('<id>', 'the site')
    .argument('<setting>', 'name, lang, origins, or the name of a setting, with dots between its parts')
    .argument('<value>', 'a word, a number, JSON, or @file: a list with an item on each line')
    // A negative number is a value, whose range the message names.
    .allowUnknownOption()
    .action((id: string, setting: string, value: string) =>
      withExistingSites(setups, async (store) => {
        await existingSite(store, id);
        await changeSite(store, id, readerKinds, () => settingPatch(setting, parseValue(setting, value)));
        print(`Site ${id} is changed. Running servers follow within five seconds.`);
      }),
    );

  const origins = sites.command('origins').description('The origins whose pages may write to a site.');
  const originCommand = (name: string, description: string, change: (site: Site, given: string[]) => string[]) =>
    origins
      .command(name)
      .description(description)
      .argument('<site>', 'the site')
      .argument('<origin...>', 'such as https://news.example')
      .action((id: string, given: string[]) =>
        withExistingSites(setups, async (store) => {
          const before = await existingSite(store, id);
          const { origins: wanted = [] } = settingPatch('origins', given);
          const after = await changeSite(store, id, readerKinds, (site) => ({ origins: change(site, wanted) }));
          print(`Origins of ${id}: ${after.origins.join(' ') || 'none: no page may write'}`);
          if (before.origins[0] !== after.origins[0] && before.origins.length > 0)
            print(`Stories named by a path, such as /a, now belong to ${after.origins[0] ?? 'no origin'}.`);
        }),
      );
  originCommand('add', 'Let pages of more origins write.', (site, given) => [...new Set([...site.origins, ...given])]);
  originCommand('remove', 'Refuse writes of the pages of origins.', (site, given) => {
    const unknown = given.find((origin) => !site.origins.includes(origin));
    if (unknown !== undefined)
      throw new OperatorError(
        `${unknown} is no origin of "${site.id}". There are: ${site.origins.join(', ') || 'none'}.`,
      );
    return site.origins.filter((origin) => !given.includes(origin));
  });

  sites
    .command('key')
    .description('Make a new server key. The one before stays valid for a time.')
    .argument('<id>', 'the site')
    .option(
      '--overlap <duration>',
      'the time that the key before stays valid, such as 30m, 24h or 7d; 0 ends it',
      '24h',
    )
    .action((id: string, { overlap }: { overlap: string }) =>
      withExistingSites(setups, async (store) => {
        const overlapMs = parseDurationMs(overlap, '--overlap', maxOverlapDays);
        const { serverKeyHash } = await existingSite(store, id);
        print(`Server key (shown once, keep it secret): ${await store.makeServerKey(id, overlapMs)}`);
        if (serverKeyHash === null) return;
        if (overlapMs > 0) print(`The key before is valid until ${new Date(Date.now() + overlapMs).toISOString()}.`);
        else print('The key before has ended. Running servers follow within five seconds.');
      }),
    );

  sites
    .command('show')
    .description('Print a site: its settings, origins, numbers, and the tags to paste.')
    .argument('<id>', 'the site')
    .action((id: string) =>
      withSite(id, async ({ read }, site, { url }) => {
        process.stdout.write(await describeSite(read, site, url));
      }),
    );

  sites
    .command('list')
    .description('List the sites: id, name, language, origins.')
    .action(() =>
      withExistingSites(setups, async (store) => {
        for (const { id, name, lang, origins } of await store.list())
          print([id, name, lang, origins.join(' ')].join('\t'));
      }),
    );

  addReportCommand(sites);
  addRemovalCommand(sites);
}

/** Changes a site. @throws OperatorError with one line that names the setting and its allowed values */
async function changeSite(
  store: Sites,
  id: string,
  readerKinds: ReaderKinds,
  patchFor: (site: Site) => SitePatch,
): ReturnType<Sites['update']> {
  try {
    return await store.update(id, (site) => applyPatch(site, patchFor(site), readerKinds));
  } catch (error) {
    const [field] = error instanceof Problem ? (error.fields ?? []) : [];
    throw field ? wrongField(settingName(field.field), field.message) : error;
  }
}

function wrongField(name: string, message: string): OperatorError {
  return new OperatorError(`${settingName(name)}: ${message}`);
}

async function existsAlready(store: Sites, id: string): Promise<OperatorError> {
  if (!(await store.get(id)))
    return new OperatorError(`Site "${id}" is being removed. Finish that with: afterword sites remove ${id}`);
  return new OperatorError(
    `There is a site "${id}" already. Change it with: afterword sites set ${id} <setting> <value>`,
  );
}

/** Reads a value as its setting takes it. Texts are never JSON, and origins may be separated by spaces. */
function parseValue(setting: string, given: string): unknown {
  if (setting === 'name' || setting === 'lang') return given;
  if (given.startsWith('@')) return readLines(given.slice(1));
  let value: unknown = given;
  try {
    value = JSON.parse(given);
  } catch {
    // A word.
  }
  return setting === 'origins' && typeof value === 'string' ? value.split(/[\s,]+/).filter(Boolean) : value;
}

function readLines(file: string): string[] {
  try {
    return readFileSync(file, 'utf8')
      .split('\n')
      .map((line) => line.trim())
      .filter(Boolean);
  } catch (error) {
    throw new OperatorError(`${file}: cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown error'}).`);
  }
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function withExistingSites(setups: readonly SiteSetup[], work: (sites: Sites) => Promise<void>): Promise<void> {
  return withExistingDatabase((database) => work(new Sites(database, setups)));
}

/** Closes the database after the work. */
async function withSites(
  database: Database,
  setups: readonly SiteSetup[],
  work: (sites: Sites) => Promise<void>,
): Promise<void> {
  try {
    await work(new Sites(database, setups));
  } finally {
    await database.close();
  }
}
