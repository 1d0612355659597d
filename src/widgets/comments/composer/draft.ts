import { dayMs } from '../../../base/dates.js';
import type { StoryClient } from '../../../client/index.js';
import { isObject } from '../../../client/json.js';

const maxAgeMs = 30 * dayMs;

interface StoredDraft {
  text: string;
  /** Milliseconds since 1970. */
  at: number;
}

/** The text of a composer in the browser's storage, until it is sent. */
export class Draft {
  readonly #client: StoryClient;
  readonly #key: string;

  /** @param composerKey distinguishes the composers of a thread */
  constructor(client: StoryClient, composerKey: string) {
    this.#client = client;
    this.#key = `afterword:draft:${client.story}:${composerKey}`;
  }

  /** Returns the stored text; undefined where there is none, or one too old. */
  load(): string | undefined {
    const draft = this.#client.site.storage.get(this.#key, isStoredDraft);
    return draft && draft.at > Date.now() - maxAgeMs ? draft.text : undefined;
  }

  /** Stores a text; an empty one removes the draft. */
  save(text: string): void {
    this.#client.site.storage.set(this.#key, text ? { text, at: Date.now() } : undefined);
  }
}

function isStoredDraft(value: unknown): value is StoredDraft {
  return isObject(value) && typeof value['text'] === 'string' && typeof value['at'] === 'number';
}
