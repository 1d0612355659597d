import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Window } from 'happy-dom';
import { simpleParser, type ParsedMail } from 'mailparser';
import { putNewsletter } from '../../server/src/newsletter/domain/list-editing.js';
import { openTestServices, type DatabaseKind, type TestServer } from './setup.js';

export const daily = {
  id: 'daily',
  name: { vi: 'Tin sáng', en: 'Morning news' },
  description: { vi: 'Năm chuyện đáng đọc.', en: 'Five stories worth your time.' },
  frequency: { vi: 'Mỗi sáng', en: 'Every morning' },
  consent: { text: { vi: 'Tôi đồng ý nhận Tin sáng.', en: 'I agree to receive Morning news.' } },
};
export const weekend = {
  id: 'weekend',
  name: { vi: 'Cuối tuần', en: 'Weekend' },
  description: { vi: 'Một bài đọc chậm.', en: 'One slow read.' },
  frequency: { vi: 'Sáng thứ Bảy', en: 'Saturday morning' },
  consent: { text: { vi: 'Tôi đồng ý nhận Cuối tuần.', en: 'I agree to receive Weekend.' } },
};

/** Parsed mail with its tokens and code. */
export interface ReceivedMail extends ParsedMail {
  /** Returns the token of the first link to a page. */
  tokenFor(page: 'confirm' | 'unsubscribe' | 'preferences'): string;
  readonly code: string;
  readonly source: string;
}

export interface NewsletterServer extends TestServer {
  subscribe(body?: Record<string, unknown>): Promise<Response>;
  /** Returns all mails, oldest first, after all signups were processed. */
  mails(): Promise<ReceivedMail[]>;
  /** Returns the subscription state per list of an address. */
  states(emailKey: string): Promise<Record<string, string>>;
  /** Requests a page outside the API. */
  open(path: string): Promise<Response>;
  /** Posts a URL-encoded form. */
  post(path: string, fields: Record<string, string | string[]>, headers?: Record<string, string>): Promise<Response>;
}

/** Opens a server with two newsletters that sends mails to the demo's mailbox. */
export async function openNewsletterServer(
  kind: DatabaseKind,
  environment: Record<string, string> = { AFTERWORD_DEMO: '1' },
): Promise<NewsletterServer> {
  const server = await openTestServices(kind, environment);
  const { services, site, app } = server;
  await putNewsletter(services, site, daily);
  await putNewsletter(services, site, weekend);
  services.mailer.start();
  services.subscriptions.start();

  async function waitUntilProcessed(): Promise<void> {
    const { read } = services.database;
    for (;;) {
      const request = await read.selectFrom('subscription_requests').select('id').limit(1).executeTakeFirst();
      const mail = await read
        .selectFrom('mails')
        .select('id')
        .where('sendAt', 'is not', null)
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
      await waitUntilProcessed();
      const { demoMailbox } = services.mailer;
      if (!demoMailbox) throw new Error('This server has no mailbox.');
      const names = (await demoMailbox.list()).reverse();
      return Promise.all(names.map(async (name) => received(await readFile(join(demoMailbox.folder, `${name}.eml`)))));
    },
    async states(emailKey) {
      await waitUntilProcessed();
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

/** Parses a page as a browser without script does. */
export async function parsePage(answer: Response) {
  const window = new Window({ settings: { disableJavaScriptEvaluation: true } });
  const document = new window.DOMParser().parseFromString(await answer.text(), 'text/html');
  const form = document.querySelector('form');
  return {
    status: answer.status,
    lang: document.documentElement.lang,
    title: document.querySelector('h1')?.textContent,
    text: document.querySelector('main')?.textContent ?? '',
    form: form && {
      method: form.getAttribute('method'),
      action: form.getAttribute('action') ?? '',
      fields: [...form.querySelectorAll('input')].map((input) => [
        input.getAttribute('name'),
        input.getAttribute('value'),
        input.hasAttribute('checked'),
      ]),
      buttons: [...form.querySelectorAll('button')].map((button) => button.textContent),
    },
    links: [...document.querySelectorAll('a')].map((link) => link.getAttribute('href') ?? ''),
    document,
  };
}
