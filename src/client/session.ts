import type { Me, Session as SessionAnswer } from '../contract/types.js';
import { ApiError, type RequestOptions } from './request.js';

/** The part of a site that a session uses. */
interface SessionSite {
  readonly token: string | undefined;
  reader: { token: string; isGuest?: boolean } | undefined;
  request<T>(path: string, options?: RequestOptions): Promise<T>;
  publishReader(): void;
}

/** The reader of a site: a guest from the first act until sign-in. Loaded for readers who have acted only. */
export class Session {
  readonly #site: SessionSite;
  #guest?: Promise<string>;
  /** Cached answers of `/me` by story; dropped by every write. */
  readonly #me = new Map<string, Promise<Me | undefined>>();

  constructor(site: SessionSite) {
    this.#site = site;
  }

  /** Sends a request with the reader's token. Replaces a rejected token once. */
  async request<T>(path: string, options: RequestOptions): Promise<T> {
    this.#me.clear();
    try {
      return await this.#site.request<T>(path, { ...options, token: await this.#tokenOrGuest() });
    } catch (error) {
      if (!isUnauthorized(error)) throw error;
      this.#site.reader = undefined;
      return await this.#site.request<T>(path, { ...options, token: await this.#tokenOrGuest() });
    } finally {
      this.#me.clear();
    }
  }

  /** Returns the reader's own state on a story. Cached until the next write. */
  me(story: string): Promise<Me | undefined> {
    const { token } = this.#site;
    let me = this.#me.get(story);
    if (!me) {
      me = this.#site.request<Me>('me', { query: { story }, token, expects: 'reader' }).catch((error: unknown) => {
        this.#me.delete(story);
        if (!isUnauthorized(error)) throw error;
        if (this.#site.token === token) this.#site.reader = undefined;
        return undefined;
      });
      this.#me.set(story, me);
    }
    return me;
  }

  /** Signs in a reader by a token that the publisher has signed. A guest's comments and votes move along. */
  async signIn(jwt: string): Promise<void> {
    const body = { jwt };
    const { token } = await this.#site.request<SessionAnswer>('readers/sso', {
      method: 'POST',
      body,
      token: this.#site.token,
      expects: 'token',
    });
    this.#replace(token);
  }

  /** Removes the reader from this page and this browser. */
  signOut(): void {
    this.#replace(undefined);
  }

  #replace(token: string | undefined): void {
    this.#me.clear();
    this.#site.reader = token ? { token } : undefined;
    this.#site.publishReader();
  }

  /** Returns the token, or creates a guest: one for several first acts at once. */
  #tokenOrGuest(): string | Promise<string> {
    return (
      this.#site.token ??
      (this.#guest ??= this.#site
        .request<SessionAnswer>('readers', { method: 'POST', body: {}, expects: 'token' })
        .then(({ token }) => {
          this.#site.reader = { token, isGuest: true };
          return token;
        })
        .finally(() => (this.#guest = undefined)))
    );
  }
}

function isUnauthorized(error: unknown): boolean {
  return error instanceof ApiError && error.problem?.status === 401;
}
