import type { Command } from 'commander';
import { OperatorError, readConfig } from '../config.js';
import { Sites, type Site } from '../sites/store.js';
import { openDatabase, type Database } from '../storage/database.js';

/** Filling a site with stories from a terminal. */
export function addStoryCommands(program: Command): void {
  const stories = program.command('stories').description('Stories: bring a feed in, see what is there.');

  stories
    .command('import')
    .description('Bring the stories of an RSS, Atom, RDF or JSON feed in. All of them or, where it is broken, none.')
    .argument('<file or URL>', 'the feed')
    .option('--site <id>', 'the site (default: the only one)')
    .option('--allow-private', 'fetch from addresses of the own network too')
    .action(async (source: string, { site, allowPrivate = false }: { site?: string; allowPrivate?: boolean }) => {
      await withSite(site, async (database, found) => {
        // A server that reads no feed should not carry the parsers.
        const [{ readFeed }, { importFeed }] = await Promise.all([
          import('./feeds/source.js'),
          import('./feeds/import.js'),
        ]);
        const feed = await readFeed(source, { allowPrivate });
        const { taken } = await importFeed(database, found, feed);
        const undated = feed.stories.filter(({ isDated }) => !isDated).length;
        process.stdout.write(`${taken} taken${skippedLine(feed.skipped)}\n`);
        if (undated > 0)
          process.stdout.write(`${undated} tell no date that can be read: they have that of their first import.\n`);
      });
    });

  stories
    .command('list')
    .description('List stories, newest first.')
    .option('--site <id>', 'the site (default: the only one)')
    .option('--limit <n>', 'at most this many', '50')
    .action(async ({ site, limit }: { site?: string; limit: string }) => {
      const most = Number(limit);
      if (!Number.isInteger(most) || most < 1) throw new OperatorError('--limit must be a whole number above 0.');
      await withSite(site, async ({ read }, { id }) => {
        const rows = await read
          .selectFrom('stories')
          .select(['key', 'title', 'publishedAt'])
          .where('siteId', '=', id)
          .where('title', 'is not', null)
          .orderBy('publishedAt', 'desc')
          .orderBy('id', 'desc')
          .limit(most)
          .execute();
        for (const { key, title, publishedAt } of rows)
          process.stdout.write(`${new Date(publishedAt ?? 0).toISOString()}\t${key}\t${title}\n`);
      });
    });
}

function skippedLine(skipped: ReadonlyMap<string, number>): string {
  const all = [...skipped.values()].reduce((sum, times) => sum + times, 0);
  if (all === 0) return '';
  return `, ${all} skipped (${[...skipped].map(([reason, times]) => `${times} ${reason}`).join(', ')})`;
}

async function withSite(
  id: string | undefined,
  work: (database: Database, site: Site) => Promise<void>,
): Promise<void> {
  const database = await openDatabase(readConfig(process.env).database);
  try {
    await work(database, await chosenSite(new Sites(database), id));
  } finally {
    await database.close();
  }
}

async function chosenSite(sites: Sites, id: string | undefined): Promise<Site> {
  const all = await sites.list();
  const [only, second] = all;
  if (!only) throw new OperatorError('There is no site yet. Add one with: afterword sites add <id>');
  if (id === undefined && second)
    throw new OperatorError(`Say which site with --site: ${all.map((site) => site.id).join(', ')}.`);
  const chosen = id === undefined ? only : all.find((site) => site.id === id);
  if (!chosen) throw new OperatorError(`There is no site "${id}". Add it with: afterword sites add ${id}`);
  return chosen;
}
