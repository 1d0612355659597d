import { defaultPoll } from 'afterword/contract';
import type { Hono } from 'hono';
import { setThreads } from '../comments/moderation/decisions.js';
import { parseMarkdown } from '../comments/writing/markdown.js';
import { postComments } from '../comments/writing/post.js';
import { voteOnComments } from '../comments/writing/vote.js';
import type { Config } from '../config.js';
import { putNewsletters } from '../newsletter/domain/list-editing.js';
import { addDefaultPoll } from '../reactions/polls.js';
import { castVotes } from '../reactions/votes.js';
import { addReaders, newGuestRow } from '../readers/store.js';
import { putSites, type NewSite, type Sites } from '../sites/store.js';
import type { Database } from '../storage/database.js';
import type { Command, Transaction } from '../storage/writer.js';
import { addReads } from '../stories/rails/read-counter.js';
import { putStories, upsertStories, type StoryCaches } from '../stories/store.js';
import { minuteMs, type EpochMs } from '../time.js';
import { demoApp, partnerApp } from './app.js';
import { markAsDemo } from './mark.js';
import {
  demoComments,
  demoLeadUrl,
  demoNewsletters,
  demoQuestion,
  demoReactions,
  demoSite,
  demoStories,
  type DemoComment,
} from './seed.js';

/** Services that fill the demo. */
export interface DemoServices extends StoryCaches {
  readonly config: Pick<Config, 'url'>;
  readonly database: Database;
  readonly sites: Sites;
}

export interface Demo {
  readonly app: Hono;
  readonly partner: Hono;
}

/**
 * Seeds the demo site at its first start, in one transaction. Later starts keep its data and update its origins and
 * addresses, which follow the port.
 *
 * @param partnerOrigin origin of the partner's pages; undefined if no port is free
 */
export async function startDemo(services: DemoServices, partnerOrigin: string | undefined): Promise<Demo> {
  const { config, database } = services;
  const site: NewSite = { ...demoSite, origins: originsOf(config.url, partnerOrigin) };
  const known = await database.read
    .selectFrom('sites')
    .select('createdAt')
    .where('id', '=', site.id)
    .executeTakeFirst();
  const begun = known?.createdAt ?? Date.now();
  if (known) {
    await services.sites.put(site);
    await upsertStories(services, site, demoStories(config.url, begun));
  } else {
    await database.writer.submit(seedDemo, { site, url: config.url, now: begun });
  }
  const options = { assetOrigin: config.url, storyOrigin: config.url, partnerOrigin, now: begun };
  return { app: demoApp(options), partner: partnerApp(options) };
}

/** Returns each origin under both names of the local machine: localhost and 127.0.0.1. */
function originsOf(url: string, partnerOrigin: string | undefined): string[] {
  return [url, partnerOrigin].flatMap((address) => {
    if (address === undefined) return [];
    const { origin, port } = new URL(address);
    return [...new Set([origin, `http://localhost:${port}`, `http://127.0.0.1:${port}`])];
  });
}

interface Seed {
  readonly site: NewSite;
  readonly url: string;
  readonly now: EpochMs;
}

const seedDemo: Command<Seed, void> = {
  name: 'seed-demo',
  async run(transaction, seeds) {
    for (const seed of seeds) await fill(transaction, seed);
    return seeds.map(() => undefined);
  },
};

async function fill(transaction: Transaction, { site, url, now }: Seed): Promise<void> {
  const siteId = site.id;
  await markAsDemo(transaction.db);
  await putSites([addDefaultPoll]).run(transaction, [site]);
  const stories = demoStories(url, now);
  await putStories.run(transaction, [{ siteId, stories }]);
  await putNewsletters.run(
    transaction,
    demoNewsletters.map((newsletter) => ({ siteId, newsletter })),
  );
  const rows = await transaction.db
    .selectFrom('stories')
    .select(['id', 'key', 'url'])
    .where('siteId', '=', siteId)
    .execute();
  const reads = new Map(stories.map((story) => [story.id, story.reads]));
  await addReads(
    transaction,
    new Map(rows.map(({ id, key }) => [id, { value: reads.get(key) ?? 0, at: now, total: reads.get(key) ?? 0 }])),
  );

  const lead = rows.find((story) => story.url === demoLeadUrl(url));
  if (!lead) throw new Error('The lead story of the demo was not stored.');
  const voters = await addGuests(transaction, siteId, new Array(sum(Object.values(demoReactions))).fill(''));
  const votes = Object.entries(demoReactions).flatMap(([choice, count]) => new Array<string>(count).fill(choice));
  await castVotes.run(
    transaction,
    votes.map((choice, index) => ({
      storyId: lead.id,
      pollId: defaultPoll,
      readerId: voters[index] ?? '',
      choices: [choice],
      confidence: 'guest' as const,
      origin: new URL(url).origin,
    })),
  );
  await setThreads.run(transaction, [{ storyId: lead.id, question: demoQuestion }]);
  await fillThread(transaction, { siteId, storyId: lead.id, now, voters }, demoComments(), null);
}

interface Thread {
  readonly siteId: string;
  readonly storyId: string;
  readonly now: EpochMs;
  readonly voters: readonly string[];
}

async function fillThread(
  transaction: Transaction,
  thread: Thread,
  comments: readonly DemoComment[],
  parentId: string | null,
): Promise<void> {
  const { siteId, storyId, now, voters } = thread;
  for (const { author: name, text, minutesAgo, likes, featured, replies = [] } of comments) {
    const [id = ''] = await addGuests(transaction, siteId, [name]);
    const [comment] = await postComments.run(transaction, [
      {
        siteId,
        storyId,
        parentId,
        author: { id, name, badges: [] },
        text,
        nodes: await parseMarkdown(text),
        findings: [],
        createdAt: now - minutesAgo * minuteMs,
        idempotency: undefined,
      },
    ]);
    if (!comment || comment instanceof Error) throw comment ?? new Error('A comment of the demo was not stored.');
    await voteOnComments.run(
      transaction,
      voters.slice(0, likes).map((readerId) => ({ siteId, commentId: comment.id, readerId, value: 1 as const })),
    );
    if (featured)
      await transaction.db.updateTable('comments').set({ featured: 1 }).where('id', '=', comment.id).execute();
    await fillThread(transaction, thread, replies, comment.id);
  }
}

async function addGuests(transaction: Transaction, siteId: string, names: readonly string[]): Promise<string[]> {
  const readers = names.map((name) => newGuestRow(siteId, name));
  await addReaders.run(transaction, readers);
  return readers.map(({ id }) => id);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
