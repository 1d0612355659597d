import type { SignalsBody } from '../contract/types.js';
import type { Site } from './site.js';

export type Signal = SignalsBody['signals'][number];

const readAfterMs = 10_000;
/** Signals in one beacon; the API takes 50. */
const most = 40;

/**
 * What readers read, see and follow, without saying who they are: gathered, and sent when they leave the page.
 * A reader who asks not to be followed (Global Privacy Control, Do Not Track) is not.
 */
export class Signals {
  #waiting: Signal[] = [];
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
    if (this.#waiting.push(signal) === most) this.#flush();
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
    // Signal by signal: old Prototype.js gives arrays a `toJSON` that answers a string.
    const body = `{"signals":[${this.#waiting.map((signal) => JSON.stringify(signal)).join()}]}`;
    // Also while the page is left. Plain text is sent without asking first.
    navigator.sendBeacon(`${this.#site.root}signals`, body);
    this.#waiting = [];
  }
}

const all = new WeakMap<Site, Signals>();

/** The one gathering of a site's signals on this page. */
export function signalsOf(site: Site): Signals {
  if (!all.has(site)) all.set(site, new Signals(site));
  return all.get(site)!;
}
