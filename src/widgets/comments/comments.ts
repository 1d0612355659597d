import { type CSSResultGroup, nothing, type PropertyValues } from 'lit';
import { property, state } from 'lit/decorators.js';
import { canGrowWithoutShift, nextFrame } from '../../base/layout-shift.js';
import { widgetStyles } from '../../base/styles/widget.js';
import { dispatchSubmits } from '../../base/submit.js';
import { WidgetElement } from '../../base/widget-element.js';
import { followStory, parts, type Sort, type StoryClient, toLimit, toSort } from '../../client/index.js';
import type { Comment, Comments } from '../../contract/types.js';
import { styles } from './comments.styles.js';
import type { CommentActions } from './controllers/comment-actions.js';
import type { ThreadNavigation } from './controllers/thread-navigation.js';
import { maxDepthFor } from './model/branches.js';
import { recordVisit } from './model/last-visit.js';
import { targetCommentId } from './model/permalink.js';
import { ThreadModel } from './model/thread-model.js';
import { reserve } from './reserve.js';
import { articleId, ThreadContext } from './thread-context.js';
import { CommentList } from './view/comment-list.js';
import { renderComment } from './view/comment.js';
import { commentStyles } from './view/comment.styles.js';
import { renderSkeleton, renderThread } from './view/thread.js';

const defaultPageSize = 20;
/** The thread is painted before the chunk for reading on is fetched. */
const navigationDelayMs = 300;

/**
 * @summary The comments under a story, and a form to write one.
 * @tag aw-comments
 *
 * @slot - Fallback content, shown before the widget is upgraded, while it loads, and when the API cannot be reached.
 *
 * @csspart base - The whole widget.
 * @csspart heading - The heading with the number of comments.
 * @csspart sort - The select of the sort order.
 * @csspart question - The newsroom's question.
 * @csspart composer - The form to write a comment.
 * @csspart comment - A comment.
 * @csspart name - The name of its writer.
 * @csspart badge - A badge of the writer or the comment.
 * @csspart time - The time it was written.
 * @csspart text - Its text.
 * @csspart actions - The row of its buttons.
 * @csspart more - The buttons that load further comments.
 * @csspart arrived - The button that shows new comments.
 * @csspart notice - A sentence about a failure or a closed thread.
 * @csspart retry - The button that loads the widget again.
 *
 * @cssproperty [--aw-comments-accent=--aw-color-accent] - Colour of links and of what is pressed.
 * @cssproperty [--aw-comments-measure=--aw-measure] - Longest line of a comment.
 * @cssproperty [--aw-comments-indent=44px] - Indent of replies; less on a narrow page.
 * @cssproperty [--aw-comments-top=12px] - Space at the top of the viewport, as for a sticky header.
 *
 * @cssstate closed - The thread takes no more comments.
 *
 * @event {{ id: string, parentId: string | null, state: string }} aw-comment - The API has saved a comment, an edit or a deletion.
 * @event {{ id: string, value: number }} aw-comment-vote - The API has saved the reader's vote.
 * @event {undefined} aw-sign-in-request - The thread asks for the reader's identity: see `respondWith`.
 */
export class CommentsElement extends WidgetElement {
  static override readonly tag: string = 'aw-comments';
  static override readonly loadProperties = [...WidgetElement.loadProperties, 'sort', 'pageSize'];
  static override styles: CSSResultGroup = [widgetStyles, reserve, styles, commentStyles];

  /** The initial sort order. */
  @property({ useDefault: true }) sort: Sort = 'best';
  /** Root comments per page, at most 100. */
  @property({ type: Number, attribute: 'page-size', useDefault: true }) pageSize = defaultPageSize;
  /** Shows the comments at once, wherever the widget is in the viewport. */
  @property({ type: Boolean, useDefault: true }) open = false;

  /** The comments are collapsed behind a button, because showing them would shift the layout. */
  @state() private collapsed = false;
  /** The sort order that the reader has selected. */
  #selectedSort?: Sort | undefined;
  #context?: ThreadContext;
  #contextAbort?: AbortController;
  #actions?: Promise<CommentActions>;
  #navigation?: Promise<ThreadNavigation>;
  /** Runs once the loaded page is rendered: goes to the permalink's comment, or restores the scroll position. */
  #afterRender?: (() => void) | undefined;
  readonly #list = new CommentList(this);

  constructor() {
    super();
    dispatchSubmits(this);
  }

  protected override async load(signal: AbortSignal, again: boolean): Promise<boolean> {
    const client = await followStory(this, this.locale.requested, signal);
    const context = this.#contextFor(client);
    signal.addEventListener('abort', () => this.isConnected || this.#contextAbort?.abort());
    const keepsContent = this.status === 'ready';
    const targetId = keepsContent ? undefined : targetCommentId();
    const navigation = keepsContent ? await this.#navigation : undefined;
    const scrollAnchor = navigation?.scrollAnchor;
    const anchor = targetId ?? scrollAnchor?.commentId;
    const page = anchor
      ? await client.read<Comments>('comments', { ...this.pageQuery, anchor }, signal)
      : await client.part(parts.comments(this.#sort, this.#pageSize), again);
    if (signal.aborted) return false;
    this.locale.follow(client.site.page.lang);
    if (context.actions) {
      await this.locale.ready;
      context.actionWords = await context.words.commentActions();
    }
    if (signal.aborted) return false;
    await this.#setThread(context, new ThreadModel(page), signal);
    if (navigation && scrollAnchor) this.#afterRender = () => navigation.restoreScroll(scrollAnchor);
    if (targetId) {
      // A permalink is followed as soon as the thread is there.
      const navigation = await this.#loadNavigation().catch(() => undefined);
      this.#afterRender = () => void navigation?.goTo(targetId);
    }
    setTimeout(() => void this.#startNavigation(context), navigationDelayMs);
    if (!keepsContent && !this.open) {
      // Whether the comments shift the layout is measured in the frame that draws them: the page may scroll until then.
      await this.locale.ready;
      await nextFrame();
    }
    return !signal.aborted;
  }

  override reload(): void {
    super.reload();
    // Ends what is under way on the story before. What is typed is its draft.
    this.#contextAbort?.abort();
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('sort')) this.#selectedSort = undefined;
    super.willUpdate(changed);
    if (changed.get('status') !== 'loading' || this.status !== 'ready') return;
    const { thread, branches } = this.#context!;
    branches.maxDepth = maxDepthFor(this.offsetWidth);
    this.collapsed = !this.open && !this.#afterRender && thread.roots.length > 0 && !canGrowWithoutShift(this);
  }

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    if (changed.has('open') && this.open) this.collapsed = false;
    const thread = this.#context?.thread;
    this.setState('closed', !!thread && thread.settings.state !== 'open');
    if (!this.#list.isRendered) return;
    this.#afterRender?.();
    this.#afterRender = undefined;
  }

  protected override renderLoading(): unknown {
    return renderSkeleton();
  }

  protected override renderReady(): unknown {
    const collapsed = this.collapsed && !matchMedia('print').matches;
    const list = collapsed ? nothing : this.#renderList(this.#context!);
    return renderThread(this.#context!, list, {
      collapsed,
      sort: this.#sort,
      handleClick: this.#handleClick,
      handleShow: this.#handleShow,
      handleSort: this.#handleSort,
      handleComposerEvent: this.#handleComposerEvent,
    });
  }

  #renderList(context: ThreadContext): unknown {
    const { thread, branches, dependencies } = context;
    return this.#list.render({
      roots: context.listed(thread.roots),
      topOf: (root) => branches.topOf(thread, root),
      renderItem: (top) => renderComment(top, 0, context),
      dependencies,
      changedRoots: thread.changedRoots,
    });
  }

  #handleComposerEvent = (event: Event): void => {
    const { actions } = this.#context!;
    // At once where the code is there: what a key does by default can be prevented during its event only.
    if (actions) return actions.handleRootComposerEvent(event);
    if (event.type === 'submit') event.preventDefault();
    const context = this.#context!;
    const { value } = event.target as HTMLTextAreaElement;
    this.#run('composer', async () => {
      const actions = await this.loadActions();
      // By now the page may show another story, and the field another text.
      if (context.signal.aborted) actions.keepDraft(value);
      else actions.handleRootComposerEvent(event);
    });
  };

  #handleClick = ({ target }: Event): void => {
    const button = (target as Element).closest<HTMLElement>('[data-navigate], [data-action]');
    const { navigate, action, id = '' } = button?.dataset ?? {};
    if (navigate) this.#run(id || 'thread', async () => (await this.#loadNavigation()).perform(navigate, id));
    else if (action) this.#run(id, async () => (await this.loadActions()).perform(action, id));
  };

  #handleShow = (): void => {
    void this.focusComment(this.#context!.thread.roots[0]);
  };

  #handleSort = ({ target }: Event): void => {
    this.#selectedSort = (target as HTMLSelectElement).value as Sort;
    this.#run('thread', async () => (await this.#loadNavigation()).resort());
  };

  /** Runs an act of the reader. A failure that the act does not handle itself, as of a chunk, is shown at its place. */
  #run(failureKey: string, act: () => Promise<void>): void {
    const context = this.#context!;
    context.failures.delete(failureKey);
    act().catch(() => context.fail(failureKey, context.words.comments.notDone));
  }

  /** @internal */
  get pageQuery(): { sort: Sort; limit: number } {
    return { sort: this.#sort, limit: this.#pageSize };
  }

  /** @internal */
  get moreButton(): Element | null {
    // By id: a selector would be matched against every element of a long thread.
    return this.renderRoot.getElementById('more');
  }

  /** @internal */
  async focusComment(comment?: Comment): Promise<void> {
    const { thread, branches } = this.#context!;
    if (comment) branches.openTo(thread, comment.id);
    const element = comment
      ? await this.revealComment(comment)
      : this.renderRoot.querySelector<HTMLElement>(this.headingLevel === 'none' ? '.base' : '#heading');
    element?.focus({ preventScroll: !comment });
  }

  /** @internal */
  async revealComment({ id }: Comment): Promise<HTMLElement | null> {
    const { thread } = this.#context!;
    this.collapsed = false;
    await this.#context!.rendered();
    const [root] = thread.pathTo(id);
    if (root) await this.#list.reveal(root);
    return this.renderRoot.getElementById(articleId(id));
  }

  /** @internal */
  async showPage(page: Comments): Promise<void> {
    await this.#setThread(this.#context!, new ThreadModel(page));
  }

  /** @internal */
  async reloadReader(): Promise<void> {
    await this.#mergeMe(this.#context!);
  }

  /** @internal Loads the chunk for readers who take part. */
  loadActions(): Promise<CommentActions> {
    const context = this.#context!;
    this.#actions ??= Promise.all([import('./controllers/comment-actions.js'), context.words.commentActions()]).then(
      ([{ CommentActions }, words]) => {
        context.actionWords = words;
        const actions = (context.actions = new CommentActions(context));
        this.requestUpdate();
        return actions;
      },
    );
    this.#actions.catch(() => (this.#actions = undefined));
    return this.#actions;
  }

  /** Loads the chunk of {@link ThreadNavigation}. */
  #loadNavigation(): Promise<ThreadNavigation> {
    const context = this.#context!;
    this.#navigation ??= import('./controllers/thread-navigation.js').then(({ ThreadNavigation }) => {
      const navigation = new ThreadNavigation(context);
      context.navigation = navigation;
      this.requestUpdate();
      return navigation;
    });
    this.#navigation.catch(() => (this.#navigation = undefined));
    return this.#navigation;
  }

  /** Without the chunk the thread stays readable. The next action loads it again. */
  async #startNavigation(context: ThreadContext): Promise<void> {
    if (context.signal.aborted) return;
    const navigation = await this.#loadNavigation().catch(() => undefined);
    navigation?.start();
  }

  get #sort(): Sort {
    return this.#selectedSort ?? toSort(this.sort);
  }

  get #pageSize(): number {
    return toLimit(this.pageSize, defaultPageSize);
  }

  /** Returns the context of a client's story. Another language keeps it, and with it what is being written. */
  #contextFor(client: StoryClient): ThreadContext {
    const current = this.#context;
    if (current && !current.signal.aborted && current.client.isOfSameStory(client)) {
      current.client = client;
      return current;
    }
    this.#contextAbort?.abort();
    this.status = 'loading';
    const abort = (this.#contextAbort = new AbortController());
    this.#actions = this.#navigation = this.#selectedSort = this.#afterRender = undefined;
    const context = (this.#context = new ThreadContext(this, client, this.locale, abort.signal));
    client.site.onReaderChange(() => void this.#mergeMe(context), abort.signal);
    return context;
  }

  /** Shows a thread. Keeps collapsed replies, open branches and typed text. */
  async #setThread(context: ThreadContext, thread: ThreadModel, signal = context.signal): Promise<void> {
    // Before the first render: inserting the reader's own comments later would shift the layout.
    await this.#mergeMe(context, thread, signal);
    if (signal.aborted) return;
    context.thread = thread;
    this.requestUpdate();
    // Own comments have buttons to edit and delete them, which the actions render.
    if (thread.hasOwn) await this.loadActions().catch(() => undefined);
  }

  async #mergeMe(
    context: ThreadContext,
    thread: ThreadModel | undefined = context.thread,
    signal = context.signal,
  ): Promise<void> {
    const { client } = context;
    // Without the overlay the thread stays readable.
    const me = await client.me().catch(() => undefined);
    if (signal.aborted) return;
    context.reader = me?.reader;
    if (me && thread) {
      thread.mergeMe(me);
      thread.lastVisit = recordVisit(client.site, client.story);
    }
    this.requestUpdate();
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'aw-comments': CommentsElement;
  }
}
