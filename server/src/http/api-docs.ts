import { errors } from 'afterword/contract';
import { cors } from 'hono/cors';
import { html } from 'hono/html';
import type { Api } from './api.js';
import { htmlPage } from './html-page.js';

const methods = ['get', 'post', 'put', 'patch', 'delete'] as const;

/** Serves the description of the API, made from its routes: `/openapi.json` for programs, `/docs` for people. */
export function addDocsRoutes(app: Api, version: string): void {
  app.openAPIRegistry.registerComponent('securitySchemes', 'reader', {
    type: 'http',
    scheme: 'bearer',
    description: 'A reader token, from `POST /v1/sites/{site}/readers`.',
  });
  app.openAPIRegistry.registerComponent('securitySchemes', 'server', {
    type: 'http',
    scheme: 'bearer',
    description: 'The server key of the site, as `afterword sites add` prints it.',
  });

  const describe = () =>
    app.getOpenAPI31Document({
      openapi: '3.1.0',
      info: {
        title: 'Afterword',
        version,
        description:
          "Everything that comes after a news story's last paragraph: reactions, comments, story rails, newsletters.",
      },
    });
  let description: ReturnType<typeof describe> | undefined;

  app.get('/openapi.json', cors(), (c) =>
    c.json((description ??= describe()), 200, { 'cache-control': 'public, max-age=300' }),
  );

  app.get('/docs', (c) => {
    const { paths = {} } = (description ??= describe());
    const operations = Object.entries(paths).flatMap(([path, item]) =>
      methods.flatMap((method) => {
        const operation = item?.[method];
        return operation ? [{ path, method: method.toUpperCase(), operation }] : [];
      }),
    );
    return htmlPage(c, {
      title: 'Afterword API',
      lang: 'en',
      wide: true,
      body: html`
        <h1>Afterword API</h1>
        <p>
          Version ${version}. Shapes, parameters and limits are in <a href="/openapi.json">/openapi.json</a>. Errors are
          <code>application/problem+json</code> with a code that never changes its meaning.
        </p>
        <h2>Requests</h2>
        <table>
          ${operations.map(
            ({ path, method, operation }) =>
              html`<tr>
                <td><code>${method}</code></td>
                <td><code>${path}</code></td>
                <td>${operation.summary ?? ''}</td>
              </tr>`,
          )}
        </table>
        <h2>Errors</h2>
        <table>
          ${Object.entries(errors).map(
            ([code, { status, title }]) =>
              html`<tr id="${code}">
                <td><code>${code}</code></td>
                <td>${status}</td>
                <td>${title}</td>
              </tr>`,
          )}
        </table>
      `,
    });
  });
}
