import { errors, type ErrorCode } from '../contract/errors.js';
import type { Problem } from '../contract/types.js';

/** Builds the problem document of a code. */
export function createProblem(code: ErrorCode, overrides: Partial<Problem> = {}): Problem {
  const { status, title } = errors[code];
  return { type: `/docs#${code}`, title, status, code, ...overrides };
}

/** Builds the API's answer to a refused request. */
export function refusal(code: ErrorCode, headers?: Record<string, string>): Response {
  const problem = createProblem(code);
  return Response.json(problem, {
    status: problem.status,
    headers: { 'Content-Type': 'application/problem+json', ...headers },
  });
}

/** Throws what `fetch` throws where no server answers. */
export function unreachable(): never {
  throw new TypeError('Failed to fetch');
}
