import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { readConfig } from '../../server/src/config.js';
import { SlowStatements, type FinishedStatement } from '../../server/src/storage/slow-statements.js';
import { runCached } from '../../server/src/storage/statement-cache.js';
import { logToLines } from './log-lines.js';
import { databases, openTestServices, storyQuery, storyUrl, type TestServer } from './setup.js';

const thresholdMs = 30;
/** Takes long on each database, with a value that must not be logged. */
const slowSelect = {
  sqlite: (value: string) => sql<{ value: string }>`
    with recursive numbers(n) as (select 1 union all select n + 1 from numbers where n < 1500000)
    select ${value} as value from numbers order by n desc limit 1`,
  postgres: (value: string) => sql<{ value: string }>`select ${value}::text as value from pg_sleep(0.1)`,
};
const failingSelect = {
  sqlite: sql`
    with recursive numbers(n) as (select 1 union all select n + 1 from numbers where n < 1500000)
    select json_extract('{', '$.' || max(n)) from numbers`,
  postgres: sql`select 1 / (extract(epoch from (select pg_sleep(0.1))::text::interval)::int)`,
};

describe.each(databases)('slow statements on %s', (kind) => {
  const { log, lines } = logToLines();
  const finished: FinishedStatement[] = [];
  let server: TestServer;
  let slow = new SlowStatements(thresholdMs, log);
  beforeAll(async () => {
    const onStatement = (statement: FinishedStatement) => {
      finished.push(statement);
      slow.observe(statement);
    };
    server = await openTestServices(kind, { AFTERWORD_METRICS_TOKEN: 'a-token-of-the-tests' }, { onStatement });
  });
  afterAll(() => server.close());
  beforeEach(() => {
    lines.length = finished.length = 0;
    // On a busy machine, any statement may take long, and use up the lines of a minute.
    slow = new SlowStatements(thresholdMs, log);
  });
  /** The lines of one statement. A busy machine may make others slow, too. */
  const linesWith = (text: string) => lines.filter((line) => String(line['sql']).includes(text));
  const mark = kind === 'sqlite' ? 'from numbers' : 'pg_sleep';

  test('are logged with their time and text, without values', async () => {
    const { rows } = await slowSelect[kind]('lan@paper.example').execute(server.services.database.read);
    expect(rows).toEqual([{ value: 'lan@paper.example' }]);
    const [line, ...others] = linesWith(mark);
    expect(others).toEqual([]);
    expect(line).toMatchObject({ level: 40, msg: 'slow statement', durationMs: expect.any(Number) });
    expect(line!['durationMs']).toBeGreaterThanOrEqual(thresholdMs);
    expect(line!['sql']).toMatch(kind === 'sqlite' ? /select \? as value/ : /select \$1::text as value/);
    expect(line).not.toHaveProperty('failed');
    expect(JSON.stringify(lines)).not.toContain('lan@');
  });

  test('are logged where they are cached, and in a transaction', async () => {
    const { read, writer } = server.services.database;
    const compile = () => slowSelect[kind]('cached value').compile(read);
    await runCached(read, 'slow', () => ({ compile }), ['cached value']);
    await writer.submit(
      { name: 'slow', run: async ({ db }) => [(await slowSelect[kind]('written value').execute(db)).rows] },
      undefined,
    );
    expect(linesWith(mark)).toHaveLength(2);
    expect(JSON.stringify(lines)).not.toContain(' value"');
  });

  test('are logged where they fail', async () => {
    await expect(failingSelect[kind].execute(server.services.database.read)).rejects.toThrow();
    expect(linesWith(mark)).toMatchObject([{ failed: true }]);
  });

  test('have texts that hold nothing of readers', async () => {
    const token = await server.guest('Nguyễn Thị Sâm');
    const text = 'Một ý kiến rất riêng';
    const post = { method: 'POST', token };
    const posted = await server.ask('/comments', { ...post, json: { story: storyUrl, text } });
    const { comment } = (await posted.json()) as { comment: { id: string; author: { id: string } } };
    await server.ask('/reactions', { method: 'PUT', token, json: { story: storyUrl, choice: 'great' } });
    await server.ask(`/comments/${comment.id}`, { method: 'PATCH', token, json: { text: `${text} nữa` } });
    await server.ask(`/comments/${comment.id}/reports`, { ...post, json: { reason: 'spam', note: 'Vì tôi nghĩ thế' } });
    await server.ask(`/comments?${storyQuery()}&anchor=${comment.id}`);
    await server.ask(`/page?${storyQuery()}&parts=comments,reactions,stories:latest,newsletter,counts`);
    await server.ask(`/me?${storyQuery()}`, { token });
    await server.ask(`/comments/${comment.id}`, { method: 'DELETE', token });
    expect(finished.length).toBeGreaterThan(20);
    const texts = finished.map((statement) => statement.sql).join('\n');
    const readerId = comment.author.id;
    for (const value of ['Sâm', 'riêng', 'nghĩ', 'great', 'paper', comment.id, readerId, token])
      expect(texts, value).not.toContain(value);
  });
});

describe('the log of a slow database', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());
  const statement = (durationMs: number, text = 'select 1') => ({ sql: text, durationMs, hasFailed: false });

  test('has ten lines a minute, and the number of the others', () => {
    const { log, lines } = logToLines();
    const slow: FinishedStatement[] = [];
    const { observe } = new SlowStatements(500, log, (one) => slow.push(one));
    for (let count = 0; count < 1000; count++) observe(statement(500 + count));
    for (let count = 0; count < 1000; count++) observe(statement(499.9));
    expect(lines).toHaveLength(10);
    expect(slow).toHaveLength(1000);
    vi.advanceTimersByTime(60_000);
    expect(lines).toHaveLength(11);
    expect(lines.at(-1)).toMatchObject({ count: 990, maxDurationMs: 1499 });
    observe(statement(600));
    expect(lines).toHaveLength(12);
    vi.advanceTimersByTime(600_000);
    expect(lines).toHaveLength(12);
  });

  test('shortens long texts', () => {
    const { log, lines } = logToLines();
    new SlowStatements(500, log).observe(statement(501, `insert into a values ${'(?), '.repeat(10_000)}`));
    expect(String(lines[0]!['sql'])).toMatch(/^insert into a values \(\?\), .{1900,2000}…$/);
  });
});

test('AFTERWORD_SLOW_MS is 500 unless it is set; 0 is off', () => {
  const folder = mkdtempSync(join(tmpdir(), 'afterword-slow-'));
  try {
    const read = (given: Record<string, string>) => readConfig({ AFTERWORD_DATA: folder, ...given }).slowStatementMs;
    expect([read({}), read({ AFTERWORD_SLOW_MS: '0' }), read({ AFTERWORD_SLOW_MS: '25' })]).toEqual([500, 0, 25]);
    expect(() => read({ AFTERWORD_SLOW_MS: '-1' })).toThrow('AFTERWORD_SLOW_MS must be a whole number from 0');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
