import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { readConfig } from '../../server/src/config.js';
import { main } from '../../server/src/main.js';
import { serve } from '../../server/src/serve.js';
import { openDatabase } from '../../server/src/storage/database.js';
import { createPostgresDatabase, databases } from './setup.js';

const [first, second, third] = ['first', 'second', 'third'].map((name) => `${name}-secret-of-the-tests-of-the-start`);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'afterword-start-'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

/** Starts a server as `afterword serve` does, on a free port, and stops it again. */
async function start(environment: Record<string, string | undefined>): Promise<void> {
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  const server = await serve(
    readConfig({ PORT: '0', AFTERWORD_DATA: folder, AFTERWORD_LOG: 'silent', ...environment }),
  );
  await server.stop();
}

/** Runs a command as an operator would. */
async function run(
  environment: Record<string, string | undefined>,
  ...argv: string[]
): Promise<{ code: number; err: string }> {
  for (const [name, value] of Object.entries({ AFTERWORD_DATA: folder, ...environment })) vi.stubEnv(name, value);
  let err = '';
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    err += String(text);
    return true;
  });
  const code = await main(argv);
  vi.unstubAllEnvs();
  return { code, err };
}

describe.each(databases)('the secret of a database on %s', (kind) => {
  let url: string | undefined;
  let drop: (() => Promise<void>) | undefined;
  beforeEach(async () => {
    const made = kind === 'postgres' ? await createPostgresDatabase() : undefined;
    url = made?.url;
    drop = made?.drop;
  });
  afterEach(() => drop?.());

  const startWith = (secret: string) => start({ AFTERWORD_DATABASE: url, AFTERWORD_SECRET: secret });

  test('is compared at the start', async () => {
    await startWith(first!);
    await startWith(first!);
    await expect(startWith(second!)).rejects.toThrow(/is not the one that this database was used with/);
    await startWith(first!);
    const { code, err } = await run({ AFTERWORD_DATABASE: url, AFTERWORD_SECRET: second, PORT: '0' }, 'serve');
    expect({ code, lines: err.split('\n').length }).toEqual({ code: 1, lines: 2 });
    expect(err).not.toContain(second);
  });

  test('is replaced by lists in which one secret follows another', async () => {
    await startWith(first!);
    await startWith(`${second},${first}`);
    // Another node that has not got the new list yet, and the change taken back.
    await startWith(first!);
    await startWith(`${second},${first}`);
    await startWith(second!);
    await expect(startWith(first!)).rejects.toThrow('Put the former one back');
    await expect(startWith(`${third},${first}`)).rejects.toThrow('Put the former one back');
    await startWith(`${third},${second}`);
  });

  test('is replaced by `secret adopt` where it is lost', async () => {
    await startWith(first!);
    const environment = { AFTERWORD_DATABASE: url, AFTERWORD_SECRET: second };
    expect(await run(environment, 'secret', 'adopt')).toEqual({ code: 0, err: '' });
    await startWith(second!);
    await expect(startWith(first!)).rejects.toThrow('Put the former one back');
  });
});

describe('the secret in the data folder', () => {
  test('is missed where it was removed', async () => {
    await start({});
    rmSync(join(folder, 'secret'));
    await expect(start({})).rejects.toThrow('the file secret in the data folder');
  });

  test('is made once, as a whole', () => {
    const [made] = readConfig({ AFTERWORD_DATA: folder }).secrets;
    expect(readConfig({ AFTERWORD_DATA: folder }).secrets).toEqual([made]);
    expect(readFileSync(join(folder, 'secret'), 'utf8')).toBe(`${made}\n`);
    expect(readdirSync(folder)).toEqual(['secret']);
    writeFileSync(join(folder, 'secret'), '');
    expect(() => readConfig({ AFTERWORD_DATA: folder })).toThrow('holds no secret');
  });
});

describe('the demo', () => {
  test('has data that is served by no other server, and that commands work on', async () => {
    await start({ AFTERWORD_DEMO: '1' });
    await start({ AFTERWORD_DEMO: '1' });
    await expect(start({})).rejects.toThrow('holds the data of the demo');
    await expect(start({ AFTERWORD_DEMO: '0' })).rejects.toThrow(folder);
    expect(await run({}, 'comments', 'list', '--site', 'demo')).toEqual({ code: 0, err: '' });
    expect(await run({}, 'sites', 'add', 'paper')).toEqual({ code: 0, err: '' });
    await start({ AFTERWORD_DEMO: '1' });
    await expect(start({})).rejects.toThrow('holds the data of the demo');
  });

  test('does not start on the data of a publisher', async () => {
    expect(await run({}, 'sites', 'add', 'demo')).toEqual({ code: 0, err: '' });
    await expect(start({ AFTERWORD_DEMO: '1' })).rejects.toThrow('holds the site "demo"');
    await start({});
  });

  test('of a build before the mark is recognized', async () => {
    await start({ AFTERWORD_DEMO: '1' });
    const url = `sqlite:${join(folder, 'afterword.db')}`;
    const database = await openDatabase(url);
    await database.writer.submit(
      {
        name: 'before-the-mark',
        async run({ db }) {
          await db.schema.dropTable('metadata').execute();
          await db.schema.dropTable('migration_compatibility').execute();
          const executed = db.withTables<{ kysely_migration: { name: string } }>();
          await executed.deleteFrom('kysely_migration').where('name', '=', '0002-metadata').execute();
          return [undefined];
        },
      },
      undefined,
    );
    await database.close();
    await expect(start({})).rejects.toThrow('holds the data of the demo');
  });
});
