import { WidgetEvent } from './events.js';

/**
 * Asks the host page for the reader's identity. A page that has it calls {@link respondWith}; a page that shows its own
 * sign-in calls `preventDefault()` and later `signIn(jwt)`.
 */
export class SignInRequestEvent extends WidgetEvent<undefined> {
  /** The token passed to {@link respondWith}. */
  answer?: Promise<string>;

  constructor() {
    super('aw-sign-in-request', undefined, { cancelable: true });
  }

  /** Signs the reader in by a token that the publisher has signed. */
  respondWith(jwt: string | Promise<string>): void {
    this.answer = Promise.resolve(jwt);
    this.preventDefault();
  }
}

/** The part of a site that signs a reader in. */
interface SignInSite {
  session(): Promise<{ signIn(jwt: string): Promise<void> }>;
}

/**
 * Dispatches a {@link SignInRequestEvent} from a widget and signs the reader in by the token that the page responds with.
 *
 * @returns false where the page has no token, the reader has closed its sign-in, or the sign-in has failed
 */
export async function requestSignIn(widget: EventTarget, site: SignInSite): Promise<boolean> {
  const request = new SignInRequestEvent();
  widget.dispatchEvent(request);
  try {
    const jwt = await request.answer;
    if (!jwt) return false;
    await (await site.session()).signIn(jwt);
    return true;
  } catch {
    return false;
  }
}

declare global {
  interface GlobalEventHandlersEventMap {
    'aw-sign-in-request': SignInRequestEvent;
  }
}
