import { WidgetEvent } from './widget-event.js';

/**
 * A widget asks who the reader is. A page that knows answers by {@link respondWith}; one that shows a sign-in of its
 * own calls `preventDefault()`, and `signIn(jwt)` when it is done.
 */
export class SignInRequestEvent extends WidgetEvent<undefined> {
  /** What the page has answered with. */
  answer?: Promise<string>;

  constructor() {
    super('aw-sign-in-request', undefined, { cancelable: true });
  }

  /** Hands over the reader, as a token that the publisher has signed. */
  respondWith(jwt: string | Promise<string>): void {
    this.answer = Promise.resolve(jwt);
    this.preventDefault();
  }
}

/** Asks the page that holds a widget who the reader is; nothing where the page does not say. */
export function requestSignIn(widget: EventTarget): Promise<string> | undefined {
  const request = new SignInRequestEvent();
  widget.dispatchEvent(request);
  return request.answer;
}

declare global {
  interface GlobalEventHandlersEventMap {
    'aw-sign-in-request': SignInRequestEvent;
  }
}
