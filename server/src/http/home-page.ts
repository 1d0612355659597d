import { accepts } from 'hono/accepts';
import { html } from 'hono/html';
import type { Api } from './api.js';
import { htmlPage } from './html-page.js';

const description = 'Comments, polls, story rails and newsletters for the pages of a news site.';
const links = {
  docs: '/docs',
  openapi: '/openapi.json',
  health: '/healthz',
  ready: '/readyz',
} as const;

/** Serves `/` where no demo does: a short page for people, JSON for programs that ask for it. */
export function addHomePage(app: Api, version: string): void {
  app.get('/', async (c) => {
    const type = accepts(c, {
      header: 'Accept',
      supports: ['text/html', 'application/json'],
      default: 'text/html',
    });
    c.header('vary', 'Accept');
    if (type === 'application/json') return c.json({ name: 'Afterword', version, ...links });
    return htmlPage(c, {
      title: 'Afterword',
      lang: 'en',
      body: html`<h1>Afterword</h1>
        <p>${description}</p>
        <ul>
          <li><a href="${links.docs}">The API of this server</a>, version ${version}</li>
          <li><a href="${links.health}">Health</a> and <a href="${links.ready}">readiness</a></li>
        </ul>`,
    });
  });
}
