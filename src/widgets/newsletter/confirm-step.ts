import { html, nothing, type ReactiveController } from 'lit';
import { errorSentence } from '../../base/error-sentence.js';
import type { WidgetElement } from '../../base/widget-element.js';
import { ApiError, type StoryClient } from '../../client/index.js';
import * as limits from '../../contract/limits.js';
import type { Confirmed, SubscribeBody, Subscribed } from '../../contract/types.js';
import type { Catalogue } from '../../locales/registry.js';

const resendAfterSeconds = 60;
/** Time in which the button says that the message was sent again. */
const resentSeconds = 5;
const codeLength = 6;

/** Webmail of common providers, by the end of the address. */
const providers: [domain: RegExp, name: string, inbox: string][] = [
  [/@(gmail|googlemail)\.com$/i, 'Gmail', 'https://mail.google.com/'],
  [/@(outlook|hotmail|live|msn)\.[a-z.]+$/i, 'Outlook', 'https://outlook.live.com/mail/'],
  [/@(yahoo\.[a-z.]+|ymail\.com)$/i, 'Yahoo Mail', 'https://mail.yahoo.com/'],
];

/** The signup that is to be confirmed. */
export interface Signup {
  client: StoryClient;
  body: SubscribeBody;
  /** Names of the newsletters. */
  names: string[];
  /** Called when the API has confirmed the code. */
  onConfirmed(): void;
  /** Called when the reader returns to the form. */
  onBack(): void;
}

/** Second step of a signup: the message is on its way, and the reader enters the code from it. */
export class ConfirmStep implements ReactiveController {
  state: Subscribed['state'] | Confirmed['state'] = 'check-inbox';
  readonly #host: WidgetElement;
  readonly #signup: Signup;
  /** The error of the last request. */
  #failure: unknown;
  #secondsLeft = resendAfterSeconds;
  #resent = false;
  #busy = false;
  #timer?: ReturnType<typeof setInterval>;

  constructor(host: WidgetElement, signup: Signup) {
    this.#host = host;
    this.#signup = signup;
    host.addController(this);
  }

  hostConnected(): void {
    clearInterval(this.#timer);
    if (this.state !== 'confirmed') this.#timer = setInterval(() => this.#tick(), 1000);
  }

  hostDisconnected(): void {
    clearInterval(this.#timer);
  }

  /** Moves the focus to the heading. */
  async focus(): Promise<void> {
    await this.#host.updateComplete;
    this.#host.renderRoot.querySelector<HTMLElement>('#confirm-heading')?.focus();
  }

  render(words: Catalogue): unknown {
    const { confirmStep } = words.newsletter;
    const { body, names } = this.#signup;
    if (this.state === 'confirmed')
      return html`${this.#renderHeading(confirmStep.confirmed)}
        <p class="promise" part="promise">${confirmStep.confirmedText(names.join(', '))}</p>`;
    const [before, after] = confirmStep.sentTo;
    return html`${this.#renderHeading(confirmStep.checkInbox)}
      <p class="promise" part="promise">${before}<b>${body.email}</b>${after}</p>
      ${this.#renderCode(words)} ${this.#renderActions(confirmStep)}`;
  }

  #renderHeading(text: string): unknown {
    return html`<h2 id="confirm-heading" part="heading" tabindex="-1">${text}</h2>`;
  }

  #renderCode(words: Catalogue): unknown {
    const { confirmStep } = words.newsletter;
    return html`<form novalidate @submit=${this.#confirm}>
      <div class="above"><label for="code">${confirmStep.code}</label></div>
      <div class="row">
        <input
          id="code"
          class="field code"
          part="field"
          name="code"
          inputmode="numeric"
          autocomplete="one-time-code"
          maxlength=${limits.codeChars}
          aria-invalid=${isWrongCode(this.#failure)}
          aria-describedby="code-failure"
          @input=${this.#onInput}
        />
        <button class="button primary" part="submit" aria-disabled=${this.#busy || nothing}>
          ${confirmStep.confirm}
        </button>
      </div>
      ${
        this.#failure
          ? html`<p class="failure" part="failure" id="code-failure">
              ${errorSentence(this.#failure, words, confirmStep.notSent)}
            </p>`
          : nothing
      }
    </form>`;
  }

  #renderActions(words: Catalogue['newsletter']['confirmStep']): unknown {
    const [, provider, inbox] = providers.find(([domain]) => domain.test(this.#signup.body.email)) ?? [];
    const tooSoon = this.#secondsLeft > 0;
    return html`<p class="actions">
      ${inbox ? html`<a class="button quiet" href=${inbox} target="_blank" rel="noopener">${words.openInbox(provider!)}</a>` : nothing}
      <button class="button quiet" aria-disabled=${tooSoon || nothing} @click=${this.#resend}>
        ${this.#resent ? words.resent : tooSoon ? words.resendIn(String(this.#secondsLeft)) : words.resend}
      </button>
      <button class="button quiet" @click=${this.#back}>${words.change}</button>
    </p>`;
  }

  #back = (): void => {
    this.hostDisconnected();
    this.#host.removeController(this);
    this.#signup.onBack();
  };

  /** Submits a complete code, which phones fill in at once. */
  #onInput = ({ target }: Event): void => {
    const field = target as HTMLInputElement;
    // Mails and people group digits: 123 456, 123-456.
    field.value = field.value.replace(/\D/g, '').slice(0, codeLength);
    if (field.value.length === codeLength) field.form!.requestSubmit();
  };

  #confirm = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const field = (event.target as HTMLFormElement).querySelector<HTMLInputElement>('#code')!;
    if (this.#busy) return;
    await this.#run(async () => {
      if (field.value.length < codeLength) throw new ApiError('code-wrong');
      const { client, body, onConfirmed } = this.#signup;
      const sent = { email: body.email, code: field.value };
      const { state } = await client.site.request<Confirmed>('subscriptions/code', {
        method: 'POST',
        body: sent,
        expects: 'state',
      });
      this.state = state;
      clearInterval(this.#timer);
      onConfirmed();
    });
    if (this.#failure) field.select();
    else await this.focus();
  };

  #resend = async (): Promise<void> => {
    if (this.#secondsLeft || this.#busy) return;
    await this.#run(async () => {
      const { client, body } = this.#signup;
      await client.site.request<Subscribed>('subscriptions', { method: 'POST', body, expects: 'state' });
      this.#secondsLeft = resendAfterSeconds;
      this.#resent = true;
    });
  };

  /** Runs a request and keeps its failure for the next render. */
  async #run(task: () => Promise<void>): Promise<void> {
    this.#busy = true;
    this.#failure = undefined;
    this.#host.requestUpdate();
    try {
      await task();
    } catch (error) {
      this.#failure = error;
    }
    this.#busy = false;
    this.#host.requestUpdate();
    await this.#host.updateComplete;
  }

  #tick(): void {
    if (this.#secondsLeft) this.#secondsLeft--;
    if (this.#secondsLeft < resendAfterSeconds - resentSeconds) this.#resent = false;
    this.#host.requestUpdate();
  }
}

function isWrongCode(error: unknown): boolean {
  return error instanceof ApiError && error.code === 'code-wrong';
}
