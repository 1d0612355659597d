import { deepStrictEqual } from 'node:assert';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { pino } from 'pino';
import { createApp, createServices, type Services } from '../../server/src/app.js';
import { readConfig } from '../../server/src/config.js';
import type { Api } from '../../server/src/http/api.js';
import { newSiteSchema, type Site } from '../../server/src/sites/store.js';
import { openDatabase, type OpenOptions } from '../../server/src/storage/database.js';
import { observeStatements } from '../../server/src/storage/statement-cache.js';

/** Each suite that touches the store runs on both. */
export const databases = ['sqlite', 'postgres'] as const;
export type DatabaseKind = (typeof databases)[number];

export const origin = 'https://paper.example';
export const storyUrl = `${origin}/a-story`;

// Every cached statement that a test runs is compared with what it compiles to.
observeStatements(({ name, sent, compile }) => {
  const { sql, parameters } = compile();
  deepStrictEqual(
    { name, sql: sent.sql, parameters: sent.parameters },
    { name, sql, parameters },
    `The cached statement "${name}" is sent with another text or other values than it compiles to.`,
  );
});

/** A request, with the token of its reader, and the address of its client. */
export type AskInit = RequestInit & { token?: string; json?: unknown; address?: string };

/** A server without a socket, on a database of its own. */
export interface TestServer {
  readonly services: Services;
  readonly app: Api;
  readonly site: Site;
  readonly folder: string;
  /** Asks the API below the site `paper`, as a page of its first origin would. */
  ask(path: string, init?: AskInit): Promise<Response>;
  /** A new guest's token. */
  guest(name?: string): Promise<string>;
  close(): Promise<void>;
}

/** @param environment settings besides those every test server has */
export async function openTestServices(
  kind: DatabaseKind,
  environment: Record<string, string> = {},
  open: OpenOptions = {},
): Promise<TestServer> {
  const folder = mkdtempSync(join(tmpdir(), 'afterword-server-'));
  const made = kind === 'postgres' ? await createPostgresDatabase() : undefined;
  const config = readConfig({
    AFTERWORD_DATA: folder,
    AFTERWORD_SECRET: 'a secret of the tests that is long enough',
    AFTERWORD_LIMITS: 'off',
    AFTERWORD_LOG: 'silent',
    ...(made ? { AFTERWORD_DATABASE: made.url } : {}),
    ...environment,
  });
  const database = await openDatabase(config.database, open);
  const services = createServices(config, database, pino({ level: 'silent' }));
  const app = createApp(services);
  await services.sites.put(
    newSiteSchema.parse({
      id: 'paper',
      name: 'The Paper',
      lang: 'vi',
      origins: [origin],
      settings: { moderation: 'post', votes: 'up-down' },
    }),
  );
  const site = await services.sites.get('paper');
  if (!site) throw new Error('The site was not added.');

  const ask: TestServer['ask'] = async (path, { token, json, address, ...init } = {}) => {
    const headers = new Headers(init.headers);
    if (!headers.has('origin')) headers.set('origin', origin);
    if (token !== undefined) headers.set('authorization', `Bearer ${token}`);
    if (json !== undefined) headers.set('content-type', 'application/json');
    const body = json === undefined ? init.body : JSON.stringify(json);
    // A client on a socket always says how long its body is.
    if (typeof body === 'string') headers.set('content-length', String(Buffer.byteLength(body)));
    const incoming = { headers: Object.fromEntries(headers), socket: { remoteAddress: address } };
    return app.request(`/v1/sites/paper${path}`, { ...init, headers, body }, address === undefined ? {} : { incoming });
  };

  return {
    services,
    app,
    site,
    folder,
    ask,
    async guest(name = 'Lan') {
      const answer = await ask('/readers', { method: 'POST', json: { name } });
      if (answer.status !== 201) throw new Error(`No guest was made: ${await answer.text()}`);
      return ((await answer.json()) as { token: string }).token;
    },
    async close() {
      await services.live.close();
      await services.subscriptions.stop();
      await services.mailer.stop();
      await services.webhooks.stop();
      await services.retention.stop();
      await database.close();
      await made?.drop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A story's key as a query parameter. */
export function storyQuery(key = storyUrl): string {
  return `story=${encodeURIComponent(key)}`;
}

/** Creates an empty database of its own on the tests' PostgreSQL. */
export async function createPostgresDatabase(): Promise<{ url: string; drop(): Promise<void> }> {
  const server = process.env['AFTERWORD_TEST_POSTGRES'] ?? 'postgres://postgres@127.0.0.1:5432/postgres';
  const name = `afterword_test_${randomUUID().replaceAll('-', '')}`;
  const admin = async (statement: string) => {
    const client = new pg.Client({ connectionString: server });
    await client.connect();
    await client.query(statement);
    await client.end();
  };
  await admin(`create database ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => admin(`drop database ${name} with (force)`) };
}
