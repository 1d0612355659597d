import { html, nothing } from 'lit/html.js';
import type { WidgetElement } from '../../base/widget-element.js';
import { ApiError, type Place } from '../../client/index.js';
import type { Confirmed, SubscribeBody, Subscribed } from '../../contract/types.js';
import type { Catalogue } from '../../locales/catalogue.js';
import type { InboxCatalogue } from '../../locales/vi-inbox.js';

const secondsToResend = 60;

/** Where a reader finds the message, by the end of the address. */
const providers: [domain: RegExp, name: string, inbox: string][] = [
  [/@(gmail|googlemail)\.com$/i, 'Gmail', 'https://mail.google.com/'],
  [/@(outlook|hotmail|live|msn)\.[a-z.]+$/i, 'Outlook', 'https://outlook.live.com/mail/'],
  [/@(yahoo\.[a-z.]+|ymail\.com)$/i, 'Yahoo Mail', 'https://mail.yahoo.com/'],
];

/** What the form leaves to the inbox. */
export interface Signup {
  widget: WidgetElement;
  place: Place;
  words: InboxCatalogue;
  body: SubscribeBody;
  /** Of the newsletters. */
  names: string[];
  /** Hears what became of it. */
  told(state: Inbox['state']): void;
  /** Returns to the form, which still holds what was typed. */
  back(): void;
}

/** The second half of a signup: the message is on its way, and the code in it comes back. */
export class Inbox {
  state: Subscribed['state'] | Confirmed['state'] = 'check-inbox';
  #failure?: 'codeWrong' | 'notSent' | 'rateLimited';
  #seconds = secondsToResend;
  #resent = false;
  #busy = false;
  #timer = setInterval(() => this.#tick(), 1000);
  readonly #signup: Signup;

  constructor(signup: Signup) {
    this.#signup = signup;
  }

  /** Leads to what it has to say. */
  async focus(): Promise<void> {
    await this.#signup.widget.updateComplete;
    this.#signup.widget.renderRoot.querySelector<HTMLElement>('#inbox')?.focus();
  }

  render({ rateLimited }: Catalogue['common']): unknown {
    const { words } = this.#signup;
    const { email } = this.#signup.body;
    const heading = this.state === 'confirmed' ? words.confirmed : words.checkInbox;
    return html`<h2 id="inbox" part="heading" tabindex="-1">${heading}</h2>
      ${
        this.state === 'confirmed'
          ? html`<p class="promise" part="promise">${words.confirmedText(this.#signup.names.join(', '))}</p>`
          : html`<p class="promise" part="promise">${words.sentTo[0]}<b>${email}</b>${words.sentTo[1]}</p>
              ${this.#renderCode(words, rateLimited)} ${this.#renderWays(words)}`
      }`;
  }

  #renderCode(words: InboxCatalogue, rateLimited: string): unknown {
    return html`<form novalidate @submit=${this.#confirm}>
      <div class="above"><label for="code">${words.code}</label></div>
      <div class="row">
        <input
          id="code"
          class="field code"
          part="field"
          name="code"
          inputmode="numeric"
          autocomplete="one-time-code"
          maxlength="6"
          aria-invalid=${this.#failure === 'codeWrong'}
          aria-describedby="code-failure"
          @input=${this.#typed}
        />
        <button class="button primary" part="submit" aria-disabled=${this.#busy || nothing}>${words.confirm}</button>
      </div>
      ${
        this.#failure
          ? html`<p class="failure" part="failure" id="code-failure">
              ${this.#failure === 'rateLimited' ? rateLimited : words[this.#failure]}
            </p>`
          : nothing
      }
    </form>`;
  }

  #renderWays(words: InboxCatalogue): unknown {
    const [, name, inbox] = providers.find(([domain]) => domain.test(this.#signup.body.email)) ?? [];
    const wait = this.#seconds > 0;
    return html`<p class="ways">
      ${inbox ? html`<a class="button quiet" href=${inbox} target="_blank" rel="noopener">${words.openInbox(name!)}</a>` : nothing}
      <button class="button quiet" aria-disabled=${wait || nothing} @click=${this.#resend}>
        ${this.#resent ? words.resent : wait ? words.resendIn(String(this.#seconds)) : words.resend}
      </button>
      <button class="button quiet" @click=${this.#back}>${words.change}</button>
    </p>`;
  }

  #back = (): void => {
    clearInterval(this.#timer);
    this.#signup.back();
  };

  #typed = ({ target }: Event): void => {
    const field = target as HTMLInputElement;
    field.value = field.value.replace(/\D/g, '');
    if (field.value.length === 6) field.form!.requestSubmit();
  };

  #confirm = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const field = (event.target as HTMLFormElement).querySelector<HTMLInputElement>('#code')!;
    if (this.#busy) return;
    await this.#try(async () => {
      const { body: asked, place } = this.#signup;
      if (field.value.length < 6) throw new ApiError('code-wrong');
      const body = { email: asked.email, code: field.value };
      this.state = (await place.site.call<Confirmed>('subscriptions/code', { method: 'POST', body })).state;
      clearInterval(this.#timer);
      this.#signup.told(this.state);
    });
    if (this.#failure) field.select();
    else await this.focus();
  };

  #resend = async (): Promise<void> => {
    if (this.#seconds || this.#busy) return;
    await this.#try(async () => {
      await this.#signup.place.site.call<Subscribed>('subscriptions', { method: 'POST', body: this.#signup.body });
      this.#seconds = secondsToResend;
      this.#resent = true;
    });
  };

  async #try(act: () => Promise<void>): Promise<void> {
    this.#busy = true;
    this.#failure = undefined;
    this.#signup.widget.requestUpdate();
    try {
      await act();
    } catch (error) {
      const code = error instanceof ApiError && error.code;
      this.#failure = code === 'code-wrong' ? 'codeWrong' : code === 'rate-limited' ? 'rateLimited' : 'notSent';
    }
    this.#busy = false;
    this.#signup.widget.requestUpdate();
    await this.#signup.widget.updateComplete;
  }

  #tick(): void {
    if (this.#seconds) this.#seconds--;
    // A moment is enough to have read that it was sent again.
    if (this.#seconds < secondsToResend - 5) this.#resent = false;
    if (!this.#signup.widget.isConnected) clearInterval(this.#timer);
    this.#signup.widget.requestUpdate();
  }
}
