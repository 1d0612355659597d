import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { OperatorError, readConfig } from '../config.js';
import { openDatabase } from '../storage/database.js';
import { newSiteSchema, siteSettingsSchema, Sites } from './store.js';

interface AddOptions {
  readonly name?: string;
  readonly lang: string;
  readonly origin: string[];
  readonly stories: string;
  readonly moderation: string;
  readonly votes: string;
}

export function addSiteCommands(program: Command): void {
  const sites = program.command('sites').description('The sites whose pages this server answers.');

  sites
    .command('add')
    .description('Add a site with its reaction poll, or change one, and print a new server key.')
    .argument('<id>', 'the id for data-site: lower-case letters, digits, hyphens')
    .option('--name <name>', "the site's name, as mails show it (default: the id)")
    .option('--lang <tag>', 'its language', 'vi')
    .option('--origin <origin...>', 'origins whose pages may write, such as https://news.example', [])
    .option('--stories <which>', 'story keys readers may make known: known, origins or any', 'origins')
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
      await withSites(async (store) => {
        await store.put(parsed.data);
        const key = await store.makeServerKey(parsed.data.id);
        process.stdout.write(`Site ${parsed.data.id} is ready.\nServer key (shown once, keep it secret): ${key}\n`);
      });
    });

  sites
    .command('set')
    .description('Change a setting of a site, such as moderation, closeAfterDays, rules.links or rules.words.')
    .argument('<id>', 'the site')
    .argument('<setting>', 'its name, with points between')
    .argument('<value>', 'a word, a number, JSON, or @file: a list with a line for each')
    .action(async (id: string, setting: string, value: string) => {
      await withSites(async (store) => {
        const site = await store.get(id);
        if (!site) throw new OperatorError(`There is no site "${id}". Add it with: afterword sites add ${id}`);
        const settings = siteSettingsSchema.safeParse(changed(site.settings, setting, valueOf(value)));
        if (!settings.success) {
          const [issue] = settings.error.issues;
          throw new OperatorError(`${issue?.path.join('.')}: ${issue?.message}`);
        }
        await store.put({ ...site, settings: settings.data });
        process.stdout.write(`Site ${id} is changed. Running servers know within five seconds.\n`);
      });
    });

  sites
    .command('list')
    .description('List the sites.')
    .action(() =>
      withSites(async (store) => {
        for (const { id, name, origins } of await store.list())
          process.stdout.write(`${id}\t${name}\t${origins.join(' ')}\n`);
      }),
    );
}

/** The settings with one of them changed. */
function changed(settings: object, name: string, value: unknown): object {
  const [first = '', ...rest] = name.split('.');
  const known = Object.entries(settings).find(([key]) => key === first);
  if (!known)
    throw new OperatorError(`There is no setting "${first}". There are: ${Object.keys(settings).join(', ')}.`);
  const [, before] = known as [string, unknown];
  const isGroup = typeof before === 'object' && before !== null && rest.length > 0;
  if (rest.length > 0 && !isGroup) throw new OperatorError(`The setting "${first}" has no parts.`);
  return { ...settings, [first]: isGroup ? changed(before, rest.join('.'), value) : value };
}

function valueOf(given: string): unknown {
  if (given.startsWith('@')) return linesOf(given.slice(1));
  try {
    return JSON.parse(given);
  } catch {
    return given;
  }
}

function linesOf(file: string): string[] {
  try {
    return readFileSync(file, 'utf8')
      .split('\n')
      .map((line) => line.trim())
      .filter(Boolean);
  } catch (error) {
    throw new OperatorError(`${file}: cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown error'}).`);
  }
}

async function withSites(work: (sites: Sites) => Promise<void>): Promise<void> {
  const database = await openDatabase(readConfig(process.env).database);
  try {
    await work(new Sites(database));
  } finally {
    await database.close();
  }
}
