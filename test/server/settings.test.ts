import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { OperatorError, readConfig } from '../../server/src/config.js';
import { openDatabase } from '../../server/src/storage/database.js';
import { createPostgresDatabase } from './setup.js';
import { testKey } from './certificate.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'afterword-settings-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const read = (env: Record<string, string>) => readConfig({ AFTERWORD_DATA: join(folder, 'data'), ...env });
const file = (content: string, name = 'value') => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};
const secret = 'a secret of the tests that is long enough';

describe('the demo', () => {
  const smtp = { AFTERWORD_SMTP: 'smtps://mail.example', AFTERWORD_MAIL_FROM: 'news@paper.example' };

  test('starts with no mail server, so that it mails nobody', () => {
    expect(() => read({ ...smtp, AFTERWORD_DEMO: '1' })).toThrow('AFTERWORD_SMTP is not for the demo');
    const inFile = { ...smtp, AFTERWORD_SMTP: '', AFTERWORD_SMTP_FILE: file(smtp.AFTERWORD_SMTP) };
    expect(() => read({ ...inFile, AFTERWORD_DEMO: '1' })).toThrow('AFTERWORD_SMTP_FILE is not for the demo');
    expect(read(smtp)).toMatchObject({ smtp: smtp.AFTERWORD_SMTP });
  });
});

describe('a secret in a file', () => {
  test.each([
    ['AFTERWORD_SECRET', secret, { secrets: [secret] }],
    ['AFTERWORD_SMTP', 'smtps://paper:word@mail.example', { smtp: 'smtps://paper:word@mail.example' }],
    [
      'AFTERWORD_DATABASE',
      'postgres://paper:word@db.example/paper',
      { database: 'postgres://paper:word@db.example/paper' },
    ],
    ['AFTERWORD_METRICS_TOKEN', 'a-token-of-the-tests', { metricsToken: 'a-token-of-the-tests' }],
  ])('sets %s, without the white space around it', (name, value, expected) => {
    const others = { AFTERWORD_MAIL_FROM: 'news@paper.example', AFTERWORD_SECRET: secret };
    const given = Object.fromEntries(Object.entries(others).filter(([other]) => other !== name));
    expect(read({ ...given, [`${name}_FILE`]: file(` ${value}\r\n`) })).toMatchObject(expected);
  });

  const refused = (env: Record<string, string>) => {
    try {
      read(env);
    } catch (error) {
      expect(error).toBeInstanceOf(OperatorError);
      return (error as Error).message;
    }
    throw new Error('The settings were accepted.');
  };

  test('is refused beside the setting itself', () => {
    expect(refused({ AFTERWORD_SECRET: secret, AFTERWORD_SECRET_FILE: file(secret) })).toBe(
      'AFTERWORD_SECRET and AFTERWORD_SECRET_FILE are both set. Set one of them.',
    );
  });

  test('is refused where it cannot be read, in one line that names the setting and the file', () => {
    const missing = join(folder, 'missing');
    expect(refused({ AFTERWORD_SMTP_FILE: missing })).toBe(`AFTERWORD_SMTP_FILE: ${missing} cannot be read (ENOENT).`);
    mkdirSync(missing);
    expect(refused({ AFTERWORD_SMTP_FILE: missing })).toContain('(EISDIR)');
    expect(refused({ AFTERWORD_SMTP_FILE: file('\n') })).toMatch(/^AFTERWORD_SMTP_FILE: .* is empty\.$/);
  });

  test('is validated, and the message names the file’s setting but not its content', () => {
    for (const [name, content] of [
      ['AFTERWORD_SECRET_FILE', 'short-canary'],
      ['AFTERWORD_METRICS_TOKEN_FILE', 'canary'],
      ['AFTERWORD_DATABASE_FILE', 'mysql://canary'],
    ] as const) {
      const message = refused({ [name]: file(content) });
      expect(message).toMatch(new RegExp(`^${name} must`));
      expect(message).not.toContain('canary');
    }
  });

  test('exists for secrets only', () => {
    expect(refused({ AFTERWORD_URL_FILE: file('https://paper.example') })).toBe(
      'AFTERWORD_URL_FILE is not a setting of Afterword.',
    );
  });
});

describe('AFTERWORD_DATABASE_POOL', () => {
  test.each(['1', '1001', '-5', '2.5', 'many', '9'.repeat(30)])('refuses %s', (given) => {
    expect(() => read({ AFTERWORD_DATABASE_POOL: given })).toThrow(
      'AFTERWORD_DATABASE_POOL must be a whole number from 2 to 1000.',
    );
  });

  test('bounds the connections to PostgreSQL', async () => {
    const { url, drop } = await createPostgresDatabase();
    const operator = new pg.Client({ connectionString: url });
    const database = await openDatabase(url, { maxConnections: 3 });
    try {
      await operator.connect();
      await Promise.all(Array.from({ length: 8 }, () => sql`select pg_sleep(0.3)`.execute(database.read)));
      const { rows } = await operator.query<{ count: number }>(
        'select count(*)::int as count from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
      );
      // One more may be left of the migrations.
      expect([3, 4]).toContain(rows[0]?.count);
    } finally {
      await operator.end();
      await database.close();
      await drop();
    }
  });
});

describe('DKIM', () => {
  const domain = { AFTERWORD_DKIM_DOMAIN: 'paper.example', AFTERWORD_DKIM_SELECTOR: 'afterword' };

  test('takes an RSA key in PEM, from a file or a line with escaped line breaks', () => {
    const expected = { dkim: { domain: 'paper.example', selector: 'afterword' } };
    expect(read({ ...domain, AFTERWORD_DKIM_KEY_FILE: file(testKey) })).toMatchObject(expected);
    const escaped = testKey.trim().replaceAll('\n', '\\n');
    expect(read({ ...domain, AFTERWORD_DKIM_KEY: escaped }).dkim?.privateKey).toBe(testKey.trim());
    expect(read({}).dkim).toBeUndefined();
  });

  const ed25519 = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  test.each([
    ['a part alone', domain, 'are needed together'],
    ['a key that is none', { ...domain, AFTERWORD_DKIM_KEY: 'key' }, 'AFTERWORD_DKIM_KEY must be an RSA private key'],
    ['a key of another kind', { ...domain, AFTERWORD_DKIM_KEY: ed25519 }, 'AFTERWORD_DKIM_KEY must be an RSA'],
    ['a selector that is none', { ...domain, AFTERWORD_DKIM_SELECTOR: 'a b', AFTERWORD_DKIM_KEY: testKey }, 'SELECTOR'],
    ['a domain that is none', { ...domain, AFTERWORD_DKIM_DOMAIN: 'a;b', AFTERWORD_DKIM_KEY: testKey }, 'DOMAIN'],
  ])('is refused with %s', (_, env, message) => {
    expect(() => read(env)).toThrow(message);
  });
});
