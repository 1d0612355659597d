import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openDatabase } from '../../server/src/storage/database.js';
import type { Command } from '../../server/src/storage/writer.js';
import { databases, openTestServices, type TestServer } from './setup.js';

interface Row {
  id: string;
  fails?: 'refused' | 'thrown';
}

let runs: number[] = [];

/** Adds rows to a real table. A row that throws does so after it was written. */
const addSites: Command<Row, string> = {
  name: 'add-sites',
  async run({ db }, rows) {
    runs.push(rows.length);
    const outputs: (string | Error)[] = [];
    for (const { id, fails } of rows) {
      if (fails === 'refused') {
        outputs.push(new Error('refused'));
        continue;
      }
      await db
        .insertInto('sites')
        .values({ id, name: id, lang: 'vi', originsJson: '[]', settingsJson: '{}', serverKeyHash: null, createdAt: 0 })
        .execute();
      if (fails === 'thrown') throw new Error('thrown');
      outputs.push(id);
    }
    return outputs;
  },
};

describe.each(databases)('the writer on %s', (kind) => {
  let server: TestServer;
  beforeEach(async () => {
    runs = [];
    server = await openTestServices(kind);
  });
  afterEach(() => server.close());

  const submit = (row: Row) => server.services.database.writer.submit(addSites, row);
  const sites = async () =>
    (
      await server.services.database.read
        .selectFrom('sites')
        .select('id')
        .where('name', '!=', 'The Paper')
        .orderBy('id')
        .execute()
    ).map(({ id }) => id);

  test('commits concurrent writes together (group commit)', async () => {
    await Promise.all(['a', 'b', 'c'].map((id) => submit({ id })));
    expect(runs).toEqual([3]);
    expect(await sites()).toEqual(['a', 'b', 'c']);
  });

  test('refuses one write without affecting others of the batch', async () => {
    const results = await Promise.allSettled([
      submit({ id: 'a' }),
      submit({ id: 'b', fails: 'refused' }),
      submit({ id: 'c' }),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(await sites()).toEqual(['a', 'c']);
  });

  test('rolls back a write that throws, and stores others of the batch', async () => {
    const results = await Promise.allSettled([
      submit({ id: 'a' }),
      submit({ id: 'b', fails: 'thrown' }),
      submit({ id: 'c' }),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(await sites()).toEqual(['a', 'c']);
  });

  test('waits for accepted writes on close, and accepts no more', async () => {
    const last = submit({ id: 'a' });
    await server.services.database.writer.close();
    await expect(last).resolves.toBe('a');
    await expect(submit({ id: 'b' })).rejects.toThrow('closed');
  });
});

test('two nodes that write the same rows in different orders both succeed', async () => {
  const server = await openTestServices('postgres');
  const other = await openDatabase(server.services.config.database);
  const set = (id: string, name: string): Command<string, string> => ({
    name,
    async run({ db }, names) {
      for (const site of id === 'a' ? ['a', 'b'] : ['b', 'a']) {
        await db
          .updateTable('sites')
          .set({ name: names[0] ?? '' })
          .where('id', '=', site)
          .execute();
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      return [...names];
    },
  });
  try {
    await Promise.all(['a', 'b'].map((id) => server.services.database.writer.submit(addSites, { id })));
    await Promise.all([
      server.services.database.writer.submit(set('a', 'x'), 'one'),
      other.writer.submit(set('b', 'y'), 'two'),
    ]);
    const names = await server.services.database.read
      .selectFrom('sites')
      .select('name')
      .where('id', 'in', ['a', 'b'])
      .execute();
    expect(new Set(names.map(({ name }) => name)).size).toBe(1);
  } finally {
    await other.close();
    await server.close();
  }
});
