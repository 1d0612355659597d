import type { Browser } from 'playwright';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { launchBrowser } from '../setup/launch-browser.js';
import { startServer, type RunningServer } from '../setup/start-server.js';

interface Host {
  name: string;
  head?: string;
  /** Before the widgets. */
  body?: string;
  /** In place of the script tag. */
  script?: string;
}

const api = 'AFTERWORD';
const scriptTag = `<script type="module" src="${api}/afterword.js" data-site="demo"></script>`;
/** Pages of other people that were in our way once. */
const hosts: Host[] = [
  {
    name: 'elements whose names hide properties of the document',
    body: `<img name="scripts" alt=""><form name="documentElement"></form><form name="head"></form>`,
  },
  {
    name: 'a script tag that is removed at once, with the site in its address',
    script: `<script>
      const script = Object.assign(document.createElement('script'), { type: 'module', src: '${api}/afterword.js?site=demo' });
      document.head.append(script);
      script.remove();
    </script>`,
  },
  {
    name: 'a script tag that is redirected',
    script: `<script type="module" src="${api}/redirected/afterword.js" data-site="demo"></script>`,
  },
  {
    name: 'a consent tool that inserts the script later',
    script: `<script type="text/plain" id="waiting" data-src="${api}/afterword.js"></script><script>
      setTimeout(() => {
        const script = Object.assign(document.createElement('script'), { type: 'module', src: waiting.dataset.src });
        script.dataset.site = 'demo';
        waiting.replaceWith(script);
      }, 300);
    </script>`,
  },
  {
    name: 'stored values that are not ours',
    head: `<script>
      for (const kind of ['', 'outbox:', 'visits:'])
        localStorage['afterword:' + kind + '${api}/v1/sites/demo/'] ??= '[null]';
    </script>`,
  },
  {
    name: 'a toJSON on arrays, strings and numbers, as Prototype.js has',
    head: `<script>
      Array.prototype.toJSON = function () { return this.length; };
      String.prototype.toJSON = function () { return '"' + this + '"'; };
      Number.prototype.toJSON = function () { return String(this); };
    </script>`,
  },
];

let server: RunningServer;
let browser: Browser;
beforeAll(async () => {
  [server, browser] = await Promise.all([startServer({ env: { AFTERWORD_LIMITS: 'off' } }), launchBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

describe('a page with', () => {
  test.concurrent.for(hosts)('$name can read, vote and comment', async (host, { expect }) => {
    const context = await browser.newContext({ viewport: { width: 800, height: 900 } });
    const { head = '', body = '', script = scriptTag, name } = host;
    const story = `${server.url}/hosts/${hosts.indexOf(host)}`;
    const html = `<!doctype html><html lang="vi"><title>${name}</title><link rel="canonical" href="${story}">
      ${head}${script}<body>${body}<aw-reactions></aw-reactions><aw-comments open></aw-comments>`;
    await context.route('**/redirected/afterword.js', (route) =>
      route.fulfill({ status: 302, headers: { location: `${server.url}/afterword.js` } }),
    );
    await context.route('**/a-host', (route) =>
      route.fulfill({ contentType: 'text/html; charset=utf-8', body: html.replaceAll(api, server.url) }),
    );
    const errors: string[] = [];
    const visit = async () => {
      const page = await context.newPage();
      page.on('pageerror', (error) => errors.push(error.stack ?? error.message));
      await page.goto(`${server.url}/a-host`);
      return { page, poll: page.locator('aw-reactions'), thread: page.locator('aw-comments') };
    };
    const { page, poll, thread } = await visit();
    await poll.getByRole('button', { name: /^Thích/ }).click();
    await poll.locator('[aria-pressed=true]').waitFor();
    await thread.getByRole('textbox').first().fill('Một lời');
    await thread.getByRole('button', { name: 'Gửi' }).click();
    await thread.getByRole('article').filter({ hasText: 'Một lời' }).waitFor();
    await page.close();

    const again = await visit();
    await again.poll.getByRole('button', { name: /^Thích/, pressed: true }).waitFor();
    await again.thread.getByRole('article').filter({ hasText: 'Một lời' }).waitFor();
    expect(errors).toEqual([]);
    await context.close();
  });
});
