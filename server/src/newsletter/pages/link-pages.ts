import type { Context } from 'hono';
import { html } from 'hono/html';
import type { Api, ApiEnv } from '../../http/api.js';
import { limitedBody } from '../../http/guards.js';
import { htmlPage } from '../../http/html-page.js';
import { catalogueFor, catalogues, type Catalogue } from '../../locales/registry.js';
import { Problem } from '../../problem.js';
import type { LocalizedText } from '../../text.js';
import type { Confirmation } from '../domain/confirmation.js';
import { readStoredNewsletters, type StoredNewsletter } from '../domain/lists.js';
import type { Preferences } from '../domain/preferences.js';
import type { UnsubscribeTarget } from '../domain/unsubscribe.js';
import {
  consentChoice,
  hiddenField,
  listNames,
  masthead,
  newsroomText,
  readForm,
  type Form,
  type NewsroomText,
} from './page-parts.js';
import { addPersonPages, personSection } from './person-page.js';
import { addSubscribePage, inboxPage, type NewsletterPageServices } from './subscribe-page.js';

/**
 * Adds the pages that links in mails open. A GET shows a form and changes nothing, since mail scanners follow links. A
 * POST needs no origin check: the token from the mail authorizes it.
 */
export function addNewsletterPages(app: Api, services: NewsletterPageServices): void {
  const { clientAddress, rateLimits, subscriptions } = services;
  app.use('/newsletter/*', limitedBody());
  addSubscribePage(app, services);
  addPersonPages(app, services, (c) =>
    invalidLinkPage(c, ({ preferencesGoneLead, goneAdvice }) => [preferencesGoneLead, goneAdvice]),
  );

  app.get('/newsletter/confirm', async (c) => {
    const token = c.req.query('token') ?? '';
    const confirmation = await subscriptions.readConfirmation(token);
    return confirmPage(c, services, confirmation, { token });
  });

  app.post('/newsletter/confirm', async (c) => {
    const form = await readForm(c);
    if (form.text('code') !== '') return confirmByCode(c, form);
    const token = form.text('token') || (c.req.query('token') ?? '');
    const { confirmation, manageToken } = await subscriptions.confirm(token);
    return confirmPage(c, services, confirmation, { token, manageToken });
  });

  /** Confirms by code, for forms without script. */
  async function confirmByCode(c: Context<ApiEnv>, form: Form): Promise<Response> {
    const site = await services.sites.get(form.text('site'));
    const lang = form.text('lang');
    if (!site) return confirmPage(c, services, undefined, { token: '' });
    try {
      const network = clientAddress.networkOf(c.env?.incoming);
      await rateLimits.take('code', network);
      await subscriptions.confirmByCode(site, { email: form.text('email'), code: form.text('code'), network });
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      return inboxPage(c, site, { email: form.text('email'), lang, problem: error });
    }
    const catalogue = catalogueFor(lang, site.lang);
    const words = catalogue.newsletterPages;
    return htmlPage(c, {
      title: words.confirmedTitle,
      lang: catalogue.lang,
      body: html`${masthead(site.name)}
        <h1>${words.confirmedTitle}</h1>
        <p>${words.confirmedLeave}</p>`,
    });
  }

  app.get('/newsletter/unsubscribe', async (c) => {
    const token = c.req.query('token') ?? '';
    return unsubscribePage(c, services, await subscriptions.readUnsubscribeTarget(token), token);
  });

  // Mail clients send this for one-click unsubscribe (RFC 8058): the response needs no redirect and is idempotent.
  app.post('/newsletter/unsubscribe', async (c) => {
    const form = await readForm(c);
    const token = c.req.query('token') ?? form.text('token');
    const oneClick = form.text('List-Unsubscribe') === 'One-Click';
    await subscriptions.unsubscribe(token, oneClick ? 'one-click' : 'link');
    return unsubscribePage(c, services, await subscriptions.readUnsubscribeTarget(token), token);
  });

  app.get('/newsletter/preferences', async (c) => {
    const token = c.req.query('token') ?? '';
    return preferencesPage(c, services, await subscriptions.readPreferences(token), { token, saved: false });
  });

  app.post('/newsletter/preferences', async (c) => {
    const form = await readForm(c);
    const token = form.text('token');
    const preferences = await subscriptions.choosePreferences(token, {
      lists: form.all('list'),
      consents: form.all('consent'),
    });
    return preferencesPage(c, services, preferences, { token, saved: true });
  });
}

/** Site and language of a page. */
interface PageContext {
  readonly catalogue: Catalogue;
  readonly words: Catalogue['newsletterPages'];
  readonly siteName: string;
  readonly newsletters: readonly StoredNewsletter[];
  translate(texts: LocalizedText): NewsroomText;
  namesOf(lists: readonly string[]): NewsroomText[];
}

async function readPageContext(
  { database, sites }: Pick<NewsletterPageServices, 'database' | 'sites'>,
  { siteId, lang }: { siteId: string; lang: string },
): Promise<PageContext> {
  const site = await sites.get(siteId);
  const siteLang = site?.lang ?? '';
  const newsletters = await readStoredNewsletters(database.read, siteId);
  const translate = (texts: LocalizedText) => newsroomText(texts, lang, siteLang);
  const catalogue = catalogueFor(lang, siteLang);
  return {
    catalogue,
    words: catalogue.newsletterPages,
    siteName: site?.name ?? '',
    newsletters,
    translate,
    namesOf: (lists) => newsletters.filter(({ id }) => lists.includes(id)).map(({ name }) => translate(name)),
  };
}

async function confirmPage(
  c: Context,
  services: NewsletterPageServices,
  confirmation: Confirmation | undefined,
  { token, manageToken }: { token: string; manageToken?: string | undefined },
): Promise<Response> {
  if (!confirmation) return invalidLinkPage(c, ({ goneLead, goneAdvice }) => [goneLead, goneAdvice]);
  const { catalogue, words, siteName, namesOf } = await readPageContext(services, confirmation);
  const lists = namesOf(confirmation.lists);
  const joined = catalogue.joined(lists.map(({ text }) => text));
  switch (confirmation.state) {
    case 'pending':
      return htmlPage(c, {
        title: words.confirmTitle,
        lang: catalogue.lang,
        body: html`${masthead(siteName)}
          <h1>${words.confirmTitle}</h1>
          <p>${words.confirmLead}</p>
          ${listNames(lists)}
          <form method="post" action="/newsletter/confirm">
            ${hiddenField('token', token)}
            <button>${words.confirmButton}</button>
          </form>
          <p class="muted">${words.confirmNotYou}</p>`,
      });
    case 'confirmed':
      return htmlPage(c, {
        title: words.confirmedTitle,
        lang: catalogue.lang,
        body: html`${masthead(siteName)}
          <h1>${words.confirmedTitle}</h1>
          <p>${words.confirmedLead(joined)}</p>
          <p>${words.confirmedLeave}</p>
          ${
            manageToken
              ? html`<p><a href="/newsletter/preferences?token=${manageToken}">${words.preferencesLink}</a></p>`
              : ''
          }`,
      });
    case 'already-confirmed':
      return htmlPage(c, {
        title: words.alreadyTitle,
        lang: catalogue.lang,
        body: html`${masthead(siteName)}
          <h1>${words.alreadyTitle}</h1>
          <p>${words.alreadyLead(joined)}</p>
          <p class="muted">${words.confirmedLeave}</p>`,
      });
    case 'expired':
      return htmlPage(c, {
        title: words.goneTitle,
        lang: catalogue.lang,
        status: 410,
        body: html`${masthead(siteName)}
          <h1>${words.goneTitle}</h1>
          <p>${words.goneLead}</p>
          <p>${words.goneAdvice}</p>`,
      });
  }
}

async function unsubscribePage(
  c: Context,
  services: NewsletterPageServices,
  target: UnsubscribeTarget | 'invalid-token' | undefined,
  token: string,
): Promise<Response> {
  if (target === 'invalid-token') return invalidLinkPage(c, ({ unsubscribeGone }) => [unsubscribeGone]);
  if (!target) {
    const catalogue = catalogueFor();
    const words = catalogue.newsletterPages;
    return htmlPage(c, {
      title: words.unsubscribedTitle,
      lang: catalogue.lang,
      body: html`<h1>${words.unsubscribedTitle}</h1>
        <p>${words.unsubscribedPlain}</p>`,
    });
  }
  const { catalogue, words, siteName, namesOf } = await readPageContext(services, target);
  const lists = namesOf(target.lists);
  if (target.isUnsubscribed) {
    return htmlPage(c, {
      title: words.unsubscribedTitle,
      lang: catalogue.lang,
      body: html`${masthead(siteName)}
        <h1>${words.unsubscribedTitle}</h1>
        <p>
          ${lists.length > 0 ? words.unsubscribedLead(catalogue.joined(lists.map(({ text }) => text))) : words.unsubscribedPlain}
        </p>
        <p class="muted">${words.unsubscribedBack}</p>`,
    });
  }
  return htmlPage(c, {
    title: words.unsubscribeTitle,
    lang: catalogue.lang,
    body: html`${masthead(siteName)}
      <h1>${words.unsubscribeTitle}</h1>
      <p>${words.unsubscribeLead}</p>
      ${listNames(lists)}
      <form method="post" action="/newsletter/unsubscribe">
        ${hiddenField('token', token)}
        <button>${words.unsubscribeButton}</button>
      </form>
      <p class="muted">${words.unsubscribeStay}</p>`,
  });
}

async function preferencesPage(
  c: Context,
  services: NewsletterPageServices,
  preferences: Preferences | undefined,
  { token, saved }: { token: string; saved: boolean },
): Promise<Response> {
  if (!preferences)
    return invalidLinkPage(c, ({ preferencesGoneLead, goneAdvice }) => [preferencesGoneLead, goneAdvice]);
  const { catalogue, words, siteName, newsletters, translate } = await readPageContext(services, preferences);
  return htmlPage(c, {
    title: words.preferencesTitle,
    lang: catalogue.lang,
    body: html`${masthead(siteName)}
      <h1>${words.preferencesTitle}</h1>
      ${saved ? html`<p role="status"><strong>${words.preferencesSaved}</strong></p>` : ''}
      <p>${words.preferencesLead}</p>
      <form method="post" action="/newsletter/preferences">
        ${hiddenField('token', token)}
        ${newsletters.map((newsletter) =>
          consentChoice(newsletter, translate, { checked: preferences.lists.includes(newsletter.id) }),
        )}
        <button>${words.preferencesButton}</button>
      </form>
      ${personSection(words, token)}`,
  });
}

/** Shows an error page for unknown tokens. The language is unknown as well, so it contains all languages. */
function invalidLinkPage(
  c: Context,
  pickSentences: (words: Catalogue['newsletterPages']) => readonly string[],
): Promise<Response> {
  const [first, ...others] = catalogues;
  const toParagraphs = ({ newsletterPages }: Catalogue) =>
    pickSentences(newsletterPages).map((sentence) => html`<p>${sentence}</p>`);
  return htmlPage(c, {
    title: first.newsletterPages.goneTitle,
    lang: first.lang,
    status: 404,
    body: html`<h1>${first.newsletterPages.goneTitle}</h1>
      ${toParagraphs(first)}
      ${others.map(
        (catalogue) =>
          html`<section lang="${catalogue.lang}">
            <h2>${catalogue.newsletterPages.goneTitle}</h2>
            ${toParagraphs(catalogue)}
          </section>`,
      )}`,
  });
}
