import { sql, type Kysely } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { readChangedComments, readThreadVersions } from '../../server/src/comments/reading/changes.js';
import type { Tables } from '../../server/src/storage/tables.js';
import { openTestServices, origin, storyQuery, type TestServer } from './setup.js';

const longStory = `${origin}/story-1`;
const allComments = 200_000;
/** Rows of one statement, below the server's time-out. */
const portion = 20_000;
/** Rows that one statement may read to answer with a page. */
const maxRows = 3000;

let server: TestServer;
let token: string;

beforeAll(async () => {
  server = await openTestServices('postgres');
  await fill(server.services.database.read);
  token = await server.guest();
});
afterAll(() => server.close());

/** Inserts a long thread and many of a hundred comments, of which every fourth is a reply. */
async function fill(db: Kysely<Tables>): Promise<void> {
  const id = (kind: string, number: string) =>
    sql.raw(`'019a0000-${kind}-7000-8000-' || lpad((${number})::text, 12, '0')`);
  const story = 'case when i <= 50000 then 1 else 2 + (i - 50001) / 100 end';
  await sql`insert into readers (id, site_id, name, kind, verified, badges_json, created_at)
    select ${id('0001', 'i')}, 'paper', 'Lan ' || i, 'guest', 0, '[]', i from generate_series(1, 5000) as i`.execute(
    db,
  );
  await sql`insert into stories (id, site_id, key, url, title, kind, dont_miss, published_at, created_at, updated_at)
    select ${id('0002', 'i')}, 'paper', ${`${origin}/story-`} || i, ${`${origin}/story-`} || i, 'Bản tin ' || i, 'article', 0,
      1760000000000 + i, 0, 0 from generate_series(1, 1600) as i`.execute(db);
  for (let from = 1; from < allComments; from += portion)
    await sql`insert into comments (id, site_id, story_id, parent_id, root_id, depth, author_id, text, nodes_json, state,
      created_at, changed_at, up, down, score, replies, pinned, featured)
    select ${id('0003', 'i')}, 'paper', ${id('0002', story)},
      case when i % 4 = 0 then ${id('0003', 'i - 1')} end,
      case when i % 4 = 0 then ${id('0003', 'i - 1')} else ${id('0003', 'i')} end,
      case when i % 4 = 0 then 1 else 0 end, ${id('0001', '1 + i % 5000')}, 'Bình luận ' || i,
      '[{"type":"paragraph","children":[{"type":"text","value":"Bình luận"}]}]',
      case when i % 500 = 1 then 'pending' else 'visible' end, 1760000000000 + i,
      case when i % 10 = 0 then 1760000000000 + i end, 0, 0, i, case when i % 4 = 3 then 1 else 0 end, 0, 0
    from generate_series(${sql.lit(from)}, ${sql.lit(from + portion - 1)}) as i`.execute(db);
  await sql`insert into threads (story_id, state, total, version)
    select story_id, 'open', count(*), 1 from comments where state = 'visible' group by story_id`.execute(db);
  await sql`insert into comment_votes (comment_id, reader_id, value, changed_at)
    select ${id('0003', 'i')}, ${id('0001', '1 + i % 4999')}, 1, 0 from generate_series(1, 60000) as i`.execute(db);
  await sql`insert into reaction_votes (story_id, poll_id, reader_id, choices_json, changed_at, confidence)
    select ${id('0002', '1 + i % 1600')}, 'reactions', ${id('0001', '1 + i / 1600')}, '["like"]', 0, 'guest'
    from generate_series(0, 59999) as i`.execute(db);
  await sql`insert into reaction_tallies (story_id, poll_id, counts_json, voters, version)
    select story_id, 'reactions', '{"like":' || count(*) || '}', count(*), 1 from reaction_votes group by story_id`.execute(
    db,
  );
  await sql`analyze`.execute(db);
}

interface PlanNode {
  'Node Type': string;
  'Relation Name'?: string;
  'Actual Rows': number;
  'Actual Loops': number;
  'Rows Removed by Filter'?: number;
  Plans?: PlanNode[];
}

/** Runs work, and returns the SELECT statements that it sends. */
async function statementsOf(work: () => Promise<unknown>): Promise<{ text: string; values: unknown[] }[]> {
  const query = vi.spyOn(pg.Client.prototype, 'query');
  try {
    await work();
    return query.mock.calls
      .map(([text, values]) => ({ text, values: values ?? [] }))
      .filter(({ text }) => /^\s*(select|with)\b/i.test(text));
  } finally {
    query.mockRestore();
  }
}

/** Returns the nodes of a statement's plan that read more rows than a page needs. */
async function expensiveNodes({ text, values }: { text: string; values: unknown[] }): Promise<string[]> {
  const client = new pg.Client({ connectionString: server.services.config.database });
  await client.connect();
  try {
    const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(
      `explain (analyze, format json) ${text}`,
      values,
    );
    return rowsRead(rows[0]!['QUERY PLAN'][0].Plan);
  } finally {
    await client.end();
  }
}

function rowsRead(node: PlanNode): string[] {
  const count = (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)) * node['Actual Loops'];
  const own = count > maxRows ? [`${node['Node Type']} ${node['Relation Name'] ?? ''}: ${count} rows`] : [];
  return [...own, ...(node.Plans ?? []).flatMap(rowsRead)];
}

/** Returns the statements that read more rows than a page needs, with the nodes that do. */
async function expensiveStatements(work: () => Promise<unknown>): Promise<Record<string, string[]>> {
  const expensive: Record<string, string[]> = {};
  const statements = await statementsOf(work);
  expect(statements).not.toEqual([]);
  for (const statement of statements) {
    // Reads a whole thread by purpose, at most every ten seconds.
    if (statement.text.includes('string_agg')) continue;
    const nodes = await expensiveNodes(statement);
    if (nodes.length > 0) expensive[statement.text] = nodes;
  }
  return expensive;
}

async function read(path: string): Promise<Record<string, unknown>> {
  const answer = await server.ask(path);
  expect(answer.status, path).toBe(200);
  return (await answer.json()) as Record<string, unknown>;
}

describe('with 200,000 comments on PostgreSQL, 50,000 of them in one thread, no statement reads more than a page for', () => {
  test('the page of a story', async () => {
    const parts = ['reactions', 'comments', 'stories:related', 'stories:latest', 'newsletter', 'counts'];
    const query = parts.map((part) => `&parts=${part}`).join('');
    expect(await expensiveStatements(() => read(`/page?${storyQuery(longStory)}${query}`))).toEqual({});
  });

  test.for(['best', 'newest', 'oldest', 'discussed'])('the first two pages by %s', async (sort) => {
    const expensive = await expensiveStatements(async () => {
      const { nextCursor } = await read(`/comments?${storyQuery(longStory)}&sort=${sort}`);
      await read(`/comments?${storyQuery(longStory)}&sort=${sort}&cursor=${String(nextCursor)}`);
    });
    expect(expensive).toEqual({});
  });

  test.for(['best', 'newest'])('the page around a linked comment by %s', async (sort) => {
    const anchor = '019a0000-0003-7000-8000-000000025004';
    const page = () => read(`/comments?${storyQuery(longStory)}&sort=${sort}&anchor=${anchor}`);
    expect(await expensiveStatements(page)).toEqual({});
  });

  test('replies, counts and the reader’s own state', async () => {
    const parent = '019a0000-0003-7000-8000-000000025003';
    const expensive = await expensiveStatements(async () => {
      await read(`/comments?${storyQuery(longStory)}&parent=${parent}`);
      await read(`/counts?${[1, 2, 3].map((number) => storyQuery(`${origin}/story-${number}`)).join('&')}`);
      expect((await server.ask(`/me?${storyQuery(longStory)}`, { token })).status).toBe(200);
    });
    expect(expensive).toEqual({});
  });

  test('live updates', async () => {
    const { database } = server.services;
    const storyId = '019a0000-0002-7000-8000-000000000001';
    const expensive = await expensiveStatements(async () => {
      await readThreadVersions(database, [storyId]);
      await readChangedComments(database, storyId, 0, 100);
    });
    expect(expensive).toEqual({});
  });
});
