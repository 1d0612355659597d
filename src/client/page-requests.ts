import type { Page } from '../contract/types.js';
import { ApiError, isProblem } from './api-error.js';
import type { Query } from './http.js';

/** An answer older than this is asked for again. */
const freshMs = 60_000;
/** Entries in one request: the API's own limit. */
const most = 20;

interface Question {
  story: string;
  lang: string;
  entry: string;
  resolve(answer: unknown): void;
  reject(error: unknown): void;
}

/**
 * Joins what the widgets of a page ask for into one `GET /page`.
 * Until the document is parsed everything waits; later questions are joined per frame. The same question is asked once.
 */
export class PageRequests {
  readonly #read: (query: Query) => Promise<Page>;
  readonly #answers = new Map<string, { story: string; at: number; answer: Promise<unknown> }>();
  /** By story and language. */
  readonly #waiting = new Map<string, Question[]>();

  constructor(read: (query: Query) => Promise<Page>) {
    this.#read = read;
  }

  ask(story: string, lang: string, entry: string): Promise<unknown> {
    const key = [story, lang, entry].join(' ');
    const known = this.#answers.get(key);
    if (known && Date.now() - known.at < freshMs) return known.answer;
    const answer = new Promise((resolve, reject) => {
      if (!this.#waiting.size) nextFrame(() => this.#flush());
      const group = `${lang} ${story}`;
      this.#waiting.set(group, [...(this.#waiting.get(group) ?? []), { story, lang, entry, resolve, reject }]);
    });
    this.#answers.set(key, { story, at: Date.now(), answer });
    answer.catch(() => this.#answers.delete(key));
    return answer;
  }

  /** Makes the next question about a story go to the API again. */
  forget(story: string): void {
    for (const [key, known] of this.#answers) if (known.story === story) this.#answers.delete(key);
  }

  #flush(): void {
    const groups = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const group of groups) while (group.length) void this.#send(group.splice(0, most));
  }

  async #send(questions: Question[]): Promise<void> {
    const { story, lang } = questions[0]!;
    let failure: unknown = new ApiError('not-json');
    let parts: Page['parts'] = {};
    try {
      ({ parts } = await this.#read({
        story,
        lang: lang || undefined,
        parts: questions.map(({ entry }) => entry).join(),
      }));
    } catch (error) {
      failure = error;
    }
    for (const { entry, resolve, reject } of questions) {
      const part = parts[entry];
      if (isProblem(part)) reject(new ApiError(part.code as ApiError['code'], part));
      else if (part) resolve(part);
      else reject(failure);
    }
  }
}

function nextFrame(act: () => void): void {
  if (document.readyState === 'loading') addEventListener('DOMContentLoaded', act, { once: true });
  // A hidden tab has no frames, and should be ready when it is shown.
  else (document.hidden ? setTimeout : requestAnimationFrame)(act);
}
