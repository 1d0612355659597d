import type { Logger } from 'pino';
import type { Database } from '../storage/database.js';
import { secondMs } from '../time.js';

/** A result is used for this long: probes of several proxies cost one check. */
const resultMs = secondMs;
/** Probes expect an answer within a second. */
const checkTimeoutMs = 800;

/** Checks whether this node can serve: the database answers and takes writes, and the node is not stopping. */
export class Readiness {
  readonly #database: Pick<Database, 'check'>;
  readonly #log: Pick<Logger, 'warn' | 'info'>;
  #isDraining = false;
  #checking: Promise<string | undefined> | undefined;
  #isCheckPending = false;
  #checkedAt = -Infinity;
  #obstacle: string | undefined;

  constructor(database: Pick<Database, 'check'>, log: Pick<Logger, 'warn' | 'info'>) {
    this.#database = database;
    this.#log = log;
  }

  /** Reports from now on that this node is stopping. */
  drain(): void {
    this.#isDraining = true;
  }

  /** @returns the reason why this node cannot serve, for an operator; `undefined` where it can */
  async check(): Promise<string | undefined> {
    if (this.#isDraining) return 'The server is stopping.';
    if (performance.now() - this.#checkedAt < resultMs) return this.#obstacle;
    this.#checking ??= this.#check().finally(() => {
      this.#checking = undefined;
    });
    return this.#checking;
  }

  async #check(): Promise<string | undefined> {
    const obstacle = await this.#findObstacle();
    if (obstacle !== this.#obstacle) {
      if (obstacle === undefined) this.#log.info('ready again');
      else this.#log.warn({ reason: obstacle }, 'not ready');
    }
    this.#obstacle = obstacle;
    this.#checkedAt = performance.now();
    return obstacle;
  }

  /** A check that takes too long goes on; no other is begun beside it. */
  async #findObstacle(): Promise<string | undefined> {
    const late = `The database has not answered within ${checkTimeoutMs} ms.`;
    if (this.#isCheckPending) return late;
    this.#isCheckPending = true;
    const checked = this.#database
      .check()
      .then(
        () => undefined,
        (error: unknown) => describe(error),
      )
      .finally(() => {
        this.#isCheckPending = false;
      });
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<string>((resolve) => (timer = setTimeout(() => resolve(late), checkTimeoutMs)));
    try {
      return await Promise.race([checked, timeout]);
    } finally {
      clearTimeout(timer);
    }
  }
}

/** Names what an operator can look at. The error's message may contain the database's address. */
function describe(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return `The database does not take writes${typeof code === 'string' ? ` (${code})` : ''}.`;
}
