import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { insertRows, runCached } from '../../server/src/storage/statement-cache.js';
import { databases, openTestServices, type TestServer } from './setup.js';

describe.each(databases)('cached statements on %s', (kind) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await openTestServices(kind);
  });
  afterAll(() => server.close());

  const nameOf = (id: string) => {
    const { read } = server.services.database;
    const build = () => read.selectFrom('sites').select('name').where('id', '=', id).where('lang', '=', 'vi');
    return (parameters: unknown[]) => runCached(read, 'name of a site', build, parameters);
  };

  test('run again with other values', async () => {
    await server.services.sites.put({ ...server.site, id: 'weekly', name: 'The Weekly' });
    expect((await nameOf('paper')(['paper', 'vi'])).rows).toEqual([{ name: 'The Paper' }]);
    expect((await nameOf('weekly')(['weekly', 'vi'])).rows).toEqual([{ name: 'The Weekly' }]);
  });

  test('are checked in tests: values in another order than compiled are reported', () => {
    expect(() => nameOf('paper')(['vi', 'paper'])).toThrow('name of a site');
    expect(() => nameOf('paper')(['paper'])).toThrow('name of a site');
  });

  test('are checked in tests: a name shared by two statements is reported', () => {
    const { read } = server.services.database;
    const other = () => read.selectFrom('sites').select('lang').where('id', '=', 'paper').where('lang', '=', 'vi');
    expect(() => runCached(read, 'name of a site', other, ['paper', 'vi'])).toThrow('name of a site');
  });

  test('insert rows once', async () => {
    const row = { siteId: 'paper', key: 'a', storyId: '' };
    const { writer, read } = server.services.database;
    const story = await server.services.stories.findOrCreate(server.site, 'https://paper.example/aliased');
    const rows = ['a', 'b'].map((key) => ({ ...row, key, storyId: story.id }));
    const insert = () =>
      writer.submit({ name: 'insert', run: async ({ db }) => [await insertRows(db, 'story_aliases', rows)] }, null);
    expect([await insert(), await insert()]).toEqual([2, 0]);
    expect(await read.selectFrom('story_aliases').select('key').orderBy('key').execute()).toEqual([
      { key: 'a' },
      { key: 'b' },
    ]);
  });
});
