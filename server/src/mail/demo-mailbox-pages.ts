import { html } from 'hono/html';
import type { Api } from '../http/api.js';
import { htmlPage, type Html } from '../http/html-page.js';
import type { DemoMailbox, DemoMail } from './demo-mailbox.js';

const link = /https?:\/\/[^\s]+/g;

/** Serves the demo's mails. Only the demo has a mailbox: mails of other sites are never on a page. */
export function addDemoMailboxPages(app: Api, mailbox: DemoMailbox): void {
  app.get('/outbox', async (c) => {
    const mails: { name: string; mail: DemoMail }[] = [];
    for (const name of await mailbox.list()) {
      const mail = await mailbox.read(name);
      if (mail) mails.push({ name, mail });
    }
    return htmlPage(c, {
      title: 'Outbox',
      lang: 'en',
      body: html`<h1>Outbox</h1>
        <p>What this demo would have mailed, newest first. Each is an <code>.eml</code> file in its data folder too.</p>
        ${
          mails.length === 0
            ? html`<p class="muted">Nothing yet. Sign up for a newsletter, then look here.</p>`
            : html`<ul class="mails">
                ${mails.map(
                  ({ name, mail }) =>
                    html`<li>
                      <a href="/outbox/${name}" lang="${mail.lang}">${mail.subject}</a>
                      <span class="muted">${mail.to} · ${shownTime(mail.sentAt)}</span>
                    </li>`,
                )}
              </ul>`
        }`,
    });
  });

  app.get('/outbox/:name{.+\\.eml}', async (c) => {
    const source = await mailbox.readSource(c.req.param('name').slice(0, -'.eml'.length));
    if (!source) return c.notFound();
    return c.body(new Uint8Array(source), 200, {
      'content-type': 'message/rfc822',
      'content-disposition': 'attachment',
      'cache-control': 'no-store',
    });
  });

  app.get('/outbox/:name', async (c) => {
    const name = c.req.param('name');
    const mail = await mailbox.read(name);
    if (!mail) return c.notFound();
    return htmlPage(c, {
      title: mail.subject,
      lang: mail.lang,
      body: html`<p class="masthead"><a href="/outbox">Outbox</a></p>
        <h1>${mail.subject}</h1>
        <table>
          <tr>
            <th scope="row">From</th>
            <td>${mail.sender}</td>
          </tr>
          <tr>
            <th scope="row">To</th>
            <td>${mail.to}</td>
          </tr>
          <tr>
            <th scope="row">Date</th>
            <td>${shownTime(mail.sentAt)}</td>
          </tr>
        </table>
        <div class="mail">${withLinks(mail.text)}</div>
        <p class="muted"><a href="/outbox/${name}.eml">${name}.eml</a></p>`,
    });
  });
}

function shownTime(iso: string): string {
  return `${iso.slice(0, 16).replace('T', ' ')} UTC`;
}

function withLinks(text: string): Html {
  const parts: (Html | string)[] = [];
  let from = 0;
  for (const { 0: url, index } of text.matchAll(link)) {
    parts.push(text.slice(from, index), html`<a href="${url}">${url}</a>`);
    from = index + url.length;
  }
  return html`${[...parts, text.slice(from)]}`;
}
