import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { main } from '../../server/src/main.js';
import { openDatabase } from '../../server/src/storage/database.js';
import { putStories } from '../../server/src/stories/store.js';

const rss = (...paths: string[]) =>
  `<rss version="2.0"><channel><title>Báo</title><link>https://paper.example</link>${paths
    .map(
      (path) =>
        `<item><title>Tin ${path}</title><link>/${path}</link><pubDate>Mon, 25 May 2026 10:00:00 +0700</pubDate></item>`,
    )
    .join('')}</channel></rss>`;

describe('afterword stories import', () => {
  let folder: string;
  let out: string;
  let err: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'afterword-feeds-'));
    vi.stubEnv('AFTERWORD_DATA', folder);
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => ((out += String(text)), true));
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => ((err += String(text)), true));
  });
  afterEach(() => {
    vi.restoreAllMocks();
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true, force: true });
  });

  const run = async (...argv: string[]) => {
    out = '';
    err = '';
    return { code: await main(argv), out, err };
  };
  const file = (text: string | Buffer, name = 'feed.xml') => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  const rows = async () => {
    const database = await openDatabase(`sqlite:${join(folder, 'afterword.db')}`);
    const all = await database.read.selectFrom('stories').selectAll().orderBy('key').execute();
    await database.close();
    return all;
  };

  test('refuses a file that is too large, and a device that never ends', async () => {
    await run('sites', 'add', 'paper');
    const large = file(`<rss>${' '.repeat(5 * 1024 * 1024)}</rss>`);
    for (const path of [large, '/dev/zero']) {
      expect(await run('stories', 'import', path), path).toMatchObject({
        code: 1,
        err: expect.stringContaining('the file is larger than 5 MB') as string,
      });
    }
  });

  test('imports a feed into the only site, reports skipped entries, and is idempotent', async () => {
    await run('sites', 'add', 'paper');
    const path = file(
      rss('mot', 'hai', 'mot').replace('</channel>', '<item><title>Không địa chỉ</title></item></channel>'),
    );
    expect(await run('stories', 'import', path)).toEqual({
      code: 0,
      out: '2 taken, 2 skipped (1 told before, 1 without a link)\n',
      err: '',
    });
    const first = await rows();
    expect(first.map(({ key }) => key)).toEqual(['https://paper.example/hai', 'https://paper.example/mot']);
    await run('stories', 'import', path);
    const stripped = (all: typeof first) => all.map(({ updatedAt: _, ...rest }) => rest);
    expect(stripped(await rows())).toEqual(stripped(first));
    expect((await run('stories', 'list', '--site', 'paper')).out).toBe(
      first
        .toReversed()
        .sort((a, b) => (a.id < b.id ? 1 : -1))
        .map(({ key, title }) => `2026-05-25T03:00:00.000Z\t${key}\t${title}\n`)
        .join(''),
    );
  });

  test.each([
    ['an HTML page', '<!doctype html><title>x</title>', 'it is neither RSS, Atom, RDF nor JSON Feed'],
    ['a truncated feed', rss('mot', 'hai').slice(0, -40), 'it breaks off before its end'],
    ['an empty file', '', 'it is neither'],
  ])('%s: prints one line, exits with code 1 and stores nothing', async (_, text, message) => {
    await run('sites', 'add', 'paper');
    const path = file(text);
    const { code, out: stdout, err: stderr } = await run('stories', 'import', path);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^[^\n]+Nothing was taken\.\n$/);
    expect(stderr).toContain(`${path}: ${message}`);
    expect(await rows()).toEqual([]);
  });

  test('refuses a missing file, a private address and an unknown site', async () => {
    await run('sites', 'add', 'paper');
    expect((await run('stories', 'import', join(folder, 'none.xml'))).err).toContain('there is no such file');
    expect((await run('stories', 'import', 'http://127.0.0.1:1/rss')).err).toContain('is a private address');
    expect((await run('stories', 'import', 'ftp://paper.example/rss')).err).toContain('only http and https');
    expect((await run('stories', 'import', file(rss('mot')), '--site', 'news')).err).toContain(
      'There is no site "news"',
    );
    expect(await rows()).toEqual([]);
  });

  test('requires --site if there are two sites', async () => {
    expect((await run('stories', 'import', file(rss('mot')))).err).toContain('There is no database');
    await run('migrate');
    expect((await run('stories', 'import', file(rss('mot')))).err).toContain('There is no site yet');
    await run('sites', 'add', 'paper');
    await run('sites', 'add', 'weekly');
    expect((await run('stories', 'import', file(rss('mot')))).err).toBe(
      'afterword: Say which site with --site: paper, weekly.\n',
    );
  });

  test('fetches private addresses with --allow-private', async () => {
    await run('sites', 'add', 'paper');
    const server = createServer((_, answer) => answer.end(rss('mot')));
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/rss.xml`;
    expect((await run('stories', 'import', url, '--allow-private')).out).toBe('1 taken\n');
    server.close();
  });

  test('keeps the date of the first import for undated stories', async () => {
    await run('sites', 'add', 'paper');
    const path = file(rss('mot').replace(/<pubDate>.*<\/pubDate>/, ''));
    expect((await run('stories', 'import', path)).out).toBe(
      '1 taken\n1 tell no date that can be read: they have that of their first import.\n',
    );
    const [first] = await rows();
    await run('stories', 'import', path);
    expect((await rows())[0]?.publishedAt).toBe(first?.publishedAt);
  });

  test('keeps values from the publisher that the feed lacks', async () => {
    await run('sites', 'add', 'paper');
    const database = await openDatabase(`sqlite:${join(folder, 'afterword.db')}`);
    await database.writer.submit(putStories, {
      siteId: 'paper',
      stories: [
        {
          id: 'ps-1',
          url: 'https://paper.example/mot',
          title: 'Một',
          publishedAt: '2026-05-01T00:00:00Z',
          kind: 'opinion',
          dontMiss: true,
        },
      ],
    });
    await database.close();
    await run('stories', 'import', file(rss('mot')));
    expect(await rows()).toMatchObject([{ key: 'ps-1', title: 'Tin mot', kind: 'opinion', dontMiss: 1 }]);
  });
});
