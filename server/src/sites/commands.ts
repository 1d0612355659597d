import type { Command } from 'commander';
import { OperatorError, readConfig } from '../config.js';
import { openDatabase } from '../storage/database.js';
import { newSiteSchema, Sites } from './store.js';

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
    .command('list')
    .description('List the sites.')
    .action(() =>
      withSites(async (store) => {
        for (const { id, name, origins } of await store.list())
          process.stdout.write(`${id}\t${name}\t${origins.join(' ')}\n`);
      }),
    );
}

async function withSites(work: (sites: Sites) => Promise<void>): Promise<void> {
  const database = await openDatabase(readConfig(process.env).database);
  try {
    await work(new Sites(database));
  } finally {
    await database.close();
  }
}
