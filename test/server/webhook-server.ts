import { Writable } from 'node:stream';
import { pino } from 'pino';
import { addManageToken } from '../../server/src/newsletter/domain/signup-mails.js';
import { NewsletterTokens } from '../../server/src/newsletter/domain/tokens.js';
import { WebhookWorker } from '../../server/src/newsletter/webhooks/worker.js';
import type { Transaction } from '../../server/src/storage/writer.js';
import { waitFor } from '../setup/wait-for.js';
import { runCommand, type CommandResult } from './cli.js';
import { openNewsletterServer } from './newsletter-server.js';
import type { DatabaseKind } from './setup.js';
import { openReceiver, type ReceivedRequest, type Receiver } from './webhook-receiver.js';

export type WebhookServer = Awaited<ReturnType<typeof openWebhookServer>>;

const reader = 'lan@reader.example';

/** Waits until a condition holds. */
export const until = (condition: () => Promise<boolean> | boolean) =>
  waitFor(async () => {
    if (!(await condition())) throw new Error('The condition does not hold yet.');
  });

/** Returns the events of requests. */
export function typesOf(requests: readonly ReceivedRequest[]): string[] {
  return requests.map(({ body }) => (JSON.parse(body) as { type: string }).type);
}

/** Opens a server with newsletters, and a receiver of webhooks. Workers are started by tests. */
export async function openWebhookServer(kind: DatabaseKind) {
  const server = await openNewsletterServer(kind);
  const receiver = await openReceiver();
  const receivers: Receiver[] = [receiver];
  const workers: WebhookWorker[] = [];
  const { read, writer } = server.services.database;
  let logged = '';

  const run = (...argv: string[]): Promise<CommandResult> => runCommand(server, 'webhooks', ...argv);
  const write = (work: (transaction: Transaction) => Promise<unknown>) =>
    writer.submit(
      {
        name: 'change-rows',
        run: async (transaction, calls: readonly undefined[]) => {
          await work(transaction);
          return [...calls];
        },
      },
      undefined,
    );
  const change = (table: 'webhooks' | 'webhook_deliveries', values: Record<string, unknown>) =>
    write(({ db }) => db.updateTable(table).set(values).execute());
  const subscribe = async (email = reader) => {
    const before = (await server.mails()).length;
    await server.subscribe({ email });
    await until(async () => (await server.mails()).length > before);
    return (await server.mails()).at(-1)!;
  };

  return {
    ...{ server, receiver, receivers, run, change, subscribe },
    log: () => logged,
    async add(url = `${receiver.url}/hook?token=hidden`, ...options: string[]) {
      const { stdout, stderr } = await run('add', url, '--allow-private', ...options);
      const id = /Webhook (\S+) is ready/.exec(stdout)?.[1];
      if (id === undefined) throw new Error(stderr);
      return { id, secret: /(whsec_\S+)/.exec(stdout)?.[1] ?? '' };
    },
    startWorker() {
      const sink = new Writable({
        write(chunk: Buffer, _encoding, done) {
          logged += chunk.toString();
          done();
        },
      });
      const worker = new WebhookWorker(server.services.database, pino({ level: 'debug' }, sink));
      workers.push(worker);
      worker.start();
      return worker;
    },
    async confirm(email = reader) {
      const { code } = await subscribe(email);
      await server.ask('/subscriptions/code', { method: 'POST', json: { email, code } });
    },
    deliveries: () => read.selectFrom('webhook_deliveries').selectAll().orderBy('id').execute(),
    async webhook() {
      return (await read.selectFrom('webhooks').selectAll().orderBy('id').execute())[0]!;
    },
    /** Makes every queued delivery due. */
    async retryNow() {
      await change('webhooks', { nextAttemptAt: 0 });
      await write(({ db }) =>
        db.updateTable('webhook_deliveries').set({ dueAt: 0 }).where('dueAt', 'is not', null).execute(),
      );
    },
    /** Stores a token for the preferences page of an address. */
    async addManageToken(emailKey: string): Promise<string> {
      const { token, tokenHash } = new NewsletterTokens(server.services.config.secrets).newToken();
      const holder = { siteId: 'paper', emailKey, newslettersJson: '[]', tokenHash };
      await write((transaction) => addManageToken(transaction, holder));
      return token;
    },
    async close() {
      for (const worker of workers) await worker.stop();
      for (const each of receivers) await each.close();
      await server.close();
    },
  };
}
