import type { Site } from '../../../client/site.js';

const isString = (value: unknown): value is string => typeof value === 'string';

/** The reader's name that the newsroom has rejected, which a browser shows once. */
export class RejectedName {
  readonly #site: Site;
  readonly #key: string;

  constructor(site: Site) {
    this.#site = site;
    this.#key = `afterword:rejected-name:${site.root}`;
  }

  /** Returns whether a name has not been shown yet, and records that it has. */
  takeUnseen(name: string): boolean {
    if (this.#site.storage.get(this.#key, isString) === name) return false;
    this.#site.storage.set(this.#key, name);
    return true;
  }

  /** Forgets what was shown: the reader sends another name, or the same one again. */
  clear(): void {
    this.#site.storage.set(this.#key, undefined);
  }
}
