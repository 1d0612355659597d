import { html } from 'hono/html';
import type { MailMessage } from './queue.js';
import type { MailSite } from './style.js';

/** Site that sends a mail, and the language of its texts. */
export interface MailFrame {
  readonly site: Pick<MailSite, 'name' | 'mail'>;
  readonly lang: string;
}

/** Parts of a mail, in the order in which they appear. */
export interface MailContent {
  readonly subject: string;
  readonly lead: string;
  readonly items?: readonly string[];
  /** The button, below a sentence that says what it does. */
  readonly action?: { readonly lead: string; readonly url: string; readonly label: string };
  readonly code?: { readonly lead: string; readonly code: string };
  /** Small print. */
  readonly note: string;
  /** Link of the footer. Its address also accepts the POST of RFC 8058. */
  readonly unsubscribe?: { readonly url: string; readonly label: string };
}

/** Composes a mail: HTML in the frame of all mails (logo or site name, button, footer), and the same as plain text. */
export async function composeMail({ site, lang }: MailFrame, content: MailContent): Promise<MailMessage> {
  const { senderName = site.name, replyTo, logo, footer, postalAddress } = site.mail;
  const small = [footer, postalAddress].flatMap((text) => text ?? []);
  const { subject, lead, items = [], action, code, note, unsubscribe } = content;
  const text = [
    lead,
    ...(items.length > 0 ? [items.map((item) => `- ${item}`).join('\n')] : []),
    ...(action ? [`${action.lead}\n${action.url}`] : []),
    ...(code ? [`${code.lead}\n${code.code}`] : []),
    note,
    ...(unsubscribe ? [`${unsubscribe.label}: ${unsubscribe.url}`] : []),
    `-- \n${[site.name, ...small].join('\n')}`,
  ].join('\n\n');
  const page = await html`<!doctype html>
    <html lang="${lang}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${subject}</title>
        <style>
          body {
            margin: 0;
            font:
              17px/1.5 Charter,
              Cambria,
              'Noto Serif',
              Georgia,
              serif;
          }
          main {
            max-width: 34em;
            margin: 0 auto;
            padding: 32px 20px;
          }
          h1 {
            margin: 0 0 24px;
            padding: 0 0 12px;
            font-size: 17px;
            border-bottom: 1px solid #8884;
          }
          .button {
            display: inline-block;
            padding: 11px 22px;
            border-radius: 6px;
            background: #b3261e;
            color: #ffffff;
            font-weight: bold;
            text-decoration: none;
          }
          .code {
            font:
              28px/1.5 Consolas,
              Menlo,
              'DejaVu Sans Mono',
              monospace;
            letter-spacing: 4px;
          }
          .small {
            font-size: 15px;
            opacity: 0.75;
          }
          .small a {
            color: inherit;
          }
        </style>
      </head>
      <body>
        <main>
          <h1>${logo ? html`<img src="${logo}" alt="${site.name}" height="40" />` : site.name}</h1>
          <p>${lead}</p>
          ${
            items.length > 0
              ? html`<ul>
                  ${items.map((item) => html`<li><b>${item}</b></li>`)}
                </ul>`
              : ''
          }
          ${
            action
              ? html`<p>${action.lead}</p>
                  <p><a class="button" href="${action.url}">${action.label}</a></p>`
              : ''
          }
          ${
            code
              ? html`<p>${code.lead}</p>
                  <p class="code">${code.code}</p>`
              : ''
          }
          <p class="small">${note}</p>
          ${unsubscribe ? html`<p class="small"><a href="${unsubscribe.url}">${unsubscribe.label}</a></p>` : ''}
          ${small.map((text) => html`<p class="small">${text}</p>`)}
        </main>
      </body>
    </html>`;
  return {
    sender: senderName,
    ...(replyTo === undefined ? {} : { replyTo }),
    subject,
    lang,
    text,
    html: String(page),
    ...(unsubscribe ? { unsubscribeUrl: unsubscribe.url } : {}),
  };
}
