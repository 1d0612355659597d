/** Where a browser may keep things: the publisher's choice by `data-storage`. */
export type StorageKind = 'none' | 'session' | 'local';

/** Kept for as long as the page lives, where the browser's own storage is refused or not wanted. */
const memory = new Map<string, string>();

/**
 * The browser's storage under one roof. Merely reading `localStorage` throws in a sandboxed frame, and writing throws
 * when it is full, so every step may fall back to memory.
 */
export class SafeStorage {
  readonly #kind: StorageKind | undefined;

  /** @param kind `local` where it is none of the three */
  constructor(kind?: StorageKind) {
    this.#kind = kind;
  }

  /** What was kept, or `undefined` where there is nothing or only rubbish. */
  get<T>(key: string): T | undefined {
    try {
      return (JSON.parse(memory.get(key) ?? this.#storage?.getItem(key) ?? 'null') as T | null) ?? undefined;
    } catch {
      // Refused, or not our JSON: the same as nothing.
      return undefined;
    }
  }

  /** Keeps a value; `undefined` forgets it. */
  set(key: string, value: unknown): void {
    const text = JSON.stringify(value) as string | undefined;
    memory.delete(key);
    try {
      this.#storage?.removeItem(key);
      if (text) this.#storage!.setItem(key, text);
    } catch {
      // Not wanted, refused or full.
      if (text) memory.set(key, text);
    }
  }

  get #storage(): Storage | undefined {
    return this.#kind === 'none' ? undefined : this.#kind === 'session' ? sessionStorage : localStorage;
  }
}
