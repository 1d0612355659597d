import type { ReactiveController } from 'lit';
import { errorSentence } from '../../../base/error-sentence.js';
import type { ApiError, Query } from '../../../client/index.js';
import type { Comment, Comments } from '../../../contract/types.js';
import type { ThreadModel } from '../model/thread-model.js';
import { articleId, type ThreadContext } from '../thread-context.js';

/** The next page is fetched when its button is this near below the viewport. */
const prefetchDistancePx = 1200;
/** Pages that load automatically in a row. Bounded, so that content after the thread stays reachable. */
const maxAutomaticPages = 10;
/** Page size above the reader's position, where all of it is rendered at once. */
const previousPageSize = 10;

/** Fetches further pages of the thread: on request, and automatically where the thread grows below the viewport. */
export class Pagination implements ReactiveController {
  readonly #context: ThreadContext;
  /** A page fetched automatically that must not be shown: its place has come into view meanwhile. */
  #prefetchedPage?: { thread: ThreadModel; page: Comments } | undefined;
  /** Key of the request in flight: a comment id, `more` or `previous`. */
  #pending?: string | undefined;
  #automaticPages = 0;
  /** The button that the observer watches. */
  #observedButton?: Element | null;
  readonly #observer: IntersectionObserver;

  constructor(context: ThreadContext) {
    this.#context = context;
    this.#observer = new IntersectionObserver(([entry]) => void this.#loadAutomatically(entry!), {
      // An explicit root has its margin in a cross-origin frame, too.
      root: document,
      rootMargin: `0px 0px ${prefetchDistancePx}px`,
    });
    context.signal.addEventListener('abort', () => {
      this.#observer.disconnect();
      context.host.removeController(this);
    });
    context.host.addController(this);
  }

  /** Watches the button wherever it is rendered. */
  hostUpdated(): void {
    const { moreButton } = this.#context.host;
    if (moreButton === this.#observedButton) return;
    this.#observedButton = moreButton;
    this.#observer.disconnect();
    if (moreButton) this.#observer.observe(moreButton);
  }

  /** Loads the next page of roots and moves the focus to its first comment. */
  async more(): Promise<void> {
    await this.#loadMore(true);
    this.#automaticPages = 0;
    this.#observeAgain();
  }

  /** Loads the page of roots above. What is in view keeps its position. */
  async previous(): Promise<void> {
    const { thread, host } = this.#context;
    await this.#fetch('previous', async () => {
      const page = await this.#readPage({
        ...host.pageQuery,
        limit: previousPageSize,
        cursor: thread.prevCursor ?? undefined,
      });
      const { id } = thread.roots[0]!;
      const topOfFirst = () => host.renderRoot.getElementById(articleId(id))?.getBoundingClientRect().top ?? 0;
      const before = topOfFirst();
      const added = thread.prepend(page);
      this.#announceCount(added);
      await host.focusComment(added.at(-1));
      scrollBy(0, topOfFirst() - before);
    });
  }

  /** Loads the next replies to a comment. */
  async replies(parent: Comment, movesFocus = true): Promise<void> {
    const { thread } = this.#context;
    const { id, replies } = parent;
    await this.#fetch(id, async () => {
      const page = await this.#readPage({ parent: id, cursor: replies.nextCursor ?? undefined });
      const added = thread.append(page, parent);
      if (movesFocus) await this.#show(added);
    });
  }

  /** Loads the thread again: its first page, or the page around a comment. */
  async restart(anchor?: string): Promise<void> {
    const { host } = this.#context;
    await this.#fetch('thread', async () => host.showPage(await this.#readPage({ ...host.pageQuery, anchor })));
  }

  async #loadMore(requested: boolean): Promise<void> {
    const { thread, host } = this.#context;
    if (thread.nextCursor === null) return;
    await this.#fetch('thread', async () => {
      const prefetched = this.#prefetchedPage?.thread === thread ? this.#prefetchedPage.page : undefined;
      const page = prefetched ?? (await this.#readPage({ ...host.pageQuery, cursor: thread.nextCursor ?? undefined }));
      this.#prefetchedPage = undefined;
      const inView = (host.moreButton?.getBoundingClientRect().top ?? 0) < innerHeight;
      if (!requested && inView) this.#prefetchedPage = { thread, page };
      else if (requested) await this.#show(thread.append(page));
      else {
        thread.append(page);
        host.requestUpdate();
      }
    });
  }

  async #loadAutomatically({ isIntersecting, boundingClientRect }: IntersectionObserverEntry): Promise<void> {
    if (!isIntersecting || boundingClientRect.top <= innerHeight) return;
    if (this.#automaticPages >= maxAutomaticPages || this.#context.failures.has('thread')) return;
    this.#automaticPages++;
    await this.#loadMore(false);
    await this.#context.host.updateComplete;
    if (!this.#prefetchedPage) this.#observeAgain();
  }

  /** Makes the observer report the button's position again. */
  #observeAgain(): void {
    this.#observedButton = undefined;
    this.hostUpdated();
  }

  #readPage(query: Query): Promise<Comments> {
    return this.#context.client.read<Comments>('comments', query, this.#context.signal);
  }

  /** Renders new comments and moves the focus to the first; to the heading without any. */
  async #show(added: Comment[]): Promise<void> {
    const { host } = this.#context;
    this.#announceCount(added);
    const [first] = added;
    if (!first) return host.focusComment();
    const article = await host.revealComment(first);
    // Two tasks: rendering and focusing in one would block a slow phone.
    await nextPaint();
    article?.focus();
  }

  #announceCount({ length }: readonly Comment[]): void {
    const { locale, host, words } = this.#context;
    host.announce(words.comments.loaded(length, locale.number(length)));
  }

  async #fetch(key: string, work: () => Promise<void>): Promise<void> {
    const { host, failures, words } = this.#context;
    if (this.#pending === key) return;
    this.#pending = key;
    failures.delete(key);
    try {
      await work();
    } catch (error) {
      // The stored order of the thread has expired: start again at the reader's position.
      if ((error as Partial<ApiError>).code === 'cursor-expired') return await host.refresh();
      this.#context.fail(key, errorSentence(error, words, words.comments.notDone));
    } finally {
      this.#pending = undefined;
    }
  }
}

/** Resolves after the next frame has been painted. */
function nextPaint(): Promise<unknown> {
  return new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
}
