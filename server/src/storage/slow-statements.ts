import type { Logger } from 'pino';
import { minuteMs } from '../time.js';

/** A statement that has run. Its text has placeholders; values are not known here. */
export interface FinishedStatement {
  readonly sql: string;
  readonly durationMs: number;
  readonly hasFailed: boolean;
}

/** Receives every statement after it has run or failed. */
export type StatementObserver = (statement: FinishedStatement) => void;

/** A database that is slow makes every statement slow: one text in a few lines is as good as in a thousand. */
const maxLines = 10;
const windowMs = minuteMs;
/** Of a statement's text. One that inserts many rows is long, and repeats itself. */
const maxChars = 2000;

/** Logs statements that take long: at most ten in a minute, and then the number of the others. */
export class SlowStatements {
  readonly #thresholdMs: number;
  readonly #log: Pick<Logger, 'warn'>;
  readonly #onSlow: StatementObserver | undefined;
  #lineCount = 0;
  #omittedCount = 0;
  #maxOmittedMs = 0;

  /** @param onSlow receives all of them, logged or not */
  constructor(thresholdMs: number, log: Pick<Logger, 'warn'>, onSlow?: StatementObserver) {
    this.#thresholdMs = thresholdMs;
    this.#log = log;
    this.#onSlow = onSlow;
  }

  readonly observe: StatementObserver = (statement) => {
    if (statement.durationMs < this.#thresholdMs) return;
    this.#onSlow?.(statement);
    if (this.#lineCount === maxLines) {
      this.#omittedCount++;
      this.#maxOmittedMs = Math.max(this.#maxOmittedMs, statement.durationMs);
      return;
    }
    if (this.#lineCount++ === 0) setTimeout(() => this.#endWindow(), windowMs).unref();
    this.#log.warn(
      {
        durationMs: Math.round(statement.durationMs),
        sql: shortSql(statement.sql),
        ...(statement.hasFailed ? { failed: true } : {}),
      },
      'slow statement',
    );
  };

  #endWindow(): void {
    const omitted = { count: this.#omittedCount, maxDurationMs: Math.round(this.#maxOmittedMs) };
    this.#lineCount = this.#omittedCount = this.#maxOmittedMs = 0;
    if (omitted.count > 0) this.#log.warn(omitted, 'more slow statements, which are not logged');
  }
}

/** Returns the text of a statement for logs and traces. */
export function shortSql(sql: string): string {
  return sql.length > maxChars ? `${sql.slice(0, maxChars)}…` : sql;
}
