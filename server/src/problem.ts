import { errors, type ErrorCode } from 'afterword/contract';
import type { Services } from './services.js';

export interface FieldError {
  field: string;
  message: string;
}

/** Something the API says no to. Thrown anywhere below a route; it becomes `application/problem+json`. */
export class Problem extends Error {
  readonly code: ErrorCode;
  readonly fields: FieldError[] | undefined;
  /** Seconds after which trying again makes sense. */
  readonly retryAfter: number | undefined;

  /**
   * @param code one of the contract's table
   * @param detail what was wrong, where, and what to do, for a person; never personal data
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

  /** The body as RFC 9457 has it. */
  toBody() {
    const { title, status } = errors[this.code];
    return {
      type: `/docs#${this.code}`,
      title,
      status,
      code: this.code,
      ...(this.message === title ? {} : { detail: this.message }),
      ...(this.fields ? { errors: this.fields } : {}),
    };
  }
}

/** Refuses one field of a request. */
export function fieldProblem(code: ErrorCode, field: string, message: string): Problem {
  return new Problem(code, `${field}: ${message}`, { fields: [{ field, message }] });
}

/**
 * What to tell about anything that was thrown: a problem as it is; of all else, which is logged, only whether it may
 * pass.
 *
 * @param about for the log; never personal data
 */
export function problemFrom(
  error: unknown,
  { database, log }: Pick<Services, 'database' | 'log'>,
  about: Readonly<Record<string, string>>,
): Problem {
  if (error instanceof Problem) return error;
  log.error({ err: error, ...about }, 'request failed');
  return database.isUnavailable(error)
    ? new Problem('unavailable', undefined, { retryAfter: retrySeconds })
    : new Problem('internal');
}

const retrySeconds = 2;
