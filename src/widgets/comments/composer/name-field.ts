import { html, nothing } from 'lit';
import type { ThreadContext } from '../thread-context.js';
import { canWrite } from './identity.js';
import { RejectedName } from './rejected-name.js';

/** The name field of a composer, and the notices that the reader's new name is held, or was rejected. */
export class NameField {
  readonly #context: ThreadContext;
  /** Ends the ids of the elements. */
  readonly #suffix: string;
  /** The name that the newsroom has rejected, while this composer shows it. */
  #rejectedName?: string | undefined;

  constructor(context: ThreadContext, suffix: string) {
    this.#context = context;
    this.#suffix = suffix;
  }

  /** Shows and announces a rejected name, once. */
  takeRejected(): void {
    const { client, reader, host, actionWords } = this.#context;
    const name = reader?.rejectedName;
    if (name === undefined || !new RejectedName(client.site).takeUnseen(name)) return;
    this.#rejectedName = name;
    host.announce(actionWords.nameRejected(name));
  }

  /** Drops the notice of a rejected name. */
  clear(): void {
    this.#rejectedName = undefined;
  }

  /** Returns the name that the reader has typed into a form. */
  take(form: HTMLFormElement | null): string | undefined {
    const name = form?.querySelector<HTMLInputElement>('[name=name]')?.value.trim();
    if (name) new RejectedName(this.#context.client.site).clear();
    return name;
  }

  render(isInvalid: boolean): unknown {
    return [this.#renderNotice(), this.#isAsked ? this.#renderInput(isInvalid) : nothing];
  }

  #renderNotice(): unknown {
    const { actionWords: words, reader } = this.#context;
    const name = this.#rejectedName;
    const notice = reader?.pendingName ? words.nameHeld : name && words.nameRejected(name);
    return notice ? html`<p id=${`name-${this.#suffix}`} class="hint muted">${notice}</p>` : nothing;
  }

  #renderInput(isInvalid: boolean): unknown {
    const { name } = this.#context.actionWords;
    // A placeholder would be cut where the text is large.
    return html`<label class="hint"
      >${name}
      <input
        class="field"
        name="name"
        dir="auto"
        autocomplete="nickname"
        aria-invalid=${isInvalid}
        aria-describedby=${`failure-${this.#suffix} name-${this.#suffix}`}
    /></label>`;
  }

  get #isAsked(): boolean {
    const { reader } = this.#context;
    const hasName = reader?.name || reader?.pendingName;
    return !hasName && (!reader || reader.kind === 'guest') && canWrite(this.#context);
  }
}
