/** Replaces `fetch`, `EventSource` and `navigator.sendBeacon` while at least one API is installed. */

/** Takes over the requests that are addressed to it. */
export interface Interceptor {
  accepts(url: URL): boolean;
  fetch(request: Request): Promise<Response>;
  openStream(url: URL): EventTarget;
  takeBeacon(request: Request): void;
}

const interceptors: Interceptor[] = [];
let restoreGlobals: (() => void) | undefined;

/** Adds an interceptor; the one added last is asked first. */
export function addInterceptor(interceptor: Interceptor): void {
  interceptors.push(interceptor);
  restoreGlobals ??= replaceGlobals();
}

export function removeInterceptor(interceptor: Interceptor): void {
  const index = interceptors.lastIndexOf(interceptor);
  if (index >= 0) interceptors.splice(index, 1);
  if (interceptors.length) return;
  restoreGlobals?.();
  restoreGlobals = undefined;
}

function replaceGlobals(): () => void {
  const originals = {
    fetch: globalThis.fetch,
    EventSource: globalThis.EventSource as typeof EventSource | undefined,
    sendBeacon: Object.getOwnPropertyDescriptor(navigator, 'sendBeacon'),
  };
  const originalBeacon = (navigator as Partial<Navigator>).sendBeacon?.bind(navigator);

  globalThis.fetch = async (input, init) => {
    const url = toUrl(input instanceof Request ? input.url : input);
    const interceptor = interceptorFor(url);
    if (interceptor) return interceptor.fetch(new Request(input instanceof Request ? input : url, init));
    return originals.fetch.call(globalThis, input, init);
  };
  globalThis.EventSource = new Proxy(originals.EventSource ?? NoEventSource, {
    construct(target, args: [string | URL, EventSourceInit?], newTarget) {
      const url = toUrl(args[0]);
      const interceptor = interceptorFor(url);
      return interceptor ? interceptor.openStream(url) : (Reflect.construct(target, args, newTarget) as object);
    },
  });
  const sendBeacon: Navigator['sendBeacon'] = (address, body) => {
    const url = toUrl(address);
    const interceptor = interceptorFor(url);
    if (!interceptor) return originalBeacon?.(address, body) ?? false;
    interceptor.takeBeacon(new Request(url, { method: 'POST', body: body ?? null }));
    return true;
  };
  Object.defineProperty(navigator, 'sendBeacon', { configurable: true, writable: true, value: sendBeacon });

  return () => {
    globalThis.fetch = originals.fetch;
    globalThis.EventSource = originals.EventSource!;
    if (originals.sendBeacon) Object.defineProperty(navigator, 'sendBeacon', originals.sendBeacon);
    else delete (navigator as Partial<Navigator>).sendBeacon;
  };
}

/** Target of the proxy in environments without `EventSource`. */
const NoEventSource = class extends EventTarget {
  static readonly CONNECTING = 0;
  static readonly OPEN = 1;
  static readonly CLOSED = 2;
} as unknown as typeof EventSource;

function interceptorFor(url: URL): Interceptor | undefined {
  return interceptors.findLast((interceptor) => interceptor.accepts(url));
}

function toUrl(address: string | URL): URL {
  return new URL(address, globalThis.location?.href);
}
