import type { Me, Session } from '../contract/types.js';
import { ApiError } from './api-error.js';
import type { Call } from './http.js';
import { type Site, siteOf } from './site.js';

/** Who acts on a site: nobody at first, a guest by the first act, and whoever signs in. */
export class Reader {
  readonly #site: Site;
  #guest?: Promise<string>;
  /** By story; dropped by every act. */
  readonly #overlays = new Map<string, Promise<Me | undefined>>();

  constructor(site: Site) {
    this.#site = site;
  }

  /** A call as the reader. A token that no longer holds is replaced once. */
  async call<T>(path: string, options: Call): Promise<T> {
    this.#overlays.clear();
    try {
      return await this.#site.call<T>(path, { ...options, token: await this.#token() });
    } catch (error) {
      if (!isUnauthorized(error)) throw error;
      this.#site.token = undefined;
      return await this.#site.call<T>(path, { ...options, token: await this.#token() });
    } finally {
      this.#overlays.clear();
    }
  }

  /** The reader's own overlay on a story, asked once for all widgets until the reader acts. */
  me(story: string): Promise<Me | undefined> {
    let overlay = this.#overlays.get(story);
    if (!overlay) {
      const { token } = this.#site;
      overlay = this.#site.call<Me>('me', { query: { story }, token }).catch((error: unknown) => {
        this.#overlays.delete(story);
        if (!isUnauthorized(error)) throw error;
        if (this.#site.token === token) this.#site.token = undefined;
        return undefined;
      });
      this.#overlays.set(story, overlay);
    }
    return overlay;
  }

  /** Takes over a reader whom the publisher vouches for. What the guest did moves along. */
  async signIn(jwt: string): Promise<void> {
    const { token } = await this.#site.call<Session>('readers/sso', {
      method: 'POST',
      body: { jwt },
      token: this.#site.token,
    });
    this.#become(token);
  }

  /** Forgets the reader on this page and in this browser. */
  signOut(): void {
    this.#become(undefined);
  }

  #become(token: string | undefined): void {
    this.#overlays.clear();
    this.#site.token = token;
    this.#site.tell('reader', token);
  }

  /** Several first acts at once make one guest. */
  #token(): string | Promise<string> {
    return (
      this.#site.token ??
      (this.#guest ??= this.#site
        .call<Session>('readers', { method: 'POST', body: {} })
        .then(({ token }) => (this.#site.token = token))
        .finally(() => (this.#guest = undefined)))
    );
  }
}

function isUnauthorized(error: unknown): boolean {
  return error instanceof ApiError && error.problem?.status === 401;
}

/** Hands over a reader whom the publisher vouches for by a signed token. */
export async function signIn(jwt: string): Promise<void> {
  await (await siteOf().reader()).signIn(jwt);
}

/** Forgets the reader on this page and in this browser. */
export async function signOut(): Promise<void> {
  (await siteOf().reader()).signOut();
}
