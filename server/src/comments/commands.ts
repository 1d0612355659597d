import { storyKey } from 'afterword/contract';
import type { Command } from 'commander';
import { z } from 'zod';
import { OperatorError } from '../config.js';
import { Problem } from '../problem.js';
import { withSite } from '../sites/with-site.js';
import { KnownStories } from '../stories/known-stories.js';
import { tamedLine } from '../text.js';
import { decideOnComments, setThreads, type Decision, type ThreadSetting } from './moderation.js';
import { readCase, readQueue, type QueueRow } from './queue.js';
import type { Finding } from './rules/pipeline.js';

const decisions: Record<string, { decision: Decision; undo?: Decision; description: string }> = {
  approve: { decision: { state: 'visible' }, description: 'Show comments that wait, were rejected or were removed.' },
  reject: { decision: { state: 'rejected' }, description: 'Keep comments from being shown.' },
  remove: { decision: { state: 'removed' }, description: 'Take shown comments away; replies keep their place.' },
  pin: { decision: { pinned: true }, undo: { pinned: false }, description: 'Put comments above the thread.' },
  feature: { decision: { featured: true }, undo: { featured: false }, description: 'Mark comments as featured.' },
};
const states = ['pending', 'visible', 'rejected', 'removed', 'deleted'] as const;
const threadStates = {
  close: { state: 'closed', description: "Close a story's thread to new comments." },
  open: { state: 'open', description: 'Open it again.' },
  'read-only': { state: 'read-only', description: 'Neither comments nor votes are taken.' },
} as const;

/** Moderation from a terminal, for as long as there is no desk. */
export function addCommentCommands(program: Command): void {
  const comments = program.command('comments').description('Moderate comments.');

  comments
    .command('list')
    .description('List comments, newest first, those that wait for a decision by default, and why they wait.')
    .requiredOption('--site <id>', 'the site')
    .option('--state <state>', states.join(', '), 'pending')
    .option('--limit <n>', 'at most this many', '50')
    .action(async ({ site, state, limit }: { site: string; state: string; limit: string }) => {
      const wanted = z.enum(states).safeParse(state);
      if (!wanted.success) throw new OperatorError(`--state ${state} is not one of ${states.join(', ')}.`);
      const most = Number(limit);
      if (!Number.isInteger(most) || most < 1) throw new OperatorError('--limit must be a whole number above 0.');
      await withSite(site, async (database) => {
        for (const row of await readQueue(database, site, wanted.data, most)) printRow(row);
      });
    });

  comments
    .command('show')
    .description('Show one comment whole: its texts, why it waits, its reports.')
    .requiredOption('--site <id>', 'the site')
    .argument('<id>', 'its id')
    .action(async (id: string, { site }: { site: string }) => {
      await withSite(site, async (database) => {
        const found = await readCase(database, site, id);
        if (!found) throw new OperatorError(`${id}: There is no such comment.`);
        printRow(found.comment);
        process.stdout.write(`\n${found.comment.text}\n`);
        for (const { writtenAt, text } of found.revisions)
          process.stdout.write(`\n${new Date(writtenAt).toISOString()} it said:\n${text}\n`);
        for (const { createdAt, reason, note } of found.reports)
          process.stdout.write(
            `\nreported ${new Date(createdAt).toISOString()}: ${reason}${note ? ` – ${note}` : ''}\n`,
          );
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

  const threadCommand = (name: string, description: string) =>
    comments
      .command(name)
      .description(description)
      .requiredOption('--site <id>', 'the site')
      .requiredOption('--story <key>', "the story's id or URL");
  const setThread = (siteId: string, key: string, set: Omit<ThreadSetting, 'storyId'>, told: string) =>
    withSite(siteId, async (database, site) => {
      const story = await new KnownStories(database).ensure(site, keyOf(key)).catch((error: Error) => {
        throw new OperatorError(`${key}: ${error.message}`);
      });
      await database.writer.submit(setThreads, { storyId: story.id, ...set });
      process.stdout.write(`${story.key}\t${told}\n`);
    });

  for (const [name, { state, description }] of Object.entries(threadStates)) {
    const command = threadCommand(name, description);
    if (state === 'closed') command.option('--reopen', 'open it again');
    command.action(({ site, story, reopen }: { site: string; story: string; reopen?: boolean }) => {
      const wanted = reopen ? 'open' : state;
      return setThread(site, story, { state: wanted }, wanted);
    });
  }

  threadCommand('question', 'Put a question of the newsroom above a thread; without words, take it away.')
    .argument('[words]', 'the question')
    .action((words: string | undefined, { site, story }: { site: string; story: string }) => {
      const question = words ? tamedLine(words) || null : null;
      return setThread(site, story, { question }, question ?? 'no question');
    });
}

function printRow({ id, createdAt, authorName, state, findingsJson, reports, text }: QueueRow): void {
  const findings = findingsJson === null ? [] : (JSON.parse(findingsJson) as Finding[]);
  const why = findings.map(({ reason, detail }) => (detail ? `${reason} (${detail})` : reason)).join('; ');
  const line = text.replace(/\s+/g, ' ').slice(0, 120);
  const columns = [
    id,
    new Date(createdAt).toISOString(),
    state,
    authorName || '-',
    why || '-',
    `${reports} reports`,
    line,
  ];
  process.stdout.write(`${columns.join('\t')}\n`);
}

async function orOperatorError<T>(work: Promise<T>, id: string): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof Problem) throw new OperatorError(`${id}: ${error.message}`);
    throw error;
  }
}

function keyOf(story: string): string {
  const key = storyKey(story);
  if (key === undefined) throw new OperatorError(`"${story}" is not a story's id or URL.`);
  return key;
}
