import type { ErrorCode } from '../contract/errors.js';
import type { Problem } from '../contract/types.js';

/** What the API may say, and what may happen on the way to it. */
export type ClientErrorCode = ErrorCode | 'network' | 'timeout' | 'not-json';

/** Every failure of a call, told apart by its code. */
export class ApiError extends Error {
  /**
   * @param code stable name of what went wrong
   * @param problem the API's own answer, where there was one
   * @param waitMs how long the API asks to wait
   */
  constructor(
    readonly code: ClientErrorCode,
    readonly problem?: Problem,
    readonly waitMs?: number,
  ) {
    super(problem?.detail || problem?.title || code);
  }

  /** Whether the API could not be reached, rather than having refused. */
  get unreachable(): boolean {
    return !(this.problem && this.problem.status < 502);
  }

  /** Whether it may be over in a moment. */
  get passing(): boolean {
    return this.unreachable || this.code === 'rate-limited';
  }
}

/** Tells a problem (RFC 9457) from an answer. */
export function isProblem(value: unknown): value is Problem {
  return !!(value as Partial<Problem> | undefined)?.code;
}
