/** Where a browser may keep things: the publisher's choice by `data-storage`. */
export type StorageKind = 'none' | 'session' | 'local';

/** Kept for as long as the page lives, where the browser's own storage is refused or not wanted. */
const memory = new Map<string, string>();

/**
 * The browser's storage under one roof. Merely reading `localStorage` throws in a sandboxed frame, and writing throws
 * when it is full, so every step may fall back to memory.
 */
export class SafeStorage {
  readonly #kind: StorageKind;

  constructor(kind: StorageKind) {
    this.#kind = kind;
  }

  /** What was kept, or `undefined` where there is nothing or only rubbish. */
  get<T>(key: string): T | undefined {
    try {
      const kept = memory.get(key) ?? this.#storage?.getItem(key);
      return kept ? (JSON.parse(kept) as T) : undefined;
    } catch {
      // Refused, or not our JSON: the same as nothing.
      return undefined;
    }
  }

  /** Keeps a value; `undefined` forgets it. */
  set(key: string, value: unknown): void {
    memory.delete(key);
    try {
      if (value === undefined) this.#storage?.removeItem(key);
      else if (this.#storage) this.#storage.setItem(key, JSON.stringify(value));
      else memory.set(key, JSON.stringify(value));
    } catch {
      // Refused or full.
      if (value !== undefined) memory.set(key, JSON.stringify(value));
    }
  }

  get #storage(): Storage | undefined {
    return this.#kind === 'none' ? undefined : this.#kind === 'session' ? sessionStorage : localStorage;
  }
}
