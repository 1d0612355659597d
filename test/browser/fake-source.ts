import type { LiveEvent } from '../../src/contract/types.js';

/** Stands for the browser's own, so that a test can say what the server sends. */
export class FakeSource extends EventTarget {
  static readonly all: FakeSource[] = [];
  static readonly #real = globalThis.EventSource;

  static install(): void {
    this.all.length = 0;
    globalThis.EventSource = Object.assign(this, {
      CONNECTING: 0,
      OPEN: 1,
      CLOSED: 2,
    }) as unknown as typeof EventSource;
  }

  static restore(): void {
    globalThis.EventSource = this.#real;
  }

  /** Those that nobody has closed. */
  static get open() {
    return this.all.filter(({ readyState }) => readyState !== 2);
  }
  readonly url: URL;
  readyState = 1;
  onopen?: () => void;
  onerror?: () => void;

  constructor(url: string) {
    super();
    this.url = new URL(url);
    FakeSource.all.push(this);
  }
  get stories() {
    return this.url.searchParams.getAll('story');
  }
  send(event: LiveEvent) {
    this.dispatchEvent(new MessageEvent(event.type, { data: JSON.stringify(event) }));
  }
  fail(closed: boolean) {
    if (closed) this.readyState = 2;
    this.onerror?.();
  }
  close() {
    this.readyState = 2;
  }
}
