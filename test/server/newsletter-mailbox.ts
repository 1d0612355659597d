import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { simpleParser, type ParsedMail } from 'mailparser';
import { putNewsletter } from '../../server/src/newsletter/lists.js';
import { openTestServices, type DatabaseKind, type TestServer } from './setup.js';

export const daily = {
  id: 'daily',
  name: { vi: 'Tin sáng', en: 'Morning news' },
  description: { vi: 'Năm chuyện đáng đọc.', en: 'Five stories worth your time.' },
  frequency: { vi: 'Mỗi sáng', en: 'Every morning' },
  consent: { id: 'daily-1', text: { vi: 'Tôi đồng ý nhận Tin sáng.', en: 'I agree to receive Morning news.' } },
};
export const weekend = {
  id: 'weekend',
  name: { vi: 'Cuối tuần', en: 'Weekend' },
  description: { vi: 'Một bài đọc chậm.', en: 'One slow read.' },
  frequency: { vi: 'Sáng thứ Bảy', en: 'Saturday morning' },
  consent: { id: 'weekend-1', text: { vi: 'Tôi đồng ý nhận Cuối tuần.', en: 'I agree to receive Weekend.' } },
};

/** A mail as a reader's mail program understands it. */
export interface ReceivedMail extends ParsedMail {
  /** The token of the first link to a page, such as `confirm`. */
  tokenFor(page: 'confirm' | 'unsubscribe' | 'preferences'): string;
  readonly code: string;
  readonly source: string;
}

export interface NewsletterServer extends TestServer {
  subscribe(body?: Record<string, unknown>): Promise<Response>;
  /** Every mail so far, oldest first, once all that was asked for is dealt with. */
  mails(): Promise<ReceivedMail[]>;
  /** The state of each list an address ever asked for. */
  states(emailKey: string): Promise<Record<string, string>>;
  /** A page outside the API. */
  open(path: string): Promise<Response>;
  /** Sends a form as a browser does. */
  post(path: string, fields: Record<string, string | string[]>, headers?: Record<string, string>): Promise<Response>;
}

/** A server that mails into its outbox, with two newsletters. */
export async function openNewsletterServer(
  kind: DatabaseKind,
  environment: Record<string, string> = { AFTERWORD_DEMO: '1' },
): Promise<NewsletterServer> {
  const server = await openTestServices(kind, environment);
  const { services, site, app } = server;
  await putNewsletter(services, site, daily);
  await putNewsletter(services, site, weekend);
  services.mailer.start();
  await services.subscriptions.start();

  async function settled(): Promise<void> {
    const { read } = services.database;
    for (;;) {
      const request = await read.selectFrom('subscription_requests').select('id').limit(1).executeTakeFirst();
      const mail = await read
        .selectFrom('mails')
        .select('id')
        .where('dueAt', 'is not', null)
        .limit(1)
        .executeTakeFirst();
      if (!request && !mail) return;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  return {
    ...server,
    subscribe: (body = {}) =>
      server.ask('/subscriptions', {
        method: 'POST',
        json: { email: 'lan@reader.example', lists: ['daily'], consent: 'daily-1', lang: 'vi', ...body },
      }),
    async mails() {
      await settled();
      const { outbox } = services.mailer;
      if (!outbox) throw new Error('This server has no outbox.');
      const names = (await outbox.list()).reverse();
      return Promise.all(names.map(async (name) => received(await readFile(join(outbox.folder, `${name}.eml`)))));
    },
    async states(emailKey) {
      await settled();
      const rows = await services.database.read
        .selectFrom('subscriptions')
        .select(['newsletterId', 'state'])
        .where('emailKey', '=', emailKey)
        .execute();
      return Object.fromEntries(rows.map(({ newsletterId, state }) => [newsletterId, state]));
    },
    open: async (path) => app.request(path),
    async post(path, fields, headers = {}) {
      const body = new URLSearchParams();
      for (const [name, values] of Object.entries(fields))
        for (const value of [values].flat()) body.append(name, value);
      const text = body.toString();
      return app.request(path, {
        method: 'POST',
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          'content-length': String(Buffer.byteLength(text)),
          ...headers,
        },
        body: text,
      });
    },
  };
}

export async function received(source: Buffer | string): Promise<ReceivedMail> {
  const parsed = await simpleParser(source);
  const text = parsed.text ?? '';
  return Object.assign(parsed, {
    source: source.toString(),
    code: /^(\d{6})$/m.exec(text)?.[1] ?? '',
    tokenFor: (page: string) => new RegExp(`/newsletter/${page}\\?token=([\\w-]+)`).exec(text)?.[1] ?? '',
  });
}
