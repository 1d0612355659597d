import { storyKey } from 'afterword/contract';
import type { Command } from 'commander';
import { readLimit } from '../command-options.js';
import { readConfig } from '../config.js';
import { withSite } from '../sites/with-site.js';
import { siteKey } from '../sites/site-key.js';
import { openDatabase } from '../storage/database.js';
import { renameStoryKeys, type RenamedStories } from '../storage/migrations/0006-story-keys.js';
import { runSequentially, type Command as WriteCommand } from '../storage/writer.js';

/** Adds `afterword stories`: feed import and listing from the command line. */
export function addStoryCommands(program: Command): void {
  const stories = program.command('stories').description('Import feeds and list stories.');

  stories
    .command('import')
    .description('Import the stories of an RSS, Atom, RDF or JSON feed, in one transaction.')
    .argument('<file or URL>', 'the feed')
    .option('--site <id>', 'the site (default: the only one)')
    .option('--allow-private', 'allow addresses of private networks')
    .action(async (source: string, { site, allowPrivate = false }: { site?: string; allowPrivate?: boolean }) => {
      await withSite(site, async (database, found) => {
        // Loads the feed parsers on demand to keep them out of the server's memory.
        const { importFeed, readFeed } = await import('./feeds/import.js');
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
    .option('--limit <n>', 'maximum number of stories', '50')
    .action(async ({ site, limit }: { site?: string; limit: string }) => {
      const maxRows = readLimit(limit);
      await withSite(site, async ({ read }, { id }) => {
        const rows = await read
          .selectFrom('stories')
          .select(['key', 'title', 'publishedAt'])
          .where('siteId', '=', id)
          .where('title', 'is not', null)
          .orderBy('publishedAt', 'desc')
          .orderBy('id', 'desc')
          .limit(maxRows)
          .execute();
        for (const { key, title, publishedAt } of rows)
          process.stdout.write(`${new Date(publishedAt ?? 0).toISOString()}\t${key}\t${title}\n`);
      });
    });

  stories
    .command('merge')
    .description(
      'Merge stories of all sites that are stored under several spellings of one address, as servers of an earlier version ' +
        'stored them.',
    )
    .action(async () => {
      const database = await openDatabase(readConfig(process.env).database);
      try {
        const { renamed, merged } = await database.writer.submit(mergeSpellings, undefined);
        process.stdout.write(`${renamed} renamed, ${merged} merged\n`);
      } finally {
        await database.close();
      }
    });
}

const mergeSpellings: WriteCommand<undefined, RenamedStories> = {
  name: 'merge-spellings',
  run: ({ db }, calls) =>
    runSequentially(calls, () =>
      renameStoryKeys(db, (key, origin) => storyKey(siteKey({ origins: origin === undefined ? [] : [origin] }, key))),
    ),
};

function skippedLine(skipped: ReadonlyMap<string, number>): string {
  const all = [...skipped.values()].reduce((sum, times) => sum + times, 0);
  if (all === 0) return '';
  return `, ${all} skipped (${[...skipped].map(([reason, times]) => `${times} ${reason}`).join(', ')})`;
}
