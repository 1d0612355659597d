import type { IncomingMessage } from 'node:http';
import type { HttpBindings } from '@hono/node-server';
import { OpenAPIHono, type RouteConfig } from '@hono/zod-openapi';
import { problemSchema, type ErrorCode, errors } from 'afterword/contract';
import type { Context } from 'hono';
import type { z } from 'zod';
import { Problem, type FieldError } from '../problem.js';
import type { Site } from '../sites/store.js';

/** The context of a request. `site` is set below `/v1/sites/{site}`, `requestId` always. */
export interface ApiEnv {
  Bindings: HttpBindings;
  Variables: { site: Site; requestId: string };
}

export type Api = OpenAPIHono<ApiEnv>;

/** The prefix of every API path. */
export const sitePath = '/v1/sites/{site}';

export function createApi(): Api {
  return new OpenAPIHono<ApiEnv>({
    defaultHook(result) {
      if (!result.success) throw validationProblem(result.error);
    },
  });
}

/** Makes a problem that names the refused fields. Its code is that of the field, where the contract gives it one. */
export function validationProblem(error: z.core.$ZodError): Problem {
  const fields: FieldError[] = error.issues.map((issue) => {
    const path = issue.code === 'unrecognized_keys' ? [...issue.path, ...issue.keys.slice(0, 1)] : issue.path;
    return { field: path.join('.') || 'body', message: issue.message };
  });
  const fieldCode = error.issues
    .map((issue) => (issue.code === 'custom' ? (issue.params?.code as unknown) : undefined))
    .find((code) => code !== undefined);
  const code = (fieldCode as ErrorCode | undefined) ?? 'validation-failed';
  const [first] = fields;
  return new Problem(code, first ? `${first.field}: ${first.message}` : undefined, { fields });
}

/** Returns the `responses` of a route: its success, and the problems that may come instead. */
export function responses(
  status: number,
  description: string,
  schema: z.ZodType | undefined,
  problems: ErrorCode[],
  otherTypes: Readonly<Record<string, { schema: z.ZodType }>> = {},
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
    [status]: { description, ...(schema ? { content: { 'application/json': { schema }, ...otherTypes } } : {}) },
  };
}

/** Describes a required JSON body. */
export function jsonBody<Schema extends z.ZodType>(schema: Schema) {
  return { required: true as const, content: { 'application/json': { schema } } };
}

export const bearer = [{ reader: [] as string[] }];

/** Answers a problem as of RFC 9457. */
export function problemResponse(c: Context<ApiEnv>, problem: Problem): Response {
  return c.body(JSON.stringify(problem.toBody(c.get('requestId'))), problem.status, problem.headers);
}

/** Returns true where the client has gone before it had sent the whole request: there is nobody to answer. */
export function isAborted(request: IncomingMessage): boolean {
  return request.destroyed && !request.complete;
}

/** A write as hot routes take it, independent of the framework. */
export interface WriteRequest {
  readonly site: Site;
  readonly requestId: string;
  readonly authorization: string | undefined;
  readonly idempotencyKey: string | undefined;
  readonly lang?: string | undefined;
  /** The origin of the page that sent it. Servers send none. */
  readonly origin: string | undefined;
  /** Absent where there is no socket, as in tests. */
  readonly incoming: IncomingMessage | undefined;
}

/** Reads the parts of a write from the framework's context. */
export function writeRequest(c: Context<ApiEnv>, lang?: string): WriteRequest {
  return {
    site: c.get('site'),
    requestId: c.get('requestId'),
    authorization: c.req.header('authorization'),
    idempotencyKey: c.req.header('idempotency-key'),
    lang,
    origin: c.req.header('origin'),
    incoming: c.env?.incoming,
  };
}
