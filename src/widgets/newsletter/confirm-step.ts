import { html, nothing, type ReactiveController } from 'lit';
import { errorSentence } from '../../base/error-sentence.js';
import { renderHeading } from '../../base/heading.js';
import type { WidgetElement } from '../../base/widget-element.js';
import { ApiError, type StoryClient } from '../../client/index.js';
import type { Confirmed, SubscribeBody, Subscribed } from '../../contract/types.js';
import type { Catalogue } from '../../locales/registry.js';
import { confirmStepStyles } from './confirm-step.styles.js';

const resendAfterSeconds = 60;
/** Time in which the text beside the button says that the message was sent again. */
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
  /** Names of the newsletters, rendered. */
  names: unknown[];
  /** Called when the API has confirmed the code. */
  onConfirmed(): void;
  /** Called when the reader returns to the form. */
  onBack(): void;
}

type Sentence = (words: Catalogue) => string;

/** What a failure is shown at. */
type Place = 'code' | 'resend';

interface Failure {
  at: Place;
  sentence: Sentence;
  /** The code itself is wrong. */
  isInvalid: boolean;
}

/** Second step of a signup: the message is on its way, and the reader enters the code from it. */
export class ConfirmStep implements ReactiveController {
  state: Subscribed['state'] | Confirmed['state'] = 'check-inbox';
  readonly #host: WidgetElement;
  readonly #signup: Signup;
  #failure?: Failure | undefined;
  /** The code that was sent last, which typing does not send again. */
  #sentCode = '';
  #secondsLeft = resendAfterSeconds;
  #resent = false;
  #busy = false;
  #timer?: ReturnType<typeof setInterval>;
  /** The catalogue of the last render. */
  #words!: Catalogue;

  constructor(host: WidgetElement, signup: Signup) {
    this.#host = host;
    this.#signup = signup;
    host.addController(this);
    host.adoptStyles(confirmStepStyles);
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
    this.#words = words;
    const { confirmStep } = words.newsletter;
    const { body, names } = this.#signup;
    const isConfirmed = this.state === 'confirmed';
    const [before, after] = isConfirmed ? confirmStep.confirmedText : confirmStep.sentTo;
    const about = isConfirmed ? names.flatMap((name) => [', ', name]).slice(1) : html`<b dir="ltr">${body.email}</b>`;
    return html`${this.#renderHeading(isConfirmed ? confirmStep.confirmed : confirmStep.checkInbox)}
      <p class="promise" part="promise">${before}${about}${after}</p>
      ${isConfirmed ? nothing : [this.#renderCode(words), this.#renderActions(words)]}`;
  }

  #renderHeading(text: string): unknown {
    const { headingLevel: level } = this.#host;
    return renderHeading(level === 'none' ? '3' : level, text, { id: 'confirm-heading' });
  }

  #renderCode(words: Catalogue): unknown {
    const { confirmStep } = words.newsletter;
    const failure = this.#failure?.at === 'code' ? this.#failure : undefined;
    return html`<form novalidate @submit=${this.#onSubmit}>
      <div class="entry short">
        <label for="code">${confirmStep.code}</label>
        <input
          id="code"
          class="field code"
          part="field"
          name="code"
          dir="ltr"
          required
          inputmode="numeric"
          autocomplete="one-time-code"
          aria-invalid=${!!failure?.isInvalid}
          aria-describedby=${failure ? 'code-failure' : nothing}
          @input=${this.#onInput}
          @compositionend=${this.#onInput}
        />
        ${this.#renderFailure('code', words)}
        <button class="button primary" part="submit" aria-disabled=${this.#busy || nothing}>
          ${confirmStep.confirm}
        </button>
      </div>
    </form>`;
  }

  #renderFailure(at: Place, words: Catalogue): unknown {
    if (this.#failure?.at !== at) return nothing;
    return html`<p class="failure" part="failure" id=${`${at}-failure`}>${this.#failure.sentence(words)}</p>`;
  }

  #renderActions(catalogue: Catalogue): unknown {
    const words = catalogue.newsletter.confirmStep;
    const [, provider, inbox] = providers.find(([domain]) => domain.test(this.#signup.body.email)) ?? [];
    const tooSoon = this.#secondsLeft > 0;
    // Beside the button: screen readers announce every change of the name of a focused one.
    const wait = this.#resent ? words.resent : tooSoon ? words.resendIn(String(this.#secondsLeft)) : '';
    return html`<p class="actions">
        ${inbox ? html`<a class="button quiet" href=${inbox} target="_blank" rel="noopener">${words.openInbox(provider!)}</a>` : nothing}
        <span class="resend"
          ><button
            class="button quiet"
            aria-disabled=${tooSoon || nothing}
            aria-describedby="wait"
            @click=${this.#resend}
          >
            ${words.resend}
          </button>
          <span id="wait" class="muted">${wait}</span></span
        >
        <button class="button quiet" @click=${this.#back}>${words.change}</button>
      </p>
      ${this.#renderFailure('resend', catalogue)}`;
  }

  #back = (): void => {
    this.hostDisconnected();
    this.#host.removeController(this);
    this.#signup.onBack();
  };

  /** Sends a complete code, which phones fill in at once. */
  #onInput = (event: Event): void => {
    if ((event as InputEvent).isComposing) return;
    const code = this.#readCode();
    if (code === this.#sentCode) return;
    this.#failure = undefined;
    this.#host.requestUpdate();
    if (code.length === codeLength) void this.#confirm(code);
  };

  #onSubmit = (event: SubmitEvent): void => {
    event.preventDefault();
    void this.#confirm(this.#readCode());
  };

  get #field(): HTMLInputElement {
    return this.#host.renderRoot.querySelector('#code')!;
  }

  /** Returns the digits of the field, and leaves only them in it: mails and people group them, as in 123 456 and 123-456. */
  #readCode(): string {
    const field = this.#field;
    const code = field.value.normalize('NFKC').replace(/\D/g, '').slice(0, codeLength);
    // Moves the caret to the end: an unchanged value keeps it.
    if (field.value !== code) field.value = code;
    return code;
  }

  async #confirm(code: string): Promise<void> {
    if (this.#busy) return;
    this.#sentCode = code;
    if (code.length < codeLength) {
      const sentence: Sentence = ({ newsletter }) => newsletter.confirmStep.codeIncomplete;
      this.#fail({ at: 'code', sentence, isInvalid: true });
      this.#field.focus();
      return;
    }
    const isDone = await this.#run('code', async () => {
      const { client, body, onConfirmed } = this.#signup;
      const sent = { email: body.email, code };
      const { state } = await client.site.request<Confirmed>('subscriptions/code', {
        method: 'POST',
        body: sent,
        expects: 'state',
      });
      this.state = state;
      clearInterval(this.#timer);
      onConfirmed();
    });
    if (isDone) await this.focus();
    else this.#field.select();
  }

  #resend = async (): Promise<void> => {
    if (this.#secondsLeft || this.#busy) return;
    const isDone = await this.#run('resend', async () => {
      const { client, body } = this.#signup;
      await client.site.request<Subscribed>('subscriptions', { method: 'POST', body, expects: 'state' });
      this.#secondsLeft = resendAfterSeconds;
      this.#resent = true;
      // The code before is no longer valid; the next may be the same by chance.
      this.#sentCode = '';
    });
    if (isDone) this.#host.announce(this.#words.newsletter.confirmStep.resent);
  };

  /** Runs a request. Shows and announces its failure, and returns whether there was none. */
  async #run(at: Place, task: () => Promise<void>): Promise<boolean> {
    this.#busy = true;
    this.#failure = undefined;
    this.#host.requestUpdate();
    try {
      await task();
    } catch (error) {
      const sentence: Sentence = (words) => errorSentence(error, words, words.newsletter.confirmStep.notSent);
      this.#fail({ at, sentence, isInvalid: error instanceof ApiError && error.code === 'code-wrong' });
    }
    this.#busy = false;
    this.#host.requestUpdate();
    await this.#host.updateComplete;
    return !this.#failure;
  }

  /** Shows and announces a failure. */
  #fail(failure: Failure): void {
    this.#failure = failure;
    this.#host.announce(failure.sentence(this.#words));
    this.#host.requestUpdate();
  }

  #tick(): void {
    if (this.#secondsLeft) this.#secondsLeft--;
    if (this.#secondsLeft < resendAfterSeconds - resentSeconds) this.#resent = false;
    this.#host.requestUpdate();
  }
}
