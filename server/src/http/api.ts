import type { HttpBindings } from '@hono/node-server';
import { OpenAPIHono, type RouteConfig } from '@hono/zod-openapi';
import { problemSchema, type ErrorCode, errors } from 'afterword/contract';
import type { Context } from 'hono';
import type { z } from 'zod';
import { Problem, type FieldError } from '../problem.js';
import type { Site } from '../sites/store.js';
import type { WriteCall } from './hot-routes.js';

/** What travels with a request: `site` is there below `/v1/sites/{site}`. */
export interface ApiEnv {
  Bindings: HttpBindings;
  Variables: { site: Site };
}

export type Api = OpenAPIHono<ApiEnv>;

/** Every API path is below a site. */
export const sitePath = '/v1/sites/{site}';

export function createApi(): Api {
  return new OpenAPIHono<ApiEnv>({
    defaultHook(result) {
      if (!result.success) throw validationProblem(result.error);
    },
  });
}

/** A refused request, naming the fields; a code of its own where the contract gives the field one. */
export function validationProblem(error: z.core.$ZodError): Problem {
  const fields: FieldError[] = error.issues.map(({ path, message }) => ({ field: path.join('.') || 'body', message }));
  const own = error.issues
    .map((issue) => (issue.code === 'custom' ? (issue.params?.code as unknown) : undefined))
    .find((code) => code !== undefined);
  const code = (own as ErrorCode | undefined) ?? 'validation-failed';
  const [first] = fields;
  return new Problem(code, first ? `${first.field}: ${first.message}` : undefined, { fields });
}

/** The `responses` of a route: what it answers, and the problems it may answer instead. */
export function responses(
  status: number,
  description: string,
  schema: z.ZodType | undefined,
  problems: ErrorCode[],
  also: Readonly<Record<string, { schema: z.ZodType }>> = {},
): RouteConfig['responses'] {
  const statuses = [...new Set(problems.map((code) => errors[code].status))];
  return {
    ...Object.fromEntries(
      statuses.map((refused) => {
        const codes = problems.filter((code) => errors[code].status === refused);
        return [
          refused,
          {
            description: codes.map((code) => `\`${code}\``).join(', '),
            content: { 'application/problem+json': { schema: problemSchema } },
          },
        ];
      }),
    ),
    [status]: { description, ...(schema ? { content: { 'application/json': { schema }, ...also } } : {}) },
  };
}

/** A JSON body that must be there. */
export function jsonBody<Schema extends z.ZodType>(schema: Schema) {
  return { required: true as const, content: { 'application/json': { schema } } };
}

export const bearer = [{ reader: [] as string[] }];

/** Sends a problem as RFC 9457 has it. */
export function problemAnswer(c: Context, problem: Problem): Response {
  const headers: Record<string, string> = { 'content-type': 'application/problem+json', 'cache-control': 'no-store' };
  if (problem.retryAfter !== undefined) headers['retry-after'] = String(Math.ceil(problem.retryAfter));
  return c.body(JSON.stringify(problem.toBody()), problem.status, headers);
}

/** A request as those routes take it that a listener may answer without the framework. */
export function callOf(c: Context<ApiEnv>, lang?: string): WriteCall {
  return {
    site: c.get('site'),
    authorization: c.req.header('authorization'),
    idempotencyKey: c.req.header('idempotency-key'),
    lang,
    origin: c.req.header('origin'),
    incoming: c.env?.incoming,
  };
}
