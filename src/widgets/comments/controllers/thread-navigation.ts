import { html, nothing } from 'lit';
import { formStyles } from '../../../base/styles/form.js';
import type { Comment } from '../../../contract/types.js';
import { composerStyles } from '../composer/composer.styles.js';
import { maxDepthFor } from '../model/branches.js';
import { targetCommentId } from '../model/permalink.js';
import { articleId, type ThreadContext, type ThreadNavigationView } from '../thread-context.js';
import { mediaStyles } from '../view/media.styles.js';
import { restoreScroll, type ScrollAnchor, scrollAnchorOf } from '../view/scroll-anchor.js';
import { commentActionsStyles } from './comment-actions.styles.js';
import { LiveUpdates } from './live-updates.js';
import { Pagination } from './pagination.js';
import { threadNavigationStyles } from './thread-navigation.styles.js';

/**
 * Handles the actions of a reader who does not take part: pagination, collapsing, branches, permalinks, live updates.
 * Loaded once the thread is painted.
 */
export class ThreadNavigation implements ThreadNavigationView {
  readonly #context: ThreadContext;
  readonly #pagination: Pagination;
  #liveUpdates?: LiveUpdates;
  /** Handlers of buttons, by `data-navigate`. Those of buttons without a comment ignore the argument. */
  readonly #handlers: Readonly<Record<string, (comment: Comment) => Promise<void> | undefined>> = {
    'show-new': (comment?: Comment) => this.#liveUpdates?.show(comment?.id ?? ''),
    previous: () => this.#pagination.previous(),
    more: () => this.#pagination.more(),
    'more-replies': (comment) => this.#pagination.replies(comment),
    parent: ({ parentId }) => this.#focus(this.#context.thread.find(parentId!)),
    reveal: (comment) => this.#reveal(comment),
    'open-branch': (comment) => this.#openBranch(comment),
    'close-branch': (comment) => this.#closeBranch(comment),
    expand: (comment) => this.#expand(comment),
    'toggle-replies': (comment) => this.#toggleReplies(comment),
  };

  constructor(context: ThreadContext) {
    this.#context = context;
    this.#pagination = new Pagination(context);
    // The form styles, too: adding them later would restyle a long thread when its reader begins to type.
    context.host.adoptStyles(threadNavigationStyles, mediaStyles, formStyles, composerStyles, commentActionsStyles);
  }

  /** Follows the page's fragment, the widget's width, the outbox and live updates. */
  start(): void {
    const { host, branches, signal } = this.#context;
    if (this.#liveUpdates || signal.aborted) return;
    this.#liveUpdates = new LiveUpdates(this.#context);
    addEventListener('hashchange', () => void this.#followFragment(), { signal });
    // The fragment may have changed before.
    if (targetCommentId() !== this.#context.targetId) void this.#followFragment();
    matchMedia('print').addEventListener('change', () => host.requestUpdate(), { signal });
    const resizeObserver = new ResizeObserver(() => {
      const maxDepth = maxDepthFor(host.offsetWidth);
      if (maxDepth === branches.maxDepth) return;
      branches.maxDepth = maxDepth;
      // In a task of its own: a resize observer must not change sizes.
      setTimeout(() => host.requestUpdate());
    });
    // Not the host: its height changes while the browser delivers sizes, since it lays out skipped chunks in the same step.
    const ruler = host.renderRoot.appendChild(document.createElement('div'));
    resizeObserver.observe(ruler);
    signal.addEventListener('abort', () => {
      resizeObserver.disconnect();
      ruler.remove();
    });
    void this.#sendQueuedComments();
  }

  get scrollAnchor(): ScrollAnchor | undefined {
    return scrollAnchorOf(this.#context.host.renderRoot);
  }

  restoreScroll(anchor: ScrollAnchor): void {
    restoreScroll(anchor, this.#context.host.renderRoot);
  }

  renderSkipLink(): unknown {
    const { thread, words } = this.#context;
    if (!thread.roots.length) return nothing;
    return html`<a class="skip" href="#end" @click=${this.#skip}>${words.comments.skip}</a>`;
  }

  renderEnd(): unknown {
    return html`<p id="end" class="visually-hidden" tabindex="-1">${this.#context.words.comments.end}</p>`;
  }

  renderNewButton(): unknown {
    return this.#liveUpdates?.renderButton() ?? html`<p class="new-comments"></p>`;
  }

  renderNewButtonAt(commentId: string): unknown {
    return this.#liveUpdates?.renderButtonAt(commentId) ?? nothing;
  }

  renderBranchHead({ id, parentId }: Comment): unknown {
    const words = this.#context.words.comments;
    const parent = this.#context.thread.find(parentId!);
    return html`<p class="branch">
      <button data-navigate="close-branch" data-id=${id}>${words.back}</button>
      ${
        parent
          ? html`<span class="muted">${words.inReplyTo} <bdi>${parent.author.name || words.guest}</bdi></span>`
          : nothing
      }
    </p>`;
  }

  /**
   * Performs what a button is for.
   *
   * @param name its `data-navigate`
   * @param id its `data-id`: the comment it is on; empty above and below the comments
   */
  async perform(name: string, id: string): Promise<void> {
    const comment = this.#context.thread.find(id);
    if (comment || !id) await this.#handlers[name]?.(comment!);
  }

  /** Loads the thread in another sort order, and announces it. */
  async resort(): Promise<void> {
    const { host, failures, words } = this.#context;
    await this.#pagination.restart();
    const { sort, sorts } = words.comments;
    if (!failures.has('thread')) host.announce(`${sort}: ${sorts[host.pageQuery.sort]}`);
  }

  /** Moves to the comment of a permalink, and marks it. */
  async goTo(id: string): Promise<void> {
    const { thread, words, host } = this.#context;
    this.#context.targetId = id;
    const comment = thread.find(id);
    if (!comment) return this.#context.fail('thread', words.comments.lost);
    await host.focusComment(comment);
    host.renderRoot.getElementById(articleId(id))?.scrollIntoView();
  }

  /** Moves the focus past the thread. The page's address stays: the target is in a shadow root. */
  #skip = (event: Event): void => {
    event.preventDefault();
    const end = this.#context.host.renderRoot.getElementById('end')!;
    // From a negative index Chromium returns to the start of the shadow root.
    end.tabIndex = 0;
    end.addEventListener('blur', () => (end.tabIndex = -1), { once: true });
    end.focus();
  };

  async #followFragment(): Promise<void> {
    const id = targetCommentId();
    if (!id) return;
    if (!this.#context.thread.find(id)) await this.#pagination.restart(id);
    // The fragment may have changed meanwhile.
    if (id === targetCommentId()) await this.goTo(id);
  }

  /** Shows a comment of a muted reader. */
  #reveal(comment: Comment): Promise<void> {
    this.#context.branches.revealed.add(comment.id);
    return this.#focus(comment);
  }

  async #openBranch(comment: Comment): Promise<void> {
    const { branches, thread } = this.#context;
    if (!comment.replies.comments.length) await this.#pagination.replies(comment, false);
    branches.open(thread, comment.id);
    await this.#focus(comment);
  }

  async #closeBranch(comment: Comment): Promise<void> {
    const { branches, host, thread } = this.#context;
    const { id } = comment;
    branches.close(thread, id);
    await this.#focus(comment);
    host.renderRoot.querySelector<HTMLElement>(`[data-navigate=open-branch][data-id="${id}"]`)?.focus();
  }

  /** Shows collapsed replies. The button disappears: the focus moves to the first reply. */
  #expand({ id, replies }: Comment): Promise<void> {
    this.#context.branches.collapsed.delete(id);
    return this.#focus(replies.comments[0]);
  }

  #focus(comment?: Comment): Promise<void> {
    return this.#context.host.focusComment(comment);
  }

  async #toggleReplies({ id }: Comment): Promise<void> {
    const { branches, host } = this.#context;
    if (!branches.collapsed.delete(id)) branches.collapsed.add(id);
    await this.#context.rendered();
    // Collapsing removes most of what was in view: the reader continues at the start of the branch.
    const article = host.renderRoot.getElementById(articleId(id));
    if (article && article.getBoundingClientRect().top < 0) article.scrollIntoView();
  }

  /** Shows the comments that an earlier visit has queued: while the outbox sends them, and once they are sent. */
  async #sendQueuedComments(): Promise<void> {
    const { client, host, signal } = this.#context;
    const showOwnComments = () => void host.loadActions().catch(() => undefined);
    // Another widget may have loaded the outbox, which may have sent them by now.
    client.subscribe('comment-sent', showOwnComments, signal);
    if (!client.site.hasQueuedWrites) return;
    const { outboxOf } = await import('../../../client/outbox.js').catch(() => ({ outboxOf: undefined }));
    if (outboxOf?.(client.site).queuedComments(client.story).length) showOwnComments();
  }
}
