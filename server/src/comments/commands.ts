import { story as storySchema } from 'afterword/contract';
import type { Command } from 'commander';
import { z } from 'zod';
import { readLimit } from '../command-options.js';
import { OperatorError } from '../config.js';
import { Problem } from '../problem.js';
import { withSite } from '../sites/with-site.js';
import type { Database } from '../storage/database.js';
import { StoryResolver } from '../stories/story-resolver.js';
import { sanitizeLine } from '../text.js';
import {
  decideOnComments,
  setThreads,
  type CommentDecision,
  type Decision,
  type ThreadSetting,
} from './moderation/decisions.js';
import { decideOnNames, readPendingNames, revisionInReview, type PendingNameRow } from './moderation/pending-names.js';
import { readCommentDetails, readQueue, readReported, type QueueRow } from './moderation/queue.js';
import { nameInReview } from './rules/name-rules.js';
import type { Finding } from './rules/pipeline.js';

const decisions: Record<string, { decision: Decision; undo?: Decision; description: string }> = {
  approve: {
    decision: { state: 'visible' },
    description: 'Publish pending, rejected or removed comments, and pending names.',
  },
  reject: {
    decision: { state: 'rejected' },
    description: 'Reject comments, which are not published, and pending names: readers keep the name they have.',
  },
  remove: { decision: { state: 'removed' }, description: 'Remove published comments; replies are kept.' },
  pin: { decision: { pinned: true }, undo: { pinned: false }, description: 'Pin comments to the top of the thread.' },
  feature: { decision: { featured: true }, undo: { featured: false }, description: 'Mark comments as featured.' },
};
const states = ['pending', 'visible', 'rejected', 'removed', 'deleted'] as const;
/** Visible comments with reports that no moderator has decided on. */
const reported = 'reported';
const queues = [...states, reported] as const;
const threadStates = {
  close: { state: 'closed', description: "Close a story's thread to new comments." },
  open: { state: 'open', description: "Open a story's thread again." },
  'read-only': { state: 'read-only', description: 'Accept neither comments nor votes.' },
} as const;

/** Adds `afterword comments`: moderation from the command line. */
export function addCommentCommands(program: Command): void {
  const comments = program.command('comments').description('Moderate comments.');

  comments
    .command('list')
    .description('List comments with the reasons for a hold, newest first; pending ones and pending names by default.')
    .requiredOption('--site <id>', 'the site')
    .option('--state <state>', queues.join(', '), 'pending')
    .option('--limit <n>', 'maximum number of comments, and of names', '50')
    .action(async ({ site, state, limit }: { site: string; state: string; limit: string }) => {
      const wanted = z.enum(queues).safeParse(state);
      if (!wanted.success) throw new OperatorError(`--state ${state} is not one of ${queues.join(', ')}.`);
      const maxRows = readLimit(limit);
      await withSite(site, async (database) => {
        const rows =
          wanted.data === reported
            ? await readReported(database, site, maxRows)
            : await readQueue(database, site, wanted.data, maxRows);
        for (const row of rows) printRow(row);
        if (wanted.data === 'pending')
          for (const row of await readPendingNames(database, site, maxRows)) printName(row);
      });
    });

  comments
    .command('show')
    .description('Show one comment with its revisions, reasons for a hold and reports.')
    .requiredOption('--site <id>', 'the site')
    .argument('<id>', 'its id')
    .action(async (given: string, { site }: { site: string }) => {
      const { id } = parseCommentId(given);
      await withSite(site, async (database) => {
        const found = await readCommentDetails(database, site, id);
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
      .argument('<id...>', 'ids of comments or names; id@revision, as listed, where one was changed');
    if (undo) command.option('--undo', 'undo the decision');
    command.action(async (ids: string[], { site, undo: takeBack }: { site: string; undo?: boolean }) => {
      await withSite(site, async (database) => {
        const refused: string[] = [];
        for (const given of ids) {
          const { id: commentId, revision } = parseCommentId(given);
          const decided = takeBack && undo ? undo : decision;
          try {
            const result = await decide(database, { siteId: site, commentId, decision: decided, revision });
            process.stdout.write(`${commentId}\t${result}\n`);
          } catch (error) {
            if (!(error instanceof Problem)) throw error;
            refused.push(`${given}: ${refusal(error, commentId, name)}`);
          }
        }
        if (refused.length > 0) throw new OperatorError(refused.join('\n'));
      });
    });
  }

  const threadCommand = (name: string, description: string) =>
    comments
      .command(name)
      .description(description)
      .requiredOption('--site <id>', 'the site')
      .requiredOption('--story <key>', "the story's id or URL");
  const setThread = (siteId: string, key: string, set: Omit<ThreadSetting, 'storyId'>, message: string) =>
    withSite(siteId, async (database, site) => {
      const story = await new StoryResolver(database).findOrCreate(site, parseStoryKey(key)).catch((error: Error) => {
        throw new OperatorError(`${key}: ${error.message}`);
      });
      await database.writer.submit(setThreads, { storyId: story.id, ...set });
      process.stdout.write(`${story.key}\t${message}\n`);
    });

  for (const [name, { state, description }] of Object.entries(threadStates)) {
    const command = threadCommand(name, description);
    if (state === 'closed') command.option('--reopen', 'open it again');
    command.action(({ site, story, reopen }: { site: string; story: string; reopen?: boolean }) => {
      const wanted = reopen ? 'open' : state;
      return setThread(site, story, { state: wanted }, wanted);
    });
  }

  threadCommand('question', 'Set the question shown above a thread; without an argument, remove it.')
    .argument('[words]', 'the question')
    .action((words: string | undefined, { site, story }: { site: string; story: string }) => {
      const question = words ? sanitizeLine(words) || null : null;
      return setThread(site, story, { question }, question ?? 'no question');
    });
}

/** Decides on a comment, or on the pending name of the reader with the id. @returns what is printed about it */
async function decide({ writer }: Pick<Database, 'writer'>, given: CommentDecision): Promise<string> {
  const { siteId, commentId, decision, revision } = given;
  try {
    const { state, pinned, featured } = await writer.submit(decideOnComments, given);
    return [state, ...(pinned ? ['pinned'] : []), ...(featured ? ['featured'] : [])].join('\t');
  } catch (error) {
    const isOther = error instanceof Problem && error.code === 'comment-not-found';
    if (!isOther || !('state' in decision) || decision.state === 'removed') throw error;
    const isApproved = decision.state === 'visible';
    const { name } = await writer
      .submit(decideOnNames, { siteId, readerId: commentId, isApproved, revision })
      .catch((nameError: Problem) => {
        throw nameError.code === 'reader-not-found' ? error : nameError;
      });
    return `name\t${name || '-'}`;
  }
}

const maxLineChars = 120;

function printRow(row: QueueRow): void {
  const { id, createdAt, state, findingsJson, reports, text, authorName, authorPendingName, authorNameRevision } = row;
  const line = text.replace(/\s+/g, ' ');
  const name = state === 'visible' ? authorName : nameInReview({ name: authorName, pendingName: authorPendingName });
  printColumns(
    `${id}@${revisionInReview(row, { nameRevision: authorNameRevision })}`,
    new Date(createdAt).toISOString(),
    state,
    name || '-',
    reasonsOf(findingsJson),
    `${reports} reports`,
    line.length > maxLineChars ? `${line.slice(0, maxLineChars)}… (${line.length} characters, see show)` : line,
  );
}

function printName({ id, name, pendingName, pendingNameAt, pendingNameFindingsJson, nameRevision }: PendingNameRow) {
  const at = new Date(pendingNameAt ?? 0).toISOString();
  printColumns(
    `${id}@${nameRevision}`,
    at,
    'name',
    name || '-',
    reasonsOf(pendingNameFindingsJson),
    pendingName ?? '-',
  );
}

function printColumns(...columns: readonly string[]): void {
  process.stdout.write(`${columns.join('\t')}\n`);
}

function reasonsOf(findingsJson: string | null): string {
  const findings = findingsJson === null ? [] : (JSON.parse(findingsJson) as Finding[]);
  return findings.map(({ reason, detail }) => (detail ? `${reason} (${detail})` : reason)).join('; ') || '-';
}

/** Splits `id@revision`, as the list prints it. */
function parseCommentId(given: string): { id: string; revision: number | undefined } {
  const [, id = given, revision] = /^(.*)@(\d{1,9})$/.exec(given) ?? [];
  return { id, revision: revision === undefined ? undefined : Number(revision) };
}

function refusal(problem: Problem, id: string, command: string): string {
  if (problem.code === 'name-changed')
    return `The name has changed since it was listed. Run "comments list", then ${command} the id@revision that it prints.`;
  if (problem.code !== 'comment-changed') return problem.message;
  return (
    `The comment has changed since it was listed. Read it with "comments show ${id}", ` +
    `then run ${command} on the id@revision that it prints.`
  );
}

function parseStoryKey(story: string): string {
  const { data: key } = storySchema.safeParse(story);
  if (key === undefined) throw new OperatorError(`"${story}" is not a story's id or URL.`);
  return key;
}
