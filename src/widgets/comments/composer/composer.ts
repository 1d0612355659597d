import { html, nothing } from 'lit';
import { live } from 'lit/directives/live.js';
import { errorSentence } from '../../../base/error-sentence.js';
import { isCurrentStory, pageSettled } from '../../../client/index.js';
import { outboxOf } from '../../../client/outbox.js';
import { isRefusal } from '../../../client/request.js';
import type { ErrorCode } from '../../../contract/errors.js';
import type { Comment, CommentAnswer } from '../../../contract/types.js';
import type { ThreadContext } from '../thread-context.js';
import { Counter } from './counter.js';
import { Draft } from './draft.js';
import { canWrite, signIn } from './identity.js';
import { LateComment } from './late-comment.js';
import { mentionedIds } from './mentions.js';
import { NameField } from './name-field.js';
import type { Toolbar } from './toolbar.js';

/** A failed validation or request. */
interface Failure {
  sentence: string;
  /** The field that it is about. */
  field?: 'text' | 'name' | undefined;
}

/** Codes of failures that another text avoids. */
const textFailures: ReadonlySet<string> = new Set<ErrorCode>(['comment-empty', 'comment-too-long']);

/** Callbacks of a composer to the actions of its thread. */
interface ComposerOwner {
  /** Adds a comment that the API has saved, and announces it. */
  save(comment: Comment, announcement: string): void;
  /** Shows a new comment's author what has become of the name that was sent with it. */
  showNameOf(comment: Comment, announcement: string): Promise<void>;
  /** Renders the comments queued from here. */
  renderQueued(): unknown;
}

/** A form that writes a root comment, a reply or an edit. Its text survives a reload and a failed request. */
export class Composer {
  open = false;
  /** Value of the text field. */
  text = '';
  #sending = false;
  #failure?: Failure | undefined;
  #toolbar?: Toolbar;
  #hasToolbarFailed = false;
  readonly #key: string;
  /** Ends the ids of the elements of this form. */
  readonly #suffix: string;
  readonly #draft: Draft;
  readonly #counter: Counter;
  readonly #nameField: NameField;
  readonly #lateComment: LateComment;
  readonly #context: ThreadContext;
  readonly #owner: ComposerOwner;

  constructor(key: string, context: ThreadContext, owner: ComposerOwner) {
    this.#key = key;
    this.#suffix = key.replace(':', '-') || 'new';
    this.#draft = new Draft(context.client, key);
    this.#counter = new Counter(`left-${this.#suffix}`, context);
    this.#nameField = new NameField(context, this.#suffix);
    this.#lateComment = new LateComment(context, () => this.#form);
    this.#context = context;
    this.#owner = owner;
    // The field of the root composer may hold what was typed before this chunk has loaded.
    this.text = this.#field?.value ?? '';
  }

  /** Opens with the stored draft, else with a text, and focuses the field. */
  async start(text = ''): Promise<void> {
    this.#expand(text);
    await this.#context.rendered();
    this.#field?.focus();
  }

  /** Opens with a quote below the text. */
  async quote(quoted: string): Promise<void> {
    await this.start();
    const lines = quoted.trim().split('\n');
    const quote = lines.map((line) => `> ${line}`).join('\n');
    this.text = `${this.text && `${this.text.trimEnd()}\n\n`}${quote}\n\n`;
    this.#handleChange();
    await this.#context.rendered();
    this.#field?.setSelectionRange(this.text.length, this.text.length);
  }

  close(): void {
    // Before it is closed: a focus opens it.
    if (!this.#commentId) this.#field?.focus();
    this.open = false;
    this.#lateComment.release();
    this.#counter.stop();
    this.#failure = undefined;
    this.#nameField.clear();
    this.#context.host.requestUpdate();
    if (this.#commentId) void this.#context.host.focusComment(this.#context.thread.find(this.#commentId));
  }

  /** Handles `input`, `keydown`, `focus`, `click` and `submit` of the form. */
  handleEvent = (event: Event): void => {
    if (event.type === 'submit') {
      event.preventDefault();
      void this.#submit();
    } else if (event.type === 'keydown') this.#handleKey(event as KeyboardEvent);
    else {
      // A focus does not change the text: an opened draft may not be rendered yet.
      if (event.type === 'input') this.text = this.#field?.value ?? '';
      if (!this.open) this.#expand();
      if (event.type === 'input') this.#handleChange();
    }
  };

  /** The form of a reply or an edit is shown. */
  get isShown(): boolean {
    return this.open || this.#lateComment.isShown;
  }

  /** The text is why it was not sent. */
  get isTextInvalid(): boolean {
    return this.#failure?.field === 'text';
  }

  /** Ids of the failure and the counter. */
  get descriptionIds(): string {
    return `failure-${this.#suffix} left-${this.#suffix}`;
  }

  /** Renders the form of a reply or an edit. */
  render(depth: number): unknown {
    const words = this.#context.words.comments;
    const name = this.#commentId && this.#context.thread.find(this.#commentId)?.author.name;
    const replyTo = words.replyTo(name || words.guest);
    return html`<form
      class=${`composer ${this.open ? 'open' : 'sent'}`}
      part="composer"
      data-key=${this.#key}
      @input=${this.handleEvent}
      @keydown=${this.handleEvent}
      @submit=${this.handleEvent}
    >
      ${
        this.open
          ? html`<textarea
              class="line"
              rows="3"
              dir="auto"
              aria-label=${this.#isEdit ? words.text : replyTo}
              aria-invalid=${this.isTextInvalid}
              aria-describedby=${this.descriptionIds}
              placeholder=${this.#isEdit ? nothing : replyTo}
              .value=${live(this.text)}
            ></textarea>`
          : nothing
      }
      ${this.renderBelow(depth)}
    </form>`;
  }

  /** Renders what follows the field: toolbar, name, counter and buttons while it is open; queued comments. */
  renderBelow(depth = 0): unknown {
    const queued = this.#key ? nothing : this.#owner.renderQueued();
    if (!this.open) return [queued, this.#lateComment.render(depth)];
    const words = this.#context.actionWords;
    return html`
      ${this.#toolbar?.renderSuggestions()}
      <div class="row">${this.#toolbar?.renderTools() ?? this.#renderMissingToolbar()} ${this.#counter.render()}</div>
      ${this.#toolbar?.renderPreview()}
      ${this.#isEdit ? nothing : this.#nameField.render(this.#failure?.field === 'name')}
      ${canWrite(this.#context) ? nothing : html`<p class="hint muted">${this.#context.words.errors['identity-required']}</p>`}
      <p class="foot">
        ${this.#failure ? html`<span id=${`failure-${this.#suffix}`} class="failure">${this.#failure.sentence}</span>` : nothing}
        ${this.#toolbar?.renderPreviewButton()}
        <button type="button" class="button quiet" @click=${() => this.close()}>${words.cancel}</button>
        <button class="button primary" aria-disabled=${this.#sending}>
          ${this.#sending ? words.sending : this.#isEdit ? words.save : words.send}
        </button>
      </p>
      ${queued}
    `;
  }

  /** Reserves the height of the toolbar until its code has loaded, or says that it could not be loaded. */
  #renderMissingToolbar(): unknown {
    if (!this.#hasToolbarFailed) return html`<div class="tools"></div>`;
    const { offline, retry } = this.#context.words.common;
    return html`<p class="hint muted">
      ${offline} <button type="button" @click=${() => this.#loadToolbar()}>${retry}</button>
    </p>`;
  }

  get #isEdit(): boolean {
    return this.#key.startsWith('edit:');
  }

  /** Id of the comment that is replied to or edited; empty for a root comment. */
  get #commentId(): string {
    return this.#key.replace('edit:', '');
  }

  /** The comment that is edited. */
  get #edited(): Comment | undefined {
    return this.#isEdit ? this.#context.thread.find(this.#commentId) : undefined;
  }

  get #form(): HTMLFormElement | null {
    return this.#context.host.renderRoot.querySelector(`form[data-key="${this.#key}"]`);
  }

  get #field(): HTMLTextAreaElement | null | undefined {
    return this.#form?.querySelector('textarea');
  }

  /** Opens; an empty field takes the stored draft, else the text. */
  #expand(text = ''): void {
    this.open = true;
    this.text ||= this.#draft.load() ?? text;
    this.#counter.count(this.text);
    if (!this.#isEdit) this.#nameField.takeRejected();
    void this.#loadToolbar();
    this.#context.host.requestUpdate();
  }

  #handleChange(): void {
    this.#draft.save(this.text);
    this.#counter.handleInput(this.text);
    this.#failure = undefined;
    this.#toolbar?.handleInput();
    this.#context.host.requestUpdate();
  }

  #handleKey(event: KeyboardEvent): void {
    const { key, ctrlKey, metaKey, isComposing } = event;
    if (this.#toolbar?.handleKey(event)) return;
    if (key === 'Enter' && (ctrlKey || metaKey) && !isComposing) void this.#submit();
    else if (key === 'Escape' && !isComposing) {
      // A dialog of the page stays open, with or without a text.
      event.preventDefault();
      if (!this.text) this.close();
    }
  }

  async #submit(): Promise<void> {
    if (this.#sending) return;
    const { actionWords: words, client, host, signal } = this.#context;
    const { errors } = this.#context.words;
    const text = this.text.trim();
    if (!text || (this.#counter.left ?? 0) < 0)
      return this.#fail(errors[text ? 'comment-too-long' : 'comment-empty'], 'text');
    this.#lateComment.reserve(this.#field!);
    this.#sending = true;
    this.#failure = undefined;
    this.#context.host.requestUpdate();
    try {
      await pageSettled();
      // The page shows another story: the text stays as the draft of this one.
      if (signal.aborted) return;
      if (!isCurrentStory(host, client)) return host.reload();
      if (!canWrite(this.#context) && !(await signIn(this.#context))) return this.#fail(errors['identity-required']);
      const comment = await this.#send(text);
      // What was typed while it was on its way is a draft of its own, and keeps the focus.
      const hasTypedOn = this.text.trim() !== text;
      if (comment && !hasTypedOn && !this.#isEdit) this.#lateComment.showIfLate(comment);
      else this.#lateComment.release();
      if (!hasTypedOn) this.#clear();
      if (comment) {
        const announcement = this.#isEdit ? words.saved : comment.state === 'pending' ? words.held : words.posted;
        this.#owner.save(comment, announcement);
        if (!this.#isEdit) void this.#owner.showNameOf(comment, announcement);
      } else this.#context.host.announce(words.queued);
      if (!hasTypedOn) await this.#focusSent(comment);
    } catch (error) {
      const { code } = error as { code?: string };
      const field = code === 'name-reserved' ? 'name' : code && textFailures.has(code) ? 'text' : undefined;
      this.#fail(errorSentence(error, this.#context.words, words.notSent), field);
    } finally {
      this.#sending = false;
      this.#context.host.requestUpdate();
    }
  }

  /** Sends the text. Returns undefined where the API is unreachable: the outbox has queued it. */
  async #send(text: string): Promise<Comment | undefined> {
    const { client, thread } = this.#context;
    const mentions = mentionedIds(text, thread.all, this.#edited);
    const written = { text, ...(mentions.length && { mentions }) };
    if (this.#isEdit) {
      const path = `comments/${this.#commentId}`;
      return (await client.write<CommentAnswer>('PATCH', path, { body: written, expects: 'comment' })).comment;
    }
    const name = this.#nameField.take(this.#form);
    try {
      return await outboxOf(client.site).postComment({
        story: client.story,
        ...written,
        ...(name && { name }),
        ...(this.#key && { parentId: this.#key }),
      });
    } catch (error) {
      if (isRefusal(error)) throw error;
      return undefined;
    }
  }

  #clear(): void {
    this.text = '';
    this.#draft.save('');
    this.#counter.count('');
    this.#counter.stop();
    this.open = false;
    this.#nameField.clear();
  }

  /** Focuses the comment that was saved; the comment above a queued one, or the heading. */
  async #focusSent(comment: Comment | undefined): Promise<void> {
    const { host, signal, thread } = this.#context;
    if (!signal.aborted) await host.focusComment(thread.find(comment?.id ?? this.#commentId));
  }

  async #loadToolbar(): Promise<void> {
    if (this.#toolbar) return;
    // Without the toolbar the field still works.
    const { Toolbar } = await import('./toolbar.js').catch(() => ({ Toolbar: undefined }));
    this.#hasToolbarFailed = !Toolbar;
    if (Toolbar)
      this.#toolbar ??= new Toolbar(this.#key, this.#context, {
        field: () => this.#field,
        edited: () => this.#edited,
      });
    this.#context.host.requestUpdate();
  }

  /** Shows and announces a failure, and moves the focus to the field that it is about. */
  #fail(sentence: string, field?: Failure['field']): void {
    this.#failure = { sentence, field };
    this.#counter.stop();
    this.#context.host.announce(sentence);
    this.#context.host.requestUpdate();
    if (field === 'text') this.#field?.focus();
    if (field === 'name') this.#form?.querySelector<HTMLElement>('[name=name]')?.focus();
  }
}
