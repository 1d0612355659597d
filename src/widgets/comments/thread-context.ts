import type { CSSResult, ReactiveControllerHost } from 'lit';
import type { LocaleController } from '../../base/locale-controller.js';
import type { Sort, StoryClient } from '../../client/index.js';
import type { Comment, Comments, Reader } from '../../contract/types.js';
import type { Catalogue, CommentActionsCatalogue } from '../../locales/registry.js';
import { Branches } from './model/branches.js';
import type { ThreadModel } from './model/thread-model.js';

/** The element as its controllers use it. Those without hooks into its updates end with {@link ThreadContext.signal}. */
export interface ThreadHost extends ReactiveControllerHost, HTMLElement {
  readonly renderRoot: ShadowRoot;
  /** Sort order and page size, as query parameters. */
  readonly pageQuery: { sort: Sort; limit: number };
  /** The button that loads the next page. */
  readonly moreButton: Element | null;
  readonly headingLevel: string | number;
  announce(text: string): void;
  adoptStyles(...styles: CSSResult[]): void;
  refresh(): Promise<void>;
  /** Loads the thread of another story. */
  reload(): void;
  /** Reveals a comment and moves the focus to it; to the heading without one. */
  focusComment(comment?: Comment): Promise<void>;
  /** Renders a comment, wherever it is in the thread, and returns its article. */
  revealComment(comment: Comment): Promise<HTMLElement | null>;
  /** Shows another page in place of the current thread. */
  showPage(page: Comments): Promise<void>;
  /** Fetches the reader's own state again. */
  reloadReader(): Promise<void>;
  /** Loads the controller of {@link ThreadContext.actions}. */
  loadActions(): Promise<CommentActionsView>;
}

/** Templates that the actions of a reader add to the thread, once their chunk has loaded. */
export interface CommentActionsView {
  /** Id of the comment whose menu is open. */
  readonly menuCommentId: string | undefined;
  /** The root composer is open. */
  readonly isWriting: boolean;
  /** Text of the root composer. */
  readonly text: string;
  /** The text is why the root composer has not sent it. */
  readonly isTextInvalid: boolean;
  /** Ids of what describes the field of the root composer. */
  readonly descriptionIds: string;
  /** Handles `input`, `keydown`, `focus`, `click` and `submit` of the root composer. */
  handleRootComposerEvent(event: Event): void;
  /** Stores a text of the root composer's field as its draft. */
  keepDraft(text: string | undefined): void;
  /** Renders what follows the field of the root composer. */
  renderRootComposer(): unknown;
  /**
   * Renders the open composer and the queued replies of a key: a comment's id, or `edit:` and an id.
   *
   * @param depth levels of replies above a reply that is sent from there
   */
  renderComposer(key: string, depth?: number): unknown;
  /** Renders the question before a comment is deleted; undefined where it is not asked. */
  renderConfirmation(comment: Comment): unknown;
  /** Renders the buttons of a comment's writer. */
  renderOwnActions(comment: Comment): unknown;
  /** Renders moderation state, failure and menu below a comment. */
  renderBelow(comment: Comment): unknown;
}

/** Templates that {@link ThreadContext.navigation} adds to the thread, once its chunk has loaded. */
export interface ThreadNavigationView {
  /** Renders the link that leads past the thread, in its heading's line. */
  renderSkipLink(): unknown;
  /** Renders where the skip link leads to. */
  renderEnd(): unknown;
  /** Renders the button that shows new root comments. */
  renderNewButton(): unknown;
  /** Renders the button on a comment that shows its new replies or its new text. */
  renderNewButtonAt(commentId: string): unknown;
  /** Renders the head of an open branch: its parent, and the way back. */
  renderBranchHead(comment: Comment): unknown;
}

/** One thread on one page: the data, the reader, and what the controllers and views of the widget share. */
export class ThreadContext {
  readonly branches = new Branches();
  /** Sentences about failures: by comment id, `thread`, `previous` or `composer`. */
  readonly failures = new Map<string, string>();
  readonly host: ThreadHost;
  /** Replaced where the language changes. */
  client: StoryClient;
  readonly locale: LocaleController;
  /** Aborts when the widget leaves the page or shows another story. */
  readonly signal: AbortSignal;
  /** Replaced by a refresh and another sort order. */
  thread!: ThreadModel;
  reader?: Reader | undefined;
  /** Id of the comment that the fragment of the page's URL names. */
  targetId?: string | undefined;
  /** Id of a comment that its composer shows in its own place, so that the lists leave it out. */
  sentId?: string | undefined;
  /** Strings of {@link actions}; loaded with them. */
  actionWords!: CommentActionsCatalogue;
  actions?: CommentActionsView;
  navigation?: ThreadNavigationView;

  constructor(host: ThreadHost, client: StoryClient, locale: LocaleController, signal: AbortSignal) {
    this.host = host;
    this.client = client;
    this.locale = locale;
    this.signal = signal;
  }

  get words(): Catalogue {
    return this.locale.words!;
  }

  /** Values that every comment depends on: a change of one renders all comments again. */
  get dependencies(): readonly unknown[] {
    const { thread, branches, reader, targetId, actions, navigation, words } = this;
    return [thread, thread.settings, thread.muted, branches.maxDepth, reader, targetId, actions, navigation, words];
  }

  /** Returns the comments that a list shows. */
  listed(comments: readonly Comment[]): readonly Comment[] {
    const { sentId } = this;
    return sentId ? comments.filter(({ id }) => id !== sentId) : comments;
  }

  isOwn(comment: Comment): boolean {
    return this.thread.isOwn(comment, this.reader?.id);
  }

  /** Shows and announces a failure. */
  fail(key: string, sentence: string): void {
    if (this.signal.aborted) return;
    this.failures.set(key, sentence);
    this.host.announce(sentence);
    this.host.requestUpdate();
  }

  /** Renders changes, and resolves when they are in the DOM. */
  async rendered(): Promise<void> {
    this.host.requestUpdate();
    await this.host.updateComplete;
  }
}

/** Returns the id of a comment's article. */
export const articleId = (commentId: string): string => `c-${commentId}`;
