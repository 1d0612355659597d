import type { Context } from 'hono';
import { html } from 'hono/html';
import type { Api } from '../../http/api.js';
import { htmlPage, type Html } from '../../http/html-page.js';
import { catalogueFor, type Catalogue } from '../../locales/registry.js';
import { codeField, hiddenField, masthead, readForm } from './page-parts.js';
import type { NewsletterPageServices } from './subscribe-page.js';

const codePath = '/newsletter/preferences/code';
const dataPath = '/newsletter/preferences/data';

/** Renders the part of the preferences page that leads to a reader's data. */
export function personSection(words: Catalogue['newsletterPages'], token: string): Html {
  return html`<h2>${words.personTitle}</h2>
    <p>${words.personLead}</p>
    <form method="post" action="${codePath}">
      ${hiddenField('token', token)}
      <button class="plain">${words.personAsk}</button>
    </form>`;
}

/**
 * Adds the pages with which a reader downloads or erases their data, by a code that is mailed to them.
 *
 * @param renderGone the page for a link that is unknown or expired
 */
export function addPersonPages(
  app: Api,
  { clientAddress, rateLimits, sites, subscriptions }: NewsletterPageServices,
  renderGone: (c: Context) => Promise<Response>,
): void {
  app.post(codePath, async (c) => {
    const token = (await readForm(c)).text('token');
    const network = clientAddress.networkOf(c.env?.incoming);
    await rateLimits.take('subscription', network);
    if (!(await subscriptions.requestPersonCode(token, network))) return renderGone(c);
    return renderCode(c, token);
  });

  app.post(dataPath, async (c) => {
    const form = await readForm(c);
    const token = form.text('token');
    const network = clientAddress.networkOf(c.env?.incoming);
    await rateLimits.take('code', network);
    const preferences = await subscriptions.readPreferences(token);
    const act = form.text('act') === 'erase' ? 'erase' : 'export';
    const result = await subscriptions.actOnPerson(token, { act, code: form.text('code'), network });
    if (result === undefined || !preferences) return renderGone(c);
    if (result === 'code-wrong') return renderCode(c, token, true);
    if (result !== 'erased') {
      c.header('content-disposition', 'attachment; filename="newsletters.json"');
      c.header('cache-control', 'no-store');
      return c.json(result, 200);
    }
    const site = await sites.get(preferences.siteId);
    const catalogue = catalogueFor(preferences.lang, site?.lang);
    const words = catalogue.newsletterPages;
    return htmlPage(c, {
      title: words.personErasedTitle,
      lang: catalogue.lang,
      body: html`${masthead(site?.name ?? '')}
        <h1>${words.personErasedTitle}</h1>
        <p>${words.personErased}</p>`,
    });
  });

  async function renderCode(c: Context, token: string, isWrong = false): Promise<Response> {
    const preferences = await subscriptions.readPreferences(token);
    if (!preferences) return renderGone(c);
    const site = await sites.get(preferences.siteId);
    const catalogue = catalogueFor(preferences.lang, site?.lang);
    const words = catalogue.newsletterPages;
    return htmlPage(c, {
      title: words.personTitle,
      lang: catalogue.lang,
      status: isWrong ? 422 : 200,
      body: html`${masthead(site?.name ?? '')}
        <h1>${words.personTitle}</h1>
        ${isWrong ? html`<p id="problem" class="problem" role="alert">${words.personCodeWrong}</p>` : ''}
        <p>${words.personSent}</p>
        <form method="post" action="${dataPath}" novalidate>
          ${hiddenField('token', token)} ${codeField(words.inboxCode, { invalid: isWrong, focused: true })}
          <button name="act" value="export">${words.personExport}</button>
          <p>${words.personEraseLead}</p>
          <button class="plain" name="act" value="erase">${words.personErase}</button>
        </form>`,
    });
  }
}
