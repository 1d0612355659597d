import { limits, trapField } from 'afterword/contract';
import type { Context } from 'hono';
import { html } from 'hono/html';
import type { Api, ApiEnv } from '../http/api.js';
import { isAllowedOrigin } from '../http/guards.js';
import { htmlPage } from '../http/html-page.js';
import { Problem } from '../problem.js';
import type { Services } from '../services.js';
import type { Site } from '../sites/store.js';
import { inLang } from '../sites/words.js';
import { readForm } from './form.js';
import { readStoredNewsletters, type StoredNewsletter } from './lists.js';
import { consentChoice, hidden, masthead } from './views.js';
import { wordsIn, type NewsletterWords } from './words.js';

const path = '/newsletter/subscribe';

/** What was typed into the form so far. */
interface Typed {
  readonly email: string;
  /** The lists ticked, and the wordings that stood beside them. */
  readonly lists: readonly string[];
  readonly consents: readonly string[];
  readonly lang: string;
}

/**
 * Signing up without script: a form on a publisher's page posts `site`, `list`, `consent`, `email` and `lang` here, as
 * the API takes them. What is missing or wrong is asked for on a page of ours, with what was typed still there.
 */
export function addSubscribePage(app: Api, services: Services): void {
  const { clientAddress, config, rateLimits, sites, subscriptions } = services;

  app.get(path, async (c) => {
    const site = await sites.get(c.req.query('site') ?? '');
    const lang = c.req.query('lang') ?? '';
    if (!site) return unknownSite(c, lang);
    const offered = c.req.queries('list');
    return formPage(c, services, site, { email: '', lists: [], consents: [], lang }, { offered });
  });

  app.post(path, async (c) => {
    const form = await readForm(c);
    const typed = {
      email: form.text('email'),
      lists: form.all('list'),
      consents: form.all('consent'),
      lang: form.text('lang'),
    };
    const site = await sites.get(form.text('site'));
    if (!site) return unknownSite(c, typed.lang);
    try {
      if (!isFromKnownPage(c, site)) throw new Problem('origin-not-allowed');
      await rateLimits.take('subscription', clientAddress.networkOf(c.env?.incoming));
      if (typed.lists.length === 0 || typed.lists.length > limits.lists) throw new Problem('list-not-found');
      await subscriptions.request(site, {
        email: typed.email,
        lists: typed.lists,
        consents: typed.consents,
        lang: isTag(typed.lang) ? typed.lang : undefined,
        trapped: form.text(trapField) !== '',
        method: 'form',
      });
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      return formPage(c, services, site, typed, { problem: error });
    }
    return inboxPage(c, site, { email: typed.email, lang: typed.lang });
  });

  /** Our own pages send no referrer, and so no origin: there the browser itself says where the form stood. */
  function isFromKnownPage(c: Context<ApiEnv>, site: Site): boolean {
    const origin = c.req.header('origin');
    const own = origin === new URL(config.url).origin || c.req.header('sec-fetch-site') === 'same-origin';
    return own || isAllowedOrigin(site, origin);
  }
}

/** Says where to look, and takes the code of the mail. */
export function inboxPage(
  c: Context,
  site: Site,
  { email, lang, problem }: { email: string; lang: string; problem?: Problem },
): Promise<Response> {
  const words = wordsIn(lang, site.lang);
  const told = problem && tell(words, problem);
  return htmlPage(c, {
    title: words.inboxTitle,
    lang: words.lang,
    status: statusOf(problem),
    body: html`${masthead(site.name)}
      <h1>${words.inboxTitle}</h1>
      <p>${words.inboxLead}</p>
      <form method="post" action="/newsletter/confirm">
        ${hidden('site', site.id)} ${hidden('email', email)} ${hidden('lang', lang)}
        <label for="code">${words.inboxCode}</label>
        <input
          type="text"
          id="code"
          name="code"
          class="code"
          inputmode="numeric"
          autocomplete="one-time-code"
          maxlength="11"
          required
          aria-describedby="problem"
        />
        <p id="problem" class="problem" role="${told ? 'alert' : 'status'}">${told ?? ''}</p>
        <button>${words.inboxButton}</button>
      </form>
      <p class="muted">${words.inboxSpam}</p>`,
  });
}

async function formPage(
  c: Context,
  { database }: Services,
  site: Site,
  { email, lists, consents, lang }: Typed,
  { offered, problem }: { offered?: readonly string[] | undefined; problem?: Problem },
): Promise<Response> {
  const words = wordsIn(lang, site.lang);
  const newsletters = (await readStoredNewsletters(database.read, site.id)).filter(
    ({ id }) => offered?.includes(id) ?? true,
  );
  // Ticked stays what a reader has ticked beside the wording of today; nothing else is ever ticked for them.
  const wasTicked = ({ id, consent }: StoredNewsletter) =>
    lists.includes(id) && consents.includes(consent.id) && problem?.code !== 'origin-not-allowed';
  const told = problem && tell(words, problem);
  const say = (given: Readonly<Record<string, string>>) => inLang(given, lang, site.lang);
  return htmlPage(c, {
    title: words.subscribeTitle,
    lang: words.lang,
    status: statusOf(problem),
    body: html`${masthead(site.name)}
      <h1>${words.subscribeTitle}</h1>
      ${
        newsletters.length === 0
          ? html`<p>${words.subscribeNone}</p>`
          : html`<p>${words.subscribeLead}</p>
              <form method="post" action="${path}">
                ${told ? html`<p class="problem" role="alert">${told}</p>` : ''} ${hidden('site', site.id)}
                ${hidden('lang', lang)}
                ${newsletters.map((newsletter) => consentChoice(newsletter, say, { checked: wasTicked(newsletter) }))}
                <label for="email">${words.subscribeEmail}</label>
                <input
                  type="email"
                  id="email"
                  name="email"
                  value="${email}"
                  autocomplete="email"
                  maxlength="${limits.emailBytes}"
                  required
                />
                <div class="trap" aria-hidden="true">
                  <label for="trap">${words.subscribeTrap}</label>
                  <input type="text" id="trap" name="${trapField}" tabindex="-1" autocomplete="off" />
                </div>
                <button>${words.subscribeButton}</button>
              </form>`
      }`,
  });
}

function unknownSite(c: Context, lang: string): Promise<Response> {
  const words = wordsIn(lang);
  return htmlPage(c, {
    title: words.subscribeTitle,
    lang: words.lang,
    status: 404,
    body: html`<h1>${words.subscribeTitle}</h1>
      <p>${words.subscribeSiteUnknown}</p>`,
  });
}

function tell(words: NewsletterWords, { code, message }: Problem): string {
  const said: unknown = Object.hasOwn(words, code) ? words[code as keyof NewsletterWords] : undefined;
  return typeof said === 'string' ? said : message;
}

type PageStatus = 200 | 403 | 422 | 429 | 503;

function statusOf(problem: Problem | undefined): PageStatus {
  return problem ? (problem.status as PageStatus) : 200;
}

function isTag(lang: string): boolean {
  return /^[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*$/.test(lang) && lang.length <= 35;
}
