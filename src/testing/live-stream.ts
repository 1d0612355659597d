import type { LiveEvent } from '../contract/types.js';

/** A server-sent event stream of the in-memory API. Tests control its events and failures. */
export class LiveStream extends EventTarget {
  readonly url: string;
  /** As of `EventSource`: open (1) or closed (2). */
  readyState = 1;
  onopen: (() => void) | null = null;
  onerror: (() => void) | null = null;

  constructor(url: string) {
    super();
    this.url = url;
  }

  /** The stories that the page follows. */
  get stories(): string[] {
    return new URL(this.url).searchParams.getAll('story');
  }

  /** Delivers an event to the page. */
  send(event: LiveEvent): void {
    this.dispatchEvent(new MessageEvent(event.type, { data: JSON.stringify(event) }));
  }

  /** Calls `onopen`, as an established connection does. */
  open(): void {
    this.onopen?.();
  }

  /** Breaks the connection: refused for good, or to be opened again by the browser. */
  fail({ refused = false } = {}): void {
    if (refused) this.readyState = 2;
    this.onerror?.();
  }

  close(): void {
    this.readyState = 2;
  }
}
