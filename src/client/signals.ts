import { limits } from '../contract/limits.js';
import type { SignalsBody } from '../contract/types.js';

export type Signal = SignalsBody['signals'][number];

const readAfterMs = 10_000;

/**
 * What readers read, see and follow, without saying who they are: gathered, and sent when they leave the page.
 * A reader who asks not to be followed (Global Privacy Control, Do Not Track) is not.
 */
export class Signals {
  #waiting: Signal[] = [];
  readonly #send: (body: SignalsBody) => void;
  readonly #counted = new Set<string>();

  constructor(send: (body: SignalsBody) => void) {
    this.#send = send;
    document.addEventListener('visibilitychange', () => document.hidden && this.#flush());
    addEventListener('pagehide', () => this.#flush());
  }

  add(signal: Signal): void {
    const { globalPrivacyControl, doNotTrack } = navigator as Navigator & { globalPrivacyControl?: boolean };
    if (globalPrivacyControl || doNotTrack === '1') return;
    this.#waiting.push(signal);
    if (this.#waiting.length === limits.signals) this.#flush();
  }

  /** Counts a story as read, once for the page, when the page has been in sight for ten seconds. */
  countRead(story: string): void {
    if (this.#counted.has(story)) return;
    this.#counted.add(story);
    let timer: ReturnType<typeof setTimeout> | undefined;
    const watch = () => {
      clearTimeout(timer);
      // A page rendered ahead is hidden as well.
      if (document.hidden) return;
      timer = setTimeout(() => {
        document.removeEventListener('visibilitychange', watch);
        this.add({ type: 'read', story });
      }, readAfterMs);
    };
    document.addEventListener('visibilitychange', watch);
    watch();
  }

  #flush(): void {
    if (!this.#waiting.length) return;
    this.#send({ signals: this.#waiting });
    this.#waiting = [];
  }
}
