import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { OperatorError, readConfig } from '../../server/src/config.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'afterword-config-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const read = (environment: Record<string, string>) => readConfig({ AFTERWORD_DATA: folder, ...environment });

test.each(['a token of the tests', 'mã-của-những-bài-thử'])('AFTERWORD_METRICS_TOKEN=%s is refused', (given) => {
  // No `Authorization: Bearer` header could have it.
  expect(() => read({ AFTERWORD_METRICS_TOKEN: given })).toThrow(/^AFTERWORD_METRICS_TOKEN must have no spaces/);
});

describe('AFTERWORD_URL', () => {
  test.each([
    ['https://afterword.paper.example', 'https://afterword.paper.example'],
    ['https://Afterword.Paper.example:443/', 'https://afterword.paper.example'],
    ['http://localhost:8787//', 'http://localhost:8787'],
  ])('%s is the origin %s', (given, url) => {
    expect(read({ AFTERWORD_URL: given }).url).toBe(url);
  });

  test.each([
    'https://paper.example/afterword',
    'https://paper.example/afterword/',
    'https://paper.example/?x=1',
    'https://paper.example/#top',
    'https://lan:secret@paper.example',
  ])('%s is refused with one line that says what to do', (given) => {
    expect(() => read({ AFTERWORD_URL: given })).toThrow(OperatorError);
    expect(() => read({ AFTERWORD_URL: given })).toThrow(/^AFTERWORD_URL must be an origin .+ host name of its own\.$/);
  });

  test.each(['paper.example', 'ftp://paper.example', 'https://'])('%s is no address', (given) => {
    expect(() => read({ AFTERWORD_URL: given })).toThrow('AFTERWORD_URL must be an http(s) address.');
  });
});

describe('a password', () => {
  const secret = { AFTERWORD_SECRET: 'a secret of the tests that is long enough' };
  const addresses = {
    AFTERWORD_SMTP: 'smtps://lan:PASSWORD@mail.example:465',
    AFTERWORD_DATABASE: 'postgres://lan:PASSWORD@db.example:5432/afterword',
  };
  const readWith = (name: keyof typeof addresses, password: string) =>
    read({
      ...secret,
      AFTERWORD_MAIL_FROM: 'news@paper.example',
      [name]: addresses[name].replace('PASSWORD', password),
    });

  describe.each(['AFTERWORD_SMTP', 'AFTERWORD_DATABASE'] as const)('in %s', (name) => {
    test.each(['pa#ss', '12#34', 'pa/ss', '12/34', 'p@ss', 'pa?ss', '100%', '%zz', '#', '/', '@'])(
      'with %s must be percent-encoded',
      (password) => {
        expect(() => readWith(name, password)).toThrow(OperatorError);
        expect(() => readWith(name, password)).toThrow(
          `${name} cannot be read: in a user name or password, each of # / ? @ % must be percent-encoded (%23 %2F %3F %40 %25).`,
        );
        const config = readWith(name, encodeURIComponent(password));
        const address = new URL((name === 'AFTERWORD_SMTP' ? config.smtp : config.database) ?? '');
        expect(decodeURIComponent(address.password)).toBe(password);
      },
    );
  });

  test.each([
    'postgres://db.example/afterword',
    'postgres://lan@%2Fvar%2Frun%2Fpostgresql/afterword',
    'postgres:///afterword?host=/var/run/postgresql',
    'postgresql://lan:a:b@[::1]:5432/afterword?sslmode=require&application_name=after%40word',
    'sqlite:/data/news@paper#1.db',
  ])('is not missed in %s', (database) => {
    expect(read({ ...secret, AFTERWORD_DATABASE: database }).database).toBe(database);
  });
});
