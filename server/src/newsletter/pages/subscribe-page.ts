import { limits, webUrl, trapField } from 'afterword/contract';
import type { Context } from 'hono';
import { html } from 'hono/html';
import type { Config } from '../../config.js';
import type { Api, ApiEnv } from '../../http/api.js';
import type { ClientAddress } from '../../http/client-address.js';
import { isAllowedOrigin } from '../../http/guards.js';
import { htmlPage } from '../../http/html-page.js';
import type { RateLimits } from '../../http/rate-limits.js';
import { catalogueFor, type Catalogue } from '../../locales/registry.js';
import { Problem } from '../../problem.js';
import type { Site, Sites } from '../../sites/store.js';
import type { Database } from '../../storage/database.js';
import type { LocalizedText } from '../../text.js';
import { readStoredNewsletters, type StoredNewsletter } from '../domain/lists.js';
import type { Subscriptions } from '../domain/subscriptions.js';
import { codeField, consentChoice, hiddenField, masthead, newsroomText, readForm } from './page-parts.js';

/** Services that the newsletter pages use. */
export interface NewsletterPageServices {
  readonly clientAddress: ClientAddress;
  readonly config: Pick<Config, 'url'>;
  readonly database: Database;
  readonly rateLimits: RateLimits;
  readonly sites: Sites;
  readonly subscriptions: Subscriptions;
}

const path = '/newsletter/subscribe';

/** Submitted form values. */
interface FormValues {
  readonly email: string;
  /** Checked lists and the ids of the consent texts shown with them. */
  readonly lists: readonly string[];
  readonly consents: readonly string[];
  readonly lang: string;
}

/**
 * Adds the signup pages for sites without script: publishers' forms post `site`, `list`, `consent`, `email` and `lang`
 * here, with the same names as in the API. An invalid form is shown again with its values and the error.
 */
export function addSubscribePage(app: Api, services: NewsletterPageServices): void {
  const { clientAddress, config, database, rateLimits, sites, subscriptions } = services;

  app.get(path, async (c) => {
    const site = await sites.get(c.req.query('site') ?? '');
    const lang = c.req.query('lang') ?? '';
    if (!site) return unknownSitePage(c, lang);
    const offered = c.req.queries('list');
    return formPage(c, database, site, { email: '', lists: [], consents: [], lang }, { offered });
  });

  app.post(path, async (c) => {
    const form = await readForm(c);
    const values = {
      email: form.text('email'),
      lists: form.all('list'),
      consents: form.all('consent'),
      lang: form.text('lang'),
    };
    const site = await sites.get(form.text('site'));
    if (!site) return unknownSitePage(c, values.lang);
    try {
      if (!hasAllowedOrigin(c, site)) throw new Problem('origin-not-allowed');
      const network = clientAddress.networkOf(c.env?.incoming);
      await rateLimits.take('subscription', network);
      if (values.lists.length === 0 || values.lists.length > limits.lists) throw new Problem('list-not-found');
      await subscriptions.request(site, {
        email: values.email,
        lists: values.lists,
        consents: values.consents,
        lang: isLanguageTag(values.lang) ? values.lang : undefined,
        isTrapped: form.text(trapField) !== '',
        method: 'form',
        page: webUrl.safeParse(c.req.header('referer')).data,
        network,
      });
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      return formPage(c, database, site, values, { problem: error });
    }
    return inboxPage(c, site, { email: values.email, lang: values.lang });
  });

  /**
   * The server's own pages send no `Origin` because of their referrer policy; `Sec-Fetch-Site` identifies them
   * instead.
   */
  function hasAllowedOrigin(c: Context<ApiEnv>, site: Site): boolean {
    const origin = c.req.header('origin');
    const own = origin === new URL(config.url).origin || c.req.header('sec-fetch-site') === 'same-origin';
    return own || isAllowedOrigin(site, origin);
  }
}

/** Renders the "check your inbox" page with a form for the code. */
export function inboxPage(
  c: Context,
  site: Site,
  { email, lang, problem }: { email: string; lang: string; problem?: Problem },
): Promise<Response> {
  const catalogue = catalogueFor(lang, site.lang);
  const words = catalogue.newsletterPages;
  const message = problem && problemMessage(words, problem);
  return htmlPage(c, {
    title: words.inboxTitle,
    lang: catalogue.lang,
    status: pageStatus(problem),
    body: html`${masthead(site.name)}
      <h1>${words.inboxTitle}</h1>
      <p>${words.inboxLead}</p>
      <form method="post" action="/newsletter/confirm">
        ${hiddenField('site', site.id)} ${hiddenField('email', email)} ${hiddenField('lang', lang)}
        ${codeField(words.inboxCode, { invalid: problem?.code === 'code-wrong', focused: Boolean(problem) })}
        <p id="problem" class="problem" role="${message ? 'alert' : 'status'}">${message ?? ''}</p>
        <button>${words.inboxButton}</button>
      </form>
      <p class="muted">${words.inboxSpam}</p>`,
  });
}

async function formPage(
  c: Context,
  database: Database,
  site: Site,
  { email, lists, consents, lang }: FormValues,
  { offered, problem }: { offered?: readonly string[] | undefined; problem?: Problem },
): Promise<Response> {
  const catalogue = catalogueFor(lang, site.lang);
  const words = catalogue.newsletterPages;
  const newsletters = (await readStoredNewsletters(database.read, site.id)).filter(
    ({ id }) => offered?.includes(id) ?? true,
  );
  // Restores boxes whose consent text is unchanged. No box is checked by default.
  const isTicked = ({ id, consent }: StoredNewsletter) =>
    lists.includes(id) && consents.includes(consent.id) && problem?.code !== 'origin-not-allowed';
  const message = problem && problemMessage(words, problem);
  const translate = (texts: LocalizedText) => newsroomText(texts, lang, site.lang);
  const isEmailInvalid = problem?.code.startsWith('email-') ?? false;
  const isChoiceInvalid = problem?.code === 'list-not-found' || problem?.code === 'consent-missing';
  return htmlPage(c, {
    title: words.subscribeTitle,
    lang: catalogue.lang,
    status: pageStatus(problem),
    body: html`${masthead(site.name)}
      <h1>${words.subscribeTitle}</h1>
      ${
        newsletters.length === 0
          ? html`<p>${words.subscribeNone}</p>`
          : html`<p>${words.subscribeLead}</p>
              <form method="post" action="${path}" novalidate>
                ${message ? html`<p id="problem" class="problem" role="alert">${message}</p>` : ''}
                ${hiddenField('site', site.id)} ${hiddenField('lang', lang)}
                ${newsletters.map((newsletter, index) =>
                  consentChoice(newsletter, translate, {
                    checked: isTicked(newsletter),
                    invalid: isChoiceInvalid,
                    focused: isChoiceInvalid && index === 0,
                  }),
                )}
                <label for="email">${words.subscribeEmail}</label>
                <input
                  type="email"
                  id="email"
                  name="email"
                  value="${email}"
                  dir="ltr"
                  autocomplete="email"
                  autocapitalize="off"
                  spellcheck="false"
                  required
                  aria-invalid="${String(isEmailInvalid)}"
                  aria-describedby="problem"
                  ${isEmailInvalid ? 'autofocus' : ''}
                />
                <div class="trap" aria-hidden="true">
                  <label for="trap">${words.subscribeTrap}</label>
                  <input
                    type="text"
                    id="trap"
                    name="${trapField}"
                    tabindex="-1"
                    autocomplete="off"
                    data-1p-ignore
                    data-bwignore
                    data-form-type="other"
                    data-lpignore="true"
                  />
                </div>
                <button>${words.subscribeButton}</button>
              </form>`
      }`,
  });
}

function unknownSitePage(c: Context, lang: string): Promise<Response> {
  const catalogue = catalogueFor(lang);
  const words = catalogue.newsletterPages;
  return htmlPage(c, {
    title: words.subscribeTitle,
    lang: catalogue.lang,
    status: 404,
    body: html`<h1>${words.subscribeTitle}</h1>
      <p>${words.subscribeSiteUnknown}</p>`,
  });
}

function problemMessage(words: Catalogue['newsletterPages'], { code, message }: Problem): string {
  const translated: unknown = Object.hasOwn(words, code)
    ? words[code as keyof Catalogue['newsletterPages']]
    : undefined;
  return typeof translated === 'string' ? translated : message;
}

type PageStatus = 200 | 403 | 422 | 429 | 503;

function pageStatus(problem: Problem | undefined): PageStatus {
  return problem ? (problem.status as PageStatus) : 200;
}

function isLanguageTag(lang: string): boolean {
  return /^[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*$/.test(lang) && lang.length <= 35;
}
