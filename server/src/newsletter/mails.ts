import { html } from 'hono/html';
import type { MailMessage } from '../mail/queue.js';
import type { Site } from '../sites/store.js';
import { inLang } from '../sites/words.js';
import type { StoredNewsletter } from './lists.js';
import type { NewsletterWords } from './words.js';

/** Whose mail it is, and in which language. */
export interface MailContext {
  readonly site: Pick<Site, 'name' | 'lang'>;
  readonly newsletters: readonly StoredNewsletter[];
  readonly lang: string;
  readonly words: NewsletterWords;
  /** Every link begins with it. */
  readonly url: string;
}

/** Asks whether the address's owner wants the lists. */
export function confirmMail(
  context: MailContext,
  {
    lists,
    token,
    code,
    unsubscribeToken,
  }: { lists: readonly string[]; token: string; code: string; unsubscribeToken: string },
): Promise<MailMessage> {
  const { words, site, url } = context;
  return compose(context, {
    subject: words.mailConfirmSubject(site.name),
    lead: words.mailConfirmLead,
    names: namesOf(context, lists),
    ask: words.mailConfirmAsk,
    link: { url: `${url}/newsletter/confirm?token=${token}`, words: words.confirmButton },
    code: { lead: words.mailConfirmCode, code },
    notYou: words.mailConfirmNotYou,
    unsubscribeUrl: unsubscribeUrl(url, unsubscribeToken),
  });
}

/** Tells that the address is subscribed already: what no public answer ever does. */
export function knownMail(context: MailContext, { token }: { token: string }): Promise<MailMessage> {
  const { words, site, url } = context;
  return compose(context, {
    subject: words.mailKnownSubject(site.name),
    lead: words.mailKnownLead,
    names: [],
    ask: words.mailKnownAsk,
    link: { url: `${url}/newsletter/preferences?token=${token}`, words: words.preferencesLink },
    notYou: words.mailKnownNotYou,
  });
}

export function unsubscribeUrl(url: string, token: string): string {
  return `${url}/newsletter/unsubscribe?token=${token}`;
}

interface Content {
  readonly subject: string;
  readonly lead: string;
  readonly names: readonly string[];
  readonly ask: string;
  readonly link: { readonly url: string; readonly words: string };
  readonly code?: { readonly lead: string; readonly code: string };
  readonly notYou: string;
  readonly unsubscribeUrl?: string;
}

async function compose({ site, words }: MailContext, content: Content): Promise<MailMessage> {
  const { subject, lead, names, ask, link, code, notYou, unsubscribeUrl: leave } = content;
  const text = [
    lead,
    ...(names.length > 0 ? [names.map((name) => `- ${name}`).join('\n')] : []),
    `${ask}\n${link.url}`,
    ...(code ? [`${code.lead}\n${code.code}`] : []),
    notYou,
    ...(leave ? [`${words.unsubscribeTitle}: ${leave}`] : []),
    `-- \n${site.name}`,
  ].join('\n\n');
  const page = await html`<!doctype html>
    <html lang="${words.lang}">
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
          <h1>${site.name}</h1>
          <p>${lead}</p>
          ${
            names.length > 0
              ? html`<ul>
                  ${names.map((name) => html`<li><b>${name}</b></li>`)}
                </ul>`
              : ''
          }
          <p>${ask}</p>
          <p><a class="button" href="${link.url}">${link.words}</a></p>
          ${
            code
              ? html`<p>${code.lead}</p>
                  <p class="code">${code.code}</p>`
              : ''
          }
          <p class="small">${notYou}</p>
          ${leave ? html`<p class="small"><a href="${leave}">${words.unsubscribeTitle}</a></p>` : ''}
        </main>
      </body>
    </html>`;
  return {
    sender: site.name,
    subject,
    lang: words.lang,
    text,
    html: String(page),
    ...(leave ? { unsubscribeUrl: leave } : {}),
  };
}

function namesOf({ newsletters, lang, site }: MailContext, lists: readonly string[]): string[] {
  return newsletters.filter(({ id }) => lists.includes(id)).map(({ name }) => inLang(name, lang, site.lang));
}
