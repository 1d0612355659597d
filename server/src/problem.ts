import { errors, type ErrorCode } from 'afterword/contract';
import type { Logger } from 'pino';

const outageRetrySeconds = 2;
const firstServerError = 500;

export interface FieldError {
  field: string;
  message: string;
}

/** A refusal by the API. Thrown anywhere below a route; it becomes `application/problem+json`. */
export class Problem extends Error {
  readonly code: ErrorCode;
  readonly fields: FieldError[] | undefined;
  /** Seconds until a retry makes sense. */
  readonly retryAfter: number | undefined;

  /**
   * @param code from the contract's table
   * @param detail for a person: the cause, the place and the remedy; never personal data
   */
  constructor(code: ErrorCode, detail?: string, extra: { fields?: FieldError[]; retryAfter?: number } = {}) {
    super(detail ?? errors[code].title);
    this.name = 'Problem';
    this.code = code;
    this.fields = extra.fields;
    this.retryAfter = extra.retryAfter;
  }

  get status(): (typeof errors)[ErrorCode]['status'] {
    return errors[this.code].status;
  }

  get headers(): Record<string, string> {
    return {
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      ...(this.retryAfter === undefined ? {} : { 'retry-after': String(Math.ceil(this.retryAfter)) }),
    };
  }

  /**
   * Returns the body of RFC 9457.
   *
   * @param requestId shown where the server has failed, so that people can report it
   */
  toBody(requestId?: string) {
    const { title, status } = errors[this.code];
    return {
      type: `/docs#${this.code}`,
      title,
      status,
      code: this.code,
      ...(this.message === title ? {} : { detail: this.message }),
      ...(this.fields ? { errors: this.fields } : {}),
      ...(requestId !== undefined && status >= firstServerError ? { requestId } : {}),
    };
  }
}

/** Makes a problem about one field of a request. */
export function fieldProblem(code: ErrorCode, field: string, message: string): Problem {
  return new Problem(code, `${field}: ${message}`, { fields: [{ field, message }] });
}

/** Logs unexpected errors, and distinguishes an outage of the database from a bug. */
export interface ErrorReporter {
  readonly log: Pick<Logger, 'error'>;
  isUnavailable(this: void, error: unknown): boolean;
}

/**
 * Turns anything thrown into a problem. Errors other than problems are logged and become `unavailable` or `internal`.
 *
 * @param context goes into the log; never personal data
 */
export function problemFrom(
  error: unknown,
  { log, isUnavailable }: ErrorReporter,
  context: Readonly<Record<string, string>>,
): Problem {
  if (error instanceof Problem) return error;
  log.error({ err: error, ...context }, 'request failed');
  return isUnavailable(error)
    ? new Problem('unavailable', undefined, { retryAfter: outageRetrySeconds })
    : new Problem('internal');
}
