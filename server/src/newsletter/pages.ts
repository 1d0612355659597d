import type { Context } from 'hono';
import { html } from 'hono/html';
import type { Api, ApiEnv } from '../http/api.js';
import { limitedBody } from '../http/guards.js';
import { htmlPage } from '../http/html-page.js';
import { Problem } from '../problem.js';
import type { Services } from '../services.js';
import { inLang } from '../sites/words.js';
import type { Confirmation } from './confirming.js';
import { readForm, type Form } from './form.js';
import type { Leaving } from './leaving.js';
import { readStoredNewsletters, type StoredNewsletter } from './lists.js';
import type { Preferences } from './preferences.js';
import { addSubscribePage, inboxPage } from './subscribe-page.js';
import { consentChoice, hidden, masthead, names } from './views.js';
import { wordsIn, type NewsletterWords } from './words.js';

/**
 * What the links in mails open. Mail scanners follow links, so a GET only ever shows a page with a button. What a POST
 * may do rests on the token alone: it came by mail, and no other page has it.
 */
export function addNewsletterPages(app: Api, services: Services): void {
  const { clientAddress, rateLimits, subscriptions } = services;
  app.use('/newsletter/*', limitedBody());
  addSubscribePage(app, services);

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

  /** The page that a form without script ends on asks for the code too. */
  async function confirmByCode(c: Context<ApiEnv>, form: Form): Promise<Response> {
    const site = await services.sites.get(form.text('site'));
    const lang = form.text('lang');
    if (!site) return confirmPage(c, services, undefined, { token: '' });
    try {
      await rateLimits.take('code', clientAddress.networkOf(c.env?.incoming));
      await subscriptions.confirmByCode(site, { email: form.text('email'), code: form.text('code') });
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      return inboxPage(c, site, { email: form.text('email'), lang, problem: error });
    }
    const words = wordsIn(lang, site.lang);
    return htmlPage(c, {
      title: words.confirmedTitle,
      lang: words.lang,
      body: html`${masthead(site.name)}
        <h1>${words.confirmedTitle}</h1>
        <p>${words.confirmedLeave}</p>`,
    });
  }

  app.get('/newsletter/unsubscribe', async (c) => {
    const token = c.req.query('token') ?? '';
    return leavePage(c, services, await subscriptions.readLeaving(token), token);
  });

  // Mail programs send this themselves for a "one-click" (RFC 8058): no redirect, no question, and the same answer
  // however often they do.
  app.post('/newsletter/unsubscribe', async (c) => {
    const form = await readForm(c);
    const token = c.req.query('token') ?? form.text('token');
    const oneClick = form.text('List-Unsubscribe') === 'One-Click';
    await subscriptions.unsubscribe(token, oneClick ? 'one-click' : 'link');
    return leavePage(c, services, await subscriptions.readLeaving(token), token);
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

/** Whose page it is, in the language of whose subscription. */
interface About {
  readonly words: NewsletterWords;
  readonly siteName: string;
  readonly newsletters: readonly StoredNewsletter[];
  say(words: Readonly<Record<string, string>>): string;
  namesOf(lists: readonly string[]): string[];
}

async function about(
  { database, sites }: Services,
  { siteId, lang }: { siteId: string; lang: string },
): Promise<About> {
  const site = await sites.get(siteId);
  const siteLang = site?.lang ?? '';
  const newsletters = await readStoredNewsletters(database.read, siteId);
  const say = (words: Readonly<Record<string, string>>) => inLang(words, lang, siteLang);
  return {
    words: wordsIn(lang, siteLang),
    siteName: site?.name ?? '',
    newsletters,
    say,
    namesOf: (lists) => newsletters.filter(({ id }) => lists.includes(id)).map(({ name }) => say(name)),
  };
}

async function confirmPage(
  c: Context,
  services: Services,
  confirmation: Confirmation | undefined,
  { token, manageToken }: { token: string; manageToken?: string | undefined },
): Promise<Response> {
  if (!confirmation) return deadLinkPage(c, ({ goneLead, goneAdvice }) => [goneLead, goneAdvice]);
  const { words, siteName, namesOf } = await about(services, confirmation);
  const lists = namesOf(confirmation.lists);
  const joined = words.joined(lists);
  switch (confirmation.state) {
    case 'open':
      return htmlPage(c, {
        title: words.confirmTitle,
        lang: words.lang,
        body: html`${masthead(siteName)}
          <h1>${words.confirmTitle}</h1>
          <p>${words.confirmLead}</p>
          ${names(lists)}
          <form method="post" action="/newsletter/confirm">
            ${hidden('token', token)}
            <button>${words.confirmButton}</button>
          </form>
          <p class="muted">${words.confirmNotYou}</p>`,
      });
    case 'confirmed':
      return htmlPage(c, {
        title: words.confirmedTitle,
        lang: words.lang,
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
    case 'already':
      return htmlPage(c, {
        title: words.alreadyTitle,
        lang: words.lang,
        body: html`${masthead(siteName)}
          <h1>${words.alreadyTitle}</h1>
          <p>${words.alreadyLead(joined)}</p>
          <p class="muted">${words.confirmedLeave}</p>`,
      });
    case 'gone':
      return htmlPage(c, {
        title: words.goneTitle,
        lang: words.lang,
        status: 410,
        body: html`${masthead(siteName)}
          <h1>${words.goneTitle}</h1>
          <p>${words.goneLead}</p>
          <p>${words.goneAdvice}</p>`,
      });
  }
}

async function leavePage(
  c: Context,
  services: Services,
  leaving: Leaving | 'forged' | undefined,
  token: string,
): Promise<Response> {
  if (leaving === 'forged') return deadLinkPage(c, ({ unsubscribeGone }) => [unsubscribeGone]);
  if (!leaving) {
    const words = wordsIn();
    return htmlPage(c, {
      title: words.unsubscribedTitle,
      lang: words.lang,
      body: html`<h1>${words.unsubscribedTitle}</h1>
        <p>${words.unsubscribedPlain}</p>`,
    });
  }
  const { words, siteName, namesOf } = await about(services, leaving);
  const lists = namesOf(leaving.lists);
  if (leaving.left) {
    return htmlPage(c, {
      title: words.unsubscribedTitle,
      lang: words.lang,
      body: html`${masthead(siteName)}
        <h1>${words.unsubscribedTitle}</h1>
        <p>${lists.length > 0 ? words.unsubscribedLead(words.joined(lists)) : words.unsubscribedPlain}</p>
        <p class="muted">${words.unsubscribedBack}</p>`,
    });
  }
  return htmlPage(c, {
    title: words.unsubscribeTitle,
    lang: words.lang,
    body: html`${masthead(siteName)}
      <h1>${words.unsubscribeTitle}</h1>
      <p>${words.unsubscribeLead}</p>
      ${names(lists)}
      <form method="post" action="/newsletter/unsubscribe">
        ${hidden('token', token)}
        <button>${words.unsubscribeButton}</button>
      </form>
      <p class="muted">${words.unsubscribeStay}</p>`,
  });
}

async function preferencesPage(
  c: Context,
  services: Services,
  preferences: Preferences | undefined,
  { token, saved }: { token: string; saved: boolean },
): Promise<Response> {
  if (!preferences) return deadLinkPage(c, ({ preferencesGoneLead, goneAdvice }) => [preferencesGoneLead, goneAdvice]);
  const { words, siteName, newsletters, say } = await about(services, preferences);
  return htmlPage(c, {
    title: words.preferencesTitle,
    lang: words.lang,
    body: html`${masthead(siteName)}
      <h1>${words.preferencesTitle}</h1>
      ${saved ? html`<p role="status"><strong>${words.preferencesSaved}</strong></p>` : ''}
      <p>${words.preferencesLead}</p>
      <form method="post" action="/newsletter/preferences">
        ${hidden('token', token)}
        ${newsletters.map((newsletter) =>
          consentChoice(newsletter, say, { checked: preferences.lists.includes(newsletter.id) }),
        )}
        <button>${words.preferencesButton}</button>
      </form>`,
  });
}

/** A link we know nothing about, not even whose language to speak: first in Vietnamese, then in English. */
function deadLinkPage(c: Context, sentences: (words: NewsletterWords) => readonly string[]): Promise<Response> {
  const [vi, en] = [wordsIn('vi'), wordsIn('en')];
  const said = (words: NewsletterWords) => sentences(words).map((sentence) => html`<p>${sentence}</p>`);
  return htmlPage(c, {
    title: vi.goneTitle,
    lang: 'vi',
    status: 404,
    body: html`<h1>${vi.goneTitle}</h1>
      ${said(vi)}
      <section lang="en">
        <h2>${en.goneTitle}</h2>
        ${said(en)}
      </section>`,
  });
}
