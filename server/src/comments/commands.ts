import { storyKey } from 'afterword/contract';
import type { Command } from 'commander';
import { sql } from 'kysely';
import { z } from 'zod';
import { OperatorError, readConfig } from '../config.js';
import { Problem } from '../problem.js';
import { Sites, type Site } from '../sites/store.js';
import { KnownStories } from '../stories/known-stories.js';
import { openDatabase, type Database } from '../storage/database.js';
import { decideOnComments, setThreadState, type Decision } from './changes.js';
import { readComments } from './comment-rows.js';

const decisions: Record<string, { decision: Decision; undo?: Decision; description: string }> = {
  approve: { decision: { state: 'visible' }, description: 'Show comments that wait or were rejected.' },
  reject: { decision: { state: 'rejected' }, description: 'Keep comments from being shown.' },
  pin: { decision: { pinned: true }, undo: { pinned: false }, description: 'Put comments above the thread.' },
  feature: { decision: { featured: true }, undo: { featured: false }, description: 'Mark comments as featured.' },
};

/** Moderation from a terminal, for as long as there is no desk. */
export function addCommentCommands(program: Command): void {
  const comments = program.command('comments').description('Comments: see what is held, and decide.');

  comments
    .command('list')
    .description('List comments, newest first, those that wait for a decision by default.')
    .requiredOption('--site <id>', 'the site')
    .option('--state <state>', 'pending, visible, rejected, removed or deleted', 'pending')
    .option('--limit <n>', 'at most this many', '50')
    .action(async ({ site, state, limit }: { site: string; state: string; limit: string }) => {
      const wanted = z.enum(['pending', 'visible', 'rejected', 'removed', 'deleted']).safeParse(state);
      if (!wanted.success)
        throw new OperatorError(`--state ${state} is not one of pending, visible, rejected, removed, deleted.`);
      const most = Number(limit);
      if (!Number.isInteger(most) || most < 1) throw new OperatorError('--limit must be a whole number above 0.');
      await withSite(site, async (database) => {
        const ids = await database.read
          .selectFrom('comments')
          .select('id')
          .where('siteId', '=', site)
          .where('state', '=', wanted.data)
          // Said so that the database knows its list of what is not shown to be enough.
          .$if(wanted.data !== 'visible', (query) => query.where('state', '!=', sql.lit('visible' as const)))
          .orderBy('createdAt', 'desc')
          .limit(most)
          .execute();
        for (const comment of await readComments(
          database,
          ids.map(({ id }) => id),
        )) {
          const line = comment.text.replace(/\s+/g, ' ').slice(0, 120);
          process.stdout.write(
            `${comment.id}\t${comment.createdAt}\t${comment.author.name || '-'}\t${comment.reasons?.join(',') ?? '-'}\t${line}\n`,
          );
        }
      });
    });

  for (const [name, { decision, undo, description }] of Object.entries(decisions)) {
    const command = comments
      .command(name)
      .description(description)
      .requiredOption('--site <id>', 'the site')
      .argument('<id...>', 'ids of comments');
    if (undo) command.option('--undo', 'take it back');
    command.action(async (ids: string[], { site, undo: takeBack }: { site: string; undo?: boolean }) => {
      await withSite(site, async (database) => {
        for (const commentId of ids) {
          const decided = takeBack && undo ? undo : decision;
          const comment = await orOperatorError(
            database.writer.submit(decideOnComments, { siteId: site, commentId, decision: decided }),
            commentId,
          );
          process.stdout.write(
            `${comment.id}\t${comment.state}${comment.pinned ? '\tpinned' : ''}${comment.featured ? '\tfeatured' : ''}\n`,
          );
        }
      });
    });
  }

  comments
    .command('close')
    .description("Close a story's thread to new comments.")
    .requiredOption('--site <id>', 'the site')
    .requiredOption('--story <key>', "the story's id or URL")
    .option('--reopen', 'open it again')
    .action(async ({ site, story, reopen }: { site: string; story: string; reopen?: boolean }) => {
      await withSite(site, async (database, found) => {
        const known = await new KnownStories(database).ensure(found, keyOf(story)).catch((error: Error) => {
          throw new OperatorError(`${story}: ${error.message}`);
        });
        const state = reopen ? 'open' : 'closed';
        await database.writer.submit(setThreadState, { storyId: known.id, state });
        process.stdout.write(`${known.key}\t${state}\n`);
      });
    });
}

async function orOperatorError<T>(work: Promise<T>, id: string): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof Problem) throw new OperatorError(`${id}: ${error.message}`);
    throw error;
  }
}

async function withSite(id: string, work: (database: Database, site: Site) => Promise<void>): Promise<void> {
  const database = await openDatabase(readConfig(process.env).database);
  try {
    const site = await new Sites(database).get(id);
    if (!site) throw new OperatorError(`There is no site "${id}". Add it with: afterword sites add ${id}`);
    await work(database, site);
  } finally {
    await database.close();
  }
}

function keyOf(story: string): string {
  const key = storyKey(story);
  if (key === undefined) throw new OperatorError(`"${story}" is not a story's id or URL.`);
  return key;
}
