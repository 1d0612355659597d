import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Hono } from 'hono';
import { html } from 'hono/html';
import type { Paper } from './pages.js';
import { hostPolicy, pagePolicy } from './policies.js';
import { demoFolder } from './stories.js';

/** Origins that the files write, as the docs do. The server puts its own in their place. */
const apiInFiles = 'https://afterword.example';
const paperInFiles = 'https://paper.example';

interface HostPage {
  readonly name: string;
  /** The first comment of its file: the sentence that must hold. */
  readonly requirement: string;
  readonly source: string;
}

/**
 * Serves `demo/hosts`: pages with the styles and scripts of careless hosts, each with all widgets, and an index. They are
 * served by both papers, hence from the API's origin and from another.
 */
export function hostPagesApp(
  { storyOrigin, partnerOrigin }: Pick<Paper, 'storyOrigin' | 'partnerOrigin'>,
  assetOrigin: string,
): Hono {
  const app = new Hono();
  const pages = readHostPages();
  app.use('/hosts/*', pagePolicy(hostPolicy(assetOrigin)));
  app.get('/hosts/', (c) => c.html(indexPage(pages, partnerOrigin)));
  app.get('/hosts/redirected/afterword.js', (c) => {
    // A module of another origin is read by CORS at every hop.
    c.header('access-control-allow-origin', '*');
    return c.redirect(`${assetOrigin}/afterword.js`);
  });
  for (const { name, source } of pages) {
    const page = source
      .replaceAll(`${apiInFiles}/hosts/`, '/hosts/')
      .replaceAll(apiInFiles, assetOrigin)
      .replaceAll(paperInFiles, storyOrigin);
    app.get(`/hosts/${name}`, (c) => c.html(page));
  }
  return app;
}

export function readHostPages(): HostPage[] {
  const folder = join(demoFolder, 'hosts');
  return readdirSync(folder)
    .sort()
    .map((file) => {
      const source = readFileSync(join(folder, file), 'utf8');
      const requirement = /<!--(.*?)-->/s.exec(source)?.[1]?.trim().replace(/\s+/g, ' ');
      if (!requirement) throw new Error(`demo/hosts/${file} has no comment that says what must hold.`);
      return { name: file.replace(/\.html$/, ''), requirement, source };
    });
}

function indexPage(pages: readonly HostPage[], partnerOrigin: string | undefined): ReturnType<typeof html> {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>Host pages</title>
        <link rel="icon" href="/demo/icon.svg" type="image/svg+xml" />
        <style>
          body {
            max-inline-size: 44rem;
            margin: 2rem auto;
            padding-inline: 1rem;
            font:
              1rem/1.5 system-ui,
              sans-serif;
          }
          dt {
            margin-block-start: 1rem;
          }
          dd {
            margin: 0;
          }
        </style>
      </head>
      <body>
        <h1>Host pages</h1>
        <p>
          Pages of careless hosts, each with all widgets. The sentence says what must hold.
          ${partnerOrigin === undefined ? '' : html`The same <a href="${partnerOrigin}/hosts/">on another origin</a>.`}
        </p>
        <dl>
          ${pages.map(
            ({ name, requirement }) =>
              html`<dt><a href="/hosts/${name}">${name}</a></dt>
                <dd>${requirement}</dd>`,
          )}
        </dl>
      </body>
    </html>`;
}
