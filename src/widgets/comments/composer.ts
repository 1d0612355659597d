import { html, nothing } from 'lit/html.js';
import { requestSignIn } from '../../base/sign-in-request.js';
import { ApiError } from '../../client/index.js';
import { pageSettings } from '../../client/settings.js';
import { SafeStorage } from '../../client/storage.js';
import type { Comment, CommentAnswer, Reader } from '../../contract/types.js';
import { outboxOf } from '../../client/outbox.js';
import type { Participation } from './participation.js';
import type { Tools } from './tools.js';

/** From here on the reader is told how much room is left. */
const nearLimit = 200;
/** A text begun longer ago than this is not offered again. */
const keptMillis = 30 * 86_400_000;

/** What is kept of a text until it is sent. */
interface Draft {
  text: string;
  /** When it was typed, in milliseconds since 1970. */
  at: number;
}

/** One field to write in, for a comment, a reply or a change. What is in it outlives a reload and a failed post. */
export class Composer {
  open = false;
  #busy = false;
  #failure?: string;
  #left?: number;
  readonly #key: string;
  readonly #owner: Participation;
  readonly #storage = new SafeStorage(pageSettings().storage);
  #tools?: Tools;

  constructor(key: string, owner: Participation) {
    this.#key = key;
    this.#owner = owner;
  }

  /** Opens, with what was written before or is to be changed, and goes to the field. */
  async start(text = ''): Promise<void> {
    this.open = true;
    await this.#redraw();
    this.#fill(text);
    this.#field?.focus();
    void this.#equip();
  }

  /** Opens with somebody's words quoted below what is there. */
  async quote(words: string): Promise<void> {
    await this.start();
    const field = this.#field;
    if (!field) return;
    const quoted = words
      .trim()
      .split('\n')
      .map((line) => `> ${line}`)
      .join('\n');
    field.value = `${field.value && `${field.value.trimEnd()}\n\n`}${quoted}\n\n`;
    field.setSelectionRange(field.value.length, field.value.length);
    this.#changed();
  }

  close(): void {
    this.open = false;
    this.#failure = undefined;
    void this.#redraw();
    if (this.#commentId) void this.#owner.seat.focus(this.#owner.conversation.find(this.#commentId));
  }

  handle = (event: Event): void => {
    if (event.type === 'submit') {
      event.preventDefault();
      void this.#submit();
    } else if (event.type === 'keydown') this.#type(event as KeyboardEvent);
    else {
      if (!this.open) {
        this.open = true;
        this.#fill('');
        void this.#equip();
      }
      this.#changed();
    }
  };

  /** The whole form, for a reply or a change. */
  render(): unknown {
    const { comments } = this.#owner.words;
    const name = this.#commentId && this.#owner.conversation.find(this.#commentId)?.author.name;
    return html`<form
      class="composer open"
      part="composer"
      data-for=${this.#key}
      @input=${this.handle}
      @keydown=${this.handle}
      @submit=${this.handle}
    >
      <textarea
        class="line"
        rows="3"
        aria-label=${this.#edits ? comments.text : comments.replyTo(name || comments.guest)}
        placeholder=${this.#edits ? nothing : comments.replyTo(name || comments.guest)}
      ></textarea>
      ${this.renderRest()}
    </form>`;
  }

  /** What stands below the field once it is open. */
  renderRest(): unknown {
    const waiting = this.#key ? nothing : this.#owner.renderWaiting('');
    if (!this.open) return waiting;
    const { writing } = this.#owner;
    const { locale } = this.#owner.seat;
    const left = this.#left;
    return html`
      ${this.#tools?.render()}
      ${
        this.#nameless
          ? html`<input
              class="field"
              name="name"
              autocomplete="nickname"
              aria-label=${writing.name}
              placeholder=${writing.name}
            />`
          : nothing
      }
      ${this.#lacksIdentity ? html`<p class="hint muted">${writing.signIn}</p>` : nothing}
      <p class="foot">
        ${this.#failure ? html`<span class="failure">${this.#failure}</span>` : nothing}
        ${
          left === undefined
            ? nothing
            : html`<span class=${`left ${left < 0 ? 'failure' : 'muted'}`}
                >${writing.left(left, locale.number(Math.abs(left)))}</span
              >`
        }
        <button type="button" class="button quiet" data-act="close" data-id=${this.#key}>${writing.cancel}</button>
        <button class="button primary" aria-disabled=${this.#busy}>
          ${this.#busy ? writing.sending : this.#edits ? writing.save : writing.send}
        </button>
      </p>
      ${waiting}
    `;
  }

  get #edits(): boolean {
    return this.#key.startsWith('edit:');
  }

  /** The comment replied to or changed. */
  get #commentId(): string {
    return this.#key.replace('edit:', '');
  }

  get #nameless(): boolean {
    const reader = this.#owner.seat.reader();
    return !this.#edits && !reader?.name && (!reader || reader.kind === 'guest') && !this.#lacksIdentity;
  }

  get #lacksIdentity(): boolean {
    return !identified(this.#owner.seat.reader(), this.#owner.conversation.thread.rules.who);
  }

  get #form(): HTMLFormElement | null {
    return this.#owner.seat.host.renderRoot.querySelector(`form[data-for="${this.#key}"]`);
  }

  get #field(): HTMLTextAreaElement | undefined {
    return this.#form?.querySelector('textarea') ?? undefined;
  }

  get #draftKey(): string {
    return `afterword:draft:${this.#owner.seat.place.story}:${this.#key}`;
  }

  get #draft(): Draft | undefined {
    const draft = this.#storage.get<Draft>(this.#draftKey);
    return draft && draft.at > Date.now() - keptMillis ? draft : undefined;
  }

  set #draft(draft: Draft | undefined) {
    this.#storage.set(this.#draftKey, draft);
  }

  #redraw(): Promise<unknown> {
    this.#owner.seat.host.requestUpdate();
    return this.#owner.seat.host.updateComplete;
  }

  #fill(text: string): void {
    const field = this.#field;
    const kept = this.#draft?.text;
    if (field && !field.value) field.value = typeof kept === 'string' ? kept : text;
    this.#count();
    void this.#redraw();
  }

  #changed(): void {
    const text = this.#field?.value ?? '';
    this.#draft = text ? { text, at: Date.now() } : undefined;
    this.#count();
    if (this.#failure) this.#failure = undefined;
    this.#tools?.typed();
    void this.#redraw();
  }

  #count(): void {
    const { maxGraphemes } = this.#owner.conversation.thread.rules;
    const text = this.#field?.value ?? '';
    // No text has more graphemes than units: counting is for those near the limit.
    const left = text.length < maxGraphemes - nearLimit ? undefined : maxGraphemes - graphemes(text.trim());
    this.#left = left === undefined || left > nearLimit ? undefined : left;
  }

  #type(event: KeyboardEvent): void {
    const { key, ctrlKey, metaKey, isComposing } = event;
    if (this.#tools?.key(event)) return;
    if (key === 'Enter' && (ctrlKey || metaKey) && !isComposing) void this.#submit();
    else if (key === 'Escape' && !isComposing && !this.#field?.value) {
      if (!this.#key) this.#field?.blur();
      this.close();
    }
  }

  async #submit(): Promise<void> {
    const { writing } = this.#owner;
    const text = (this.#field?.value ?? '').trim();
    if (this.#busy) return;
    if (!text || (this.#left ?? 0) < 0) {
      this.#fail(text ? writing.tooLong : writing.empty);
      this.#field?.focus();
      return;
    }
    this.#busy = true;
    this.#failure = undefined;
    void this.#redraw();
    try {
      if (!(await this.#identify())) return this.#fail(writing.signIn);
      const comment = await this.#send(text);
      // What could not be sent waits in sight, and goes out by itself.
      if (!comment) return this.#leave();
      this.#draft = undefined;
      if (this.#field) this.#field.value = '';
      this.open = false;
      const said = this.#edits ? writing.saved : comment.state === 'pending' ? writing.held : writing.posted;
      await this.#owner.keep(comment, said);
    } catch (error) {
      this.#fail(sentence(error, this.#owner));
    } finally {
      this.#busy = false;
      void this.#redraw();
    }
  }

  /** @returns the API's comment, or nothing where it waits in the outbox */
  async #send(text: string): Promise<Comment | undefined> {
    const { place } = this.#owner.seat;
    if (this.#edits) {
      const path = `comments/${this.#commentId}`;
      return (await place.act<CommentAnswer>('PATCH', path, { body: { text } })).comment;
    }
    const name = this.#form?.querySelector<HTMLInputElement>('[name=name]')?.value.trim();
    const { conversation } = this.#owner;
    const mentions = text.includes('@') ? (await import('./tools.js')).mentionsIn(text, conversation.all) : [];
    const posting = outboxOf(place).post({
      story: place.story,
      text,
      ...(name && { name }),
      ...(this.#key && { parentId: this.#key }),
      ...(mentions.length && { mentions }),
    });
    const comment = await posting.catch((error: Partial<ApiError>) => {
      if (error.unreachable === false) throw error as Error;
      return undefined;
    });
    if (comment && !this.#owner.seat.reader()?.name) void this.#owner.seat.reload();
    return comment;
  }

  /** The text is in the outbox now. */
  #leave(): void {
    this.#draft = undefined;
    if (this.#field) this.#field.value = '';
    this.open = false;
    this.#owner.seat.say(this.#owner.writing.waits);
    void this.#owner.seat.focus(this.#commentId ? this.#owner.conversation.find(this.#commentId) : undefined);
  }

  /** The field is there at once; what helps with it comes after. */
  async #equip(): Promise<void> {
    if (this.#tools) return;
    const { Tools } = await import('./tools.js');
    this.#tools ??= new Tools(this.#owner, this.#key, () => this.#field);
    void this.#redraw();
  }

  /** Asks the page who the reader is, where the thread wants to know more than that somebody writes. */
  async #identify(): Promise<boolean> {
    if (!this.#lacksIdentity) return true;
    const jwt = await requestSignIn(this.#owner.seat.host);
    if (!jwt) return false;
    await (await this.#owner.seat.place.site.reader()).signIn(jwt);
    await this.#owner.seat.reload();
    return true;
  }

  #fail(failure: string): void {
    this.#failure = failure;
    this.#owner.seat.say(failure);
    void this.#redraw();
  }
}

function identified(reader: Reader | undefined, who: 'guest' | Reader['kind']): boolean {
  const ranks = ['guest', 'email', 'signed-on'];
  return ranks.indexOf(reader?.kind ?? 'guest') >= ranks.indexOf(who);
}

function sentence(error: unknown, { words: { common, comments }, writing }: Participation): string {
  switch (error instanceof ApiError ? error.code : undefined) {
    case 'rate-limited':
      return common.rateLimited;
    case 'comment-empty':
      return writing.empty;
    case 'comment-too-long':
      return writing.tooLong;
    case 'name-reserved':
      return writing.nameReserved;
    case 'parent-not-found':
    case 'comment-not-found':
      return writing.gone;
    case 'edit-window-over':
      return writing.tooLate;
    case 'thread-closed':
      return comments.closed;
    case 'identity-required':
      return writing.signIn;
    default:
      return writing.notSent;
  }
}

function graphemes(text: string): number {
  return Intl.Segmenter ? [...new Intl.Segmenter().segment(text)].length : [...text].length;
}
