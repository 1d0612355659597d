import * as limits from '../contract/limits.js';
import type { SignalsBody } from '../contract/types.js';
import { memoize } from './memoize.js';
import { toJson } from './json.js';
import type { Site } from './site.js';

export type Signal = SignalsBody['signals'][number];

const readAfterMs = 10_000;

/**
 * Collects reads, views and clicks without data about the reader, and sends them in one beacon when the page is hidden.
 * Collects nothing under Global Privacy Control or Do Not Track.
 */
export class Signals {
  #collected: Signal[] = [];
  readonly #counted = new Set<string>();
  readonly #site: Site;

  constructor(site: Site) {
    this.#site = site;
    document.addEventListener('visibilitychange', () => document.hidden && this.#flush());
    addEventListener('pagehide', () => this.#flush());
  }

  add(signal: Signal): void {
    const { globalPrivacyControl, doNotTrack } = navigator as Navigator & { globalPrivacyControl?: boolean };
    if (globalPrivacyControl || doNotTrack === '1') return;
    if (this.#collected.push(signal) === limits.signals) this.#flush();
  }

  /**
   * Counts a story as read, once per page, after ten consecutive seconds in which the page is visible.
   *
   * @param signal aborts when the page no longer shows the story
   */
  countRead(story: string, signal: AbortSignal): void {
    if (this.#counted.has(story)) return;
    this.#counted.add(story);
    const end = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const watch = () => {
      clearTimeout(timer);
      // A prerendered page is hidden, too.
      if (document.hidden) return;
      timer = setTimeout(() => {
        end.abort();
        this.add({ type: 'read', story });
      }, readAfterMs);
    };
    document.addEventListener('visibilitychange', watch, end);
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(timer);
        end.abort();
        this.#counted.delete(story);
      },
      end,
    );
    watch();
  }

  #flush(): void {
    if (!this.#collected.length) return;
    // A beacon outlives the page. A text body is sent as text/plain, which needs no CORS preflight.
    navigator.sendBeacon(`${this.#site.root}signals`, toJson({ signals: this.#collected }));
    this.#collected = [];
  }
}

/** Returns the signals of a site. */
export const signalsOf = memoize((site: Site) => new Signals(site));
