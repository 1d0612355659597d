import { html, nothing } from 'lit';
import { errorSentence } from '../../../base/error-sentence.js';
import { formStyles } from '../../../base/styles/form.js';
import { outboxOf } from '../../../client/outbox.js';
import type { QueuedComment } from '../../../client/queued-write.js';
import type { Comment, CommentAnswer, CommentVoted } from '../../../contract/types.js';
import { Composer } from '../composer/composer.js';
import { Draft } from '../composer/draft.js';
import { composerStyles } from '../composer/composer.styles.js';
import { CommentEvent, CommentVoteEvent } from '../events.js';
import type { CommentMenu } from '../menu/comment-menu.js';
import type { Vote } from '../model/thread-model.js';
import type { CommentActionsView, ThreadContext } from '../thread-context.js';
import { commentActionsStyles } from './comment-actions.styles.js';

/** Handles the actions of a reader who takes part: write, edit, delete, vote, mute. Loaded by the first of them. */
export class CommentActions implements CommentActionsView {
  readonly #context: ThreadContext;
  readonly #composers = new Map<string, Composer>();
  /** Ids of the comments with a vote in flight. */
  readonly #votesInFlight = new Set<string>();
  /** Id of the comment that is about to be deleted. */
  #confirmingId?: string | undefined;
  #menu?: CommentMenu;
  #queued: readonly QueuedComment[] = [];
  /** Id of the comment whose author's new name was held when it was posted. */
  #nameHeldId?: string | undefined;
  /** Handlers of buttons, by `data-action`. */
  readonly #handlers: Readonly<Record<string, (comment: Comment) => Promise<void>>> = {
    like: (comment) => this.#vote(comment, 1),
    dislike: (comment) => this.#vote(comment, -1),
    menu: async (comment) => (await this.#loadMenu()).toggle(comment),
    reply: ({ id }) => this.#composer(id).start(),
    edit: ({ id, text }) => this.#composer(`edit:${id}`).start(text),
    remove: (comment) => this.#confirmRemove(comment, true),
    'confirm-remove': (comment) => this.#remove(comment),
    keep: (comment) => this.#confirmRemove(comment, false),
  };

  constructor(context: ThreadContext) {
    this.#context = context;
    const { client, host, signal } = context;
    host.adoptStyles(formStyles, composerStyles, commentActionsStyles);
    this.#queued = outboxOf(client.site).queuedComments(client.story);
    client.subscribe('queued-comments', (comments) => this.#updateQueued(comments), signal);
    client.subscribe('comment-sent', (comment) => this.#addSent(comment), signal);
  }

  get menuCommentId(): string | undefined {
    return this.#menu?.commentId;
  }

  get isWriting(): boolean {
    return this.#composer('').open;
  }

  get text(): string {
    return this.#composer('').text;
  }

  get isTextInvalid(): boolean {
    return this.#composer('').isTextInvalid;
  }

  get descriptionIds(): string {
    return this.#composer('').descriptionIds;
  }

  renderRootComposer(): unknown {
    return this.#composer('').renderBelow();
  }

  /** Handles an event of the root composer's form, which the widget renders. */
  handleRootComposerEvent(event: Event): void {
    this.#composer('').handleEvent(event);
  }

  keepDraft(text: string | undefined): void {
    if (text) new Draft(this.#context.client, '').save(text);
  }

  /** Returns the composer of a key: empty for a root comment, a comment's id for a reply, `edit:` and an id for an edit. */
  #composer(key: string): Composer {
    let composer = this.#composers.get(key);
    if (!composer) {
      composer = new Composer(key, this.#context, {
        save: (comment, announcement) => this.#save(comment, announcement),
        showNameOf: (comment, announcement) => this.#showNameOf(comment, announcement),
        renderQueued: () => this.renderQueued(key),
      });
      this.#composers.set(key, composer);
    }
    return composer;
  }

  renderComposer(key: string, depth = 0): unknown {
    const composer = this.#composers.get(key);
    const hasQueued = this.#queued.some(({ parentId }) => parentId === key);
    if (!hasQueued && !composer?.isShown) return undefined;
    return [this.renderQueued(key), composer?.isShown ? composer.render(depth) : nothing];
  }

  /** Renders the queued replies to a comment; the queued root comments for an empty id. */
  renderQueued(parent: string): unknown {
    const words = this.#context.actionWords;
    return this.#queued
      .filter(({ parentId = '' }) => parentId === parent)
      .map(
        (queued) =>
          html`<div class="held queued" role="group" aria-label=${words.queued}>
            <p class="text" dir="auto">${queued.text}</p>
            <p class="actions">
              <span>${queued.refused ? this.#sentence({ code: queued.refused }) : words.queued}</span>
              <button type="button" @click=${() => void this.#editQueued(queued)}>${words.edit}</button>
              <button type="button" @click=${() => void this.#discardQueued(queued)}>${words.discard}</button>
            </p>
          </div>`,
      );
  }

  renderBelow(comment: Comment): unknown {
    const isNameHeld = comment.id === this.#nameHeldId && this.#context.reader?.pendingName;
    return [
      this.#renderModeration(comment),
      isNameHeld ? html`<p class="held">${this.#context.actionWords.nameHeld}</p>` : nothing,
      this.#menu?.render(comment),
    ];
  }

  renderConfirmation({ id }: Comment): unknown {
    if (this.#confirmingId !== id) return undefined;
    const words = this.#context.actionWords;
    return html`<p class="actions" role="group" aria-label=${words.removeSure}>
      <span>${words.removeSure}</span>
      <button class="danger" data-action="confirm-remove" data-id=${id}>${words.remove}</button>
      <button data-action="keep" data-id=${id}>${words.keep}</button>
    </p>`;
  }

  renderOwnActions({ id, createdAt }: Comment): unknown {
    const words = this.#context.actionWords;
    const { editSeconds } = this.#context.thread.settings.rules;
    const editable = Date.now() < Date.parse(createdAt) + editSeconds * 1000;
    return html`${editable ? html`<button data-action="edit" data-id=${id}>${words.edit}</button>` : nothing}
      <button data-action="remove" data-id=${id}>${words.remove}</button>`;
  }

  /**
   * Performs what a button is for.
   *
   * @param name its `data-action`
   * @param id its `data-id`: the comment it is on
   */
  async perform(name: string, id: string): Promise<void> {
    const comment = this.#context.thread.find(id);
    if (comment) await this.#handlers[name]?.(comment);
  }

  /** Renders the moderation state of an own comment, with the reasons for a hold. */
  #renderModeration({ state, reasons = [] }: Comment): unknown {
    if (state === 'visible') return nothing;
    const words = this.#context.actionWords;
    const sentences = reasons.map((reason) => words.reasons[reason]).filter(Boolean);
    return html`<p class="held">${[state === 'rejected' ? words.rejected : words.held, ...sentences].join(' ')}</p>`;
  }

  async #loadMenu(): Promise<CommentMenu> {
    if (!this.#menu) {
      const { CommentMenu } = await import('../menu/comment-menu.js');
      this.#menu ??= new CommentMenu(this.#context, {
        quote: (comment, text) => this.#composer(comment.id).quote(text),
        setMuted: (comment, muted) => this.#setMuted(comment, muted),
      });
    }
    return this.#menu;
  }

  #updateQueued(comments: readonly QueuedComment[]): void {
    this.#queued = comments;
    this.#context.host.requestUpdate();
  }

  /** Adds a queued comment that has been sent. Does not move the focus, since it was written earlier. */
  #addSent(comment: Comment): void {
    const { thread, actionWords } = this.#context;
    if (thread.find(comment.id)) return;
    const announcement = comment.state === 'pending' ? actionWords.held : actionWords.posted;
    this.#save(comment, announcement);
    void this.#showNameOf(comment, announcement);
  }

  #save(comment: Comment, announcement: string): void {
    const { thread, host } = this.#context;
    thread.putOwn(comment);
    host.dispatchEvent(new CommentEvent(comment));
    host.announce(announcement);
    host.requestUpdate();
  }

  /** Reads the reader again where the comment may have come with a name, and shows that the name is held. */
  async #showNameOf({ id }: Comment, announcement: string): Promise<void> {
    const { host, reader, actionWords } = this.#context;
    if (reader?.name) return;
    await host.reloadReader();
    const { pendingName } = this.#context.reader ?? {};
    if (!pendingName || pendingName === reader?.pendingName) return;
    this.#nameHeldId = id;
    host.announce(`${announcement} ${actionWords.nameHeld}`);
    host.requestUpdate();
  }

  async #editQueued({ key, parentId = '', text }: QueuedComment): Promise<void> {
    outboxOf(this.#context.client.site).discard(key);
    await this.#composer(parentId).start(text);
  }

  async #discardQueued({ key, parentId }: QueuedComment): Promise<void> {
    const { client, host, thread } = this.#context;
    outboxOf(client.site).discard(key);
    await host.focusComment(parentId ? thread.find(parentId) : undefined);
  }

  async #confirmRemove({ id }: Comment, asks: boolean): Promise<void> {
    this.#confirmingId = asks ? id : undefined;
    await this.#context.rendered();
    const action = asks ? 'keep' : 'remove';
    const { renderRoot } = this.#context.host;
    renderRoot.querySelector<HTMLElement>(`[data-action=${action}][data-id="${id}"]`)?.focus();
  }

  async #remove({ id }: Comment): Promise<void> {
    const { client, actionWords, host, thread, signal } = this.#context;
    try {
      const { comment } = await client.write<CommentAnswer>('DELETE', `comments/${id}`, { expects: 'comment' });
      this.#confirmingId = undefined;
      this.#save(comment, actionWords.removed);
      if (!signal.aborted) await host.focusComment(thread.find(id));
    } catch (error) {
      this.#fail(id, error);
    }
  }

  /** Votes optimistically. Further taps while a request is in flight are coalesced into the next one. */
  async #vote({ id }: Comment, value: 1 | -1): Promise<void> {
    const { thread, host, client } = this.#context;
    const wanted = (): Vote => thread.votes.get(id) ?? 0;
    const before = thread.castVote(id, wanted() === value ? 0 : value);
    host.requestUpdate();
    if (this.#votesInFlight.has(id)) return;
    this.#votesInFlight.add(id);
    try {
      for (let sent: Vote | undefined; sent !== wanted();) {
        sent = wanted();
        const voted = await client.write<CommentVoted>('PUT', `comments/${id}/vote`, {
          body: { value: sent },
          expects: 'votes',
        });
        host.dispatchEvent(new CommentVoteEvent(id, voted.value));
        if (sent === wanted()) thread.setVote(id, voted);
      }
    } catch (error) {
      thread.setVote(id, before);
      this.#fail(id, error);
    } finally {
      this.#votesInFlight.delete(id);
      host.requestUpdate();
    }
  }

  /** Sets whether the reader sees the comments of a comment's writer. */
  async #setMuted({ author }: Comment, muted: boolean): Promise<void> {
    const { client, thread } = this.#context;
    await client.write(muted ? 'PUT' : 'DELETE', `readers/${author.id}/mute`);
    const others = [...thread.muted].filter((id) => id !== author.id);
    thread.muted = new Set(muted ? [...others, author.id] : others);
  }

  #fail(id: string, error: unknown): void {
    this.#context.fail(id, this.#sentence(error));
  }

  #sentence(error: unknown): string {
    const { words } = this.#context;
    return errorSentence(error, words, words.comments.notDone);
  }
}
