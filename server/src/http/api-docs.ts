import { errors } from 'afterword/contract';
import { cors } from 'hono/cors';
import { html } from 'hono/html';
import type { Api } from './api.js';
import { htmlPage } from './html-page.js';
import { maxRequestIdChars } from './request-context.js';

const methods = ['get', 'post', 'put', 'patch', 'delete'] as const;

type Description = ReturnType<Api['getOpenAPI31Document']>;

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

  app.openAPIRegistry.registerComponent('headers', 'RequestId', {
    description:
      'The id of the request: a well-formed `X-Request-Id` of the request, or the trace of its `traceparent`, or a new one. ' +
      'A shared cache may answer with that of the request that it has stored.',
    schema: { type: 'string', maxLength: maxRequestIdChars },
  });

  const describe = () => {
    const described = app.getOpenAPI31Document({
      openapi: '3.1.0',
      info: {
        title: 'Afterword',
        version,
        description:
          "Everything that comes after a news story's last paragraph: reactions, comments, story rails, newsletters. " +
          'Every response has an `X-Request-Id`, by which the log of the server finds its request.',
      },
    });
    for (const { operation } of operationsOf(described))
      for (const response of Object.values(operation.responses ?? {}) as { headers?: object }[])
        response.headers = { ...response.headers, 'X-Request-Id': { $ref: '#/components/headers/RequestId' } };
    return described;
  };
  let description: Description | undefined;

  app.get('/openapi.json', cors(), (c) =>
    c.json((description ??= describe()), 200, { 'cache-control': 'public, max-age=300' }),
  );

  app.get('/docs', (c) => {
    const operations = operationsOf((description ??= describe()));
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

function operationsOf({ paths = {} }: Description) {
  return Object.entries(paths).flatMap(([path, item]) =>
    methods.flatMap((method) => {
      const operation = item?.[method];
      return operation ? [{ path, method: method.toUpperCase(), operation }] : [];
    }),
  );
}
