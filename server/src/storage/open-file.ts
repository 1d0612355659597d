import { statSync } from 'node:fs';

/** SQLite's own code for this state, which it reports only with another journal mode than ours. */
const movedCode = 'SQLITE_READONLY_DBMOVED';

/**
 * Notes which file is at a path, and recognizes when it is no longer there. A process that has a file open writes to it
 * even after it was removed, moved or replaced, and what it writes is then lost.
 */
export class OpenFile {
  readonly #path: string;
  #identity: string | undefined;

  constructor(path: string) {
    this.#path = path;
    this.#identity = identityOf(path);
  }

  /** @throws Error with a code of an outage; a file that did not exist at first is noted once it does */
  assertInPlace(): void {
    const identity = identityOf(this.#path);
    this.#identity ??= identity;
    if (identity === this.#identity) return;
    throw Object.assign(
      new Error('The database was removed, moved or replaced while it was open. Put it back, and restart the server.'),
      { code: movedCode },
    );
  }
}

function identityOf(path: string): string | undefined {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats && `${stats.dev}:${stats.ino}`;
}
