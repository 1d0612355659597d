import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { OperatorError, readConfig } from '../config.js';
import { openDatabase, type Database } from '../storage/database.js';
import { openExistingDatabase } from '../storage/existing-database.js';
import { newSettingsSchema, newSiteSchema, Sites, type Site, type SiteSettings, type SiteSetup } from './store.js';

interface AddOptions {
  readonly name?: string;
  readonly lang: string;
  readonly origin: string[];
  readonly stories: string;
  readonly moderation: string;
  readonly votes: string;
}

/**
 * @param setups of the features, run when a site is added or changed
 * @param readerKinds the kinds of readers that this server has
 */
export function addSiteCommands(
  program: Command,
  setups: readonly SiteSetup[],
  readerKinds: readonly SiteSettings['who'][],
): void {
  const sites = program.command('sites').description('The sites of this server.');

  sites
    .command('add')
    .description('Add a site with its reaction poll, and print its server key.')
    .argument('<id>', 'the id for data-site: lower-case letters, digits, hyphens')
    .option('--name <name>', "the site's name, as mails show it (default: the id)")
    .option('--lang <tag>', 'its language', 'vi')
    .option('--origin <origin...>', 'origins whose pages may write, such as https://news.example', [])
    .option(
      '--stories <which>',
      'story keys that the first write of a reader may create: known, origins or any',
      'origins',
    )
    .option('--moderation <when>', "guests' comments wait for a moderator (pre) or are shown at once (post)", 'pre')
    .option('--votes <which>', 'votes on comments: up or up-down', 'up')
    .action(async (id: string, { name, lang, origin, stories, moderation, votes }: AddOptions) => {
      const parsed = newSiteSchema.safeParse({
        id,
        name: name ?? id,
        lang,
        origins: origin,
        settings: { stories, moderation, votes },
      });
      if (!parsed.success) {
        const [issue] = parsed.error.issues;
        throw new OperatorError(`${issue?.path.join('.')}: ${issue?.message}`);
      }
      const database = await openDatabase(readConfig(process.env).database);
      await withSites(database, setups, async (store) => {
        if (!(await store.add(parsed.data)))
          throw new OperatorError(
            `There is a site "${id}" already. Change it with: afterword sites set ${id} <setting> <value>`,
          );
        process.stdout.write(`Site ${id} is ready.\n`);
        await printNewServerKey(store, id);
      });
    });

  sites
    .command('set')
    .description(
      'Change a site: its name, lang or origins, or a setting such as moderation, rules.links or rules.words.',
    )
    .argument('<id>', 'the site')
    .argument('<setting>', 'name, lang, origins, or the name of a setting, with dots between its parts')
    .argument('<value>', 'a word, a number, JSON, or @file: a list with an item on each line')
    .action(async (id: string, setting: string, value: string) => {
      await withExistingSites(setups, async (store) => {
        const { name, lang, origins, settings } = await existingSite(store, id);
        const changed = withSetting({ name, lang, origins, ...settings }, setting, parseValue(value));
        // The settings are parsed alone, so that an issue names one as the operator does.
        const parsedSite = newSiteSchema.omit({ settings: true }).safeParse({ id, ...changed });
        const parsedSettings = newSettingsSchema.safeParse(changed);
        const issue = parsedSite.error?.issues[0] ?? parsedSettings.error?.issues[0];
        if (!parsedSite.success || !parsedSettings.success)
          throw new OperatorError(`${issue?.path.join('.')}: ${issue?.message}`);
        const { who } = parsedSettings.data;
        if (who !== settings.who && who !== 'guest' && readerKinds.every((kind) => kind === 'guest'))
          throw new OperatorError(
            `who: "${who}" would close every thread, since readers cannot sign in on this server. Leave it at "guest".`,
          );
        await store.put({ ...parsedSite.data, settings: parsedSettings.data });
        process.stdout.write(`Site ${id} is changed. Running servers follow within five seconds.\n`);
      });
    });

  sites
    .command('key')
    .description('Make a new server key, which replaces the one before at once.')
    .argument('<id>', 'the site')
    .action((id: string) =>
      withExistingSites(setups, async (store) => {
        await existingSite(store, id);
        await printNewServerKey(store, id);
      }),
    );

  sites
    .command('list')
    .description('List the sites.')
    .action(() =>
      withExistingSites(setups, async (store) => {
        for (const { id, name, origins } of await store.list())
          process.stdout.write(`${id}\t${name}\t${origins.join(' ')}\n`);
      }),
    );
}

async function existingSite(store: Sites, id: string): Promise<Site> {
  const site = await store.get(id);
  if (!site) throw new OperatorError(`There is no site "${id}". Add it with: afterword sites add ${id}`);
  return site;
}

async function printNewServerKey(store: Sites, id: string): Promise<void> {
  const key = await store.makeServerKey(id);
  process.stdout.write(`Server key (shown once, keep it secret): ${key}\n`);
}

/** Returns the settings with one of them changed. */
function withSetting(settings: object, name: string, value: unknown): object {
  const [first = '', ...rest] = name.split('.');
  const known = Object.entries(settings).find(([key]) => key === first);
  if (!known)
    throw new OperatorError(`There is no setting "${first}". There are: ${Object.keys(settings).join(', ')}.`);
  const [, before] = known as [string, unknown];
  const isGroup = typeof before === 'object' && before !== null && rest.length > 0;
  if (rest.length > 0 && !isGroup) throw new OperatorError(`The setting "${first}" has no parts.`);
  return { ...settings, [first]: isGroup ? withSetting(before, rest.join('.'), value) : value };
}

function parseValue(given: string): unknown {
  if (given.startsWith('@')) return readLines(given.slice(1));
  try {
    return JSON.parse(given);
  } catch {
    return given;
  }
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

async function withExistingSites(setups: readonly SiteSetup[], work: (sites: Sites) => Promise<void>): Promise<void> {
  const { database } = await openExistingDatabase(process.env);
  await withSites(database, setups, work);
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

/**
 * Runs the work of a command on one site, and closes the database after it.
 *
 * @param id without it, the only site there is
 * @throws OperatorError where there is no such site
 */
export async function withSite(
  id: string | undefined,
  work: (database: Database, site: Site) => Promise<void>,
): Promise<void> {
  const { database } = await openExistingDatabase(process.env);
  try {
    const sites = new Sites(database, []);
    await work(database, id === undefined ? await onlySite(sites) : await existingSite(sites, id));
  } finally {
    await database.close();
  }
}

async function onlySite(sites: Sites): Promise<Site> {
  const all = await sites.list();
  const [only, second] = all;
  if (!only) throw new OperatorError('There is no site yet. Add one with: afterword sites add <id>');
  if (second) throw new OperatorError(`Say which site with --site: ${all.map(({ id }) => id).join(', ')}.`);
  return only;
}
