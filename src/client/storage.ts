import { toJson } from './json.js';

/** The browser storage that a publisher allows by `data-storage`. */
export type StorageKind = 'none' | 'session' | 'local';

/** Fallback for the lifetime of the page, where the browser's storage is refused or not allowed. */
const memory = new Map<string, string>();

/**
 * JSON values in the browser's storage. Falls back to memory: reading `localStorage` throws in a sandboxed frame, and
 * writing throws when it is full.
 */
export class SafeStorage {
  readonly #kind: StorageKind | undefined;

  /** @param kind `local` by default, and for an unknown value */
  constructor(kind?: StorageKind) {
    this.#kind = kind;
  }

  /**
   * Returns the value of a key; `undefined` where there is none, or one that we have not written.
   *
   * @param isValid whether a value is of this type: pages and older versions may have stored anything
   */
  get<T>(key: string, isValid: (value: unknown) => value is T): T | undefined {
    try {
      const value: unknown = JSON.parse(memory.get(key) ?? this.#storage?.getItem(key) ?? 'null');
      return isValid(value) ? value : undefined;
    } catch {
      // Refused, or not JSON.
      return undefined;
    }
  }

  /** Stores a value; `undefined` removes the key. */
  set(key: string, value: unknown): void {
    const text = toJson(value);
    memory.delete(key);
    try {
      this.#storage?.removeItem(key);
      if (text) this.#storage!.setItem(key, text);
    } catch {
      // Not allowed, refused or full.
      if (text) memory.set(key, text);
    }
  }

  get #storage(): Storage | undefined {
    return this.#kind === 'none' ? undefined : this.#kind === 'session' ? sessionStorage : localStorage;
  }
}
