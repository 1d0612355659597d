import { html, nothing } from 'lit/html.js';
import { formStyles } from '../../base/form-styles.js';
import { property, state } from '../../base/property.js';
import { widgetStyles } from '../../base/styles.js';
import { WidgetElement } from '../../base/widget-element.js';
import { ApiError, parts, type Place, placeOf } from '../../client/index.js';
import type { NewsletterList, SubscribeBody, Subscribed } from '../../contract/types.js';
import type { Catalogue } from '../../locales/catalogue.js';
import type { InboxCatalogue } from '../../locales/vi-inbox.js';
import { type SubscribeDetail, SubscribeEvent } from './events.js';
import type { Inbox } from './inbox.js';
import { styles } from './newsletter.styles.js';

/** Enough to catch what was left out; whether an address is one is for the API to say. */
const address = /^\S+@[^\s@]+\.[^\s@]{2,}$/;

/** What the form may have to say, by its word in the catalogue. */
export type FormFailure = 'emailMissing' | 'emailInvalid' | 'consentMissing' | 'listMissing' | 'notSent' | 'mailOff';

/**
 * @summary Signup for one or more newsletters, confirmed by a code without leaving the page.
 * @tag aw-newsletter
 *
 * @slot - Shown before the widget is there, a moment longer while it loads, and when the API cannot be reached: a plain form is a good thing to put here.
 *
 * @csspart base - The whole widget.
 * @csspart heading - What it is, or what became of it.
 * @csspart promise - What comes and how often.
 * @csspart field - The address, and later the code.
 * @csspart submit - The button that sends.
 * @csspart consent - What the reader agrees to.
 * @csspart failure - What is to be put right.
 * @csspart notice - The sentence of a failure.
 * @csspart retry - The button that tries again.
 *
 * @cssproperty [--aw-newsletter-accent=--aw-color-accent] - The button.
 * @cssproperty [--aw-newsletter-surface=text at 4 %] - Behind a card.
 *
 * @cssstate check-inbox - A message with a code is on its way.
 * @cssstate confirmed - The reader has subscribed.
 *
 * @event {{ lists: string[], state: 'check-inbox' | 'confirmed' }} aw-subscribe - The API has taken the address, or the code.
 */
export class NewsletterElement extends WidgetElement {
  static override readonly tag = 'aw-newsletter';
  static override readonly sources = [...WidgetElement.sources, 'list'];
  static override styles = [...widgetStyles, formStyles, styles];

  /** Ids of the newsletters to offer, with spaces between; all of the site's where it is empty. */
  @property() list = '';
  /** In the flow of the text, or on a ground of its own. */
  @property({ reflect: true }) variant: 'inline' | 'card' | 'popover' = 'inline';

  @state() private lists: NewsletterList[] = [];
  @state() private failure?: FormFailure | 'rateLimited';
  @state() private meant?: string;
  @state() private sending = false;
  /** Here once the API has taken an address. */
  @state() private inbox?: Inbox;
  #place?: Place;
  /** What was sent is judged; what is being typed for the first time is not. */
  #judged = false;

  protected override async load(signal: AbortSignal, again: boolean): Promise<boolean> {
    const place = (this.#place = placeOf(this, this.locale.declared));
    const { lists } = await place.part(parts.newsletter(), again);
    if (signal.aborted) return false;
    const ids = this.list.split(/[\s,]+/).filter(Boolean);
    this.lists = ids.length ? ids.flatMap((id) => lists.find((list) => list.id === id) ?? []) : lists;
    return !!this.lists.length;
  }

  protected override renderLoading(): unknown {
    return html`<div class="signup">
      <div class="block heading"></div>
      <div class="block promise"></div>
      <div class="above"></div>
      <div class="block box"></div>
      <div class="block consent"></div>
    </div>`;
  }

  protected override renderEmpty({ newsletter }: Catalogue): unknown {
    return html`<p class="notice" part="notice">${newsletter.empty}</p>`;
  }

  protected override renderReady(words: Catalogue): unknown {
    for (const step of ['check-inbox', 'confirmed']) this.setState(step, this.inbox?.state === step);
    // The form stays, out of sight, with what was typed into it.
    return html`<section class="signup" aria-labelledby=${this.inbox ? 'inbox' : 'heading'}>
      ${this.#renderForm(words.newsletter, words.common.rateLimited)} ${this.inbox?.render(words.common)}
    </section>`;
  }

  #renderForm(words: Catalogue['newsletter'], rateLimited: string): unknown {
    const { failure, lists } = this;
    const [list] = lists;
    const single = lists.length === 1;
    const aboutEmail = failure === 'emailMissing' || failure === 'emailInvalid';
    const aboutConsent = failure === 'consentMissing' || failure === 'listMissing';
    const says = (about: boolean, id: string) =>
      about
        ? html`<p class="failure" part="failure" id=${id}>
            ${failure === 'rateLimited' ? rateLimited : words[failure!]}
          </p>`
        : nothing;
    return html`<form novalidate ?hidden=${!!this.inbox} @submit=${this.#submit} @input=${this.#judge}>
      <h2 id="heading" part="heading">${single ? list!.name : words.heading}</h2>
      ${single ? html`<p class="promise" part="promise">${list!.description} <span class="muted">${list!.frequency}</span></p>` : nothing}
      <div class="above">
        <label for="email">${words.email}</label>
        ${
          this.meant
            ? html`<button type="button" class="meant" @click=${this.#accept}>
                ${words.didYouMean(this.meant.slice(this.meant.lastIndexOf('@')))}
              </button>`
            : nothing
        }
      </div>
      <div class="row">
        <input
          id="email"
          class="field"
          part="field"
          name="email"
          type="email"
          autocomplete="email"
          autocapitalize="off"
          spellcheck="false"
          maxlength="254"
          aria-invalid=${aboutEmail}
          aria-describedby="email-failure"
          @change=${this.#suggest}
        />
        <button class="button primary" part="submit" aria-disabled=${this.sending || nothing}>
          ${words.subscribe}
        </button>
      </div>
      ${says(aboutEmail, 'email-failure')}
      ${lists.map(
        ({ id, name, frequency, consent }) =>
          html`<label class="consent" part="consent"
            ><input
              type="checkbox"
              name="list"
              value=${id}
              aria-invalid=${aboutConsent}
              aria-describedby="consent-failure"
            /><span
              >${single ? nothing : html`<b>${name}</b> <span class="muted">${frequency}</span><br />`}${consent.text}</span
            ></label
          >`,
      )}
      ${says(aboutConsent, 'consent-failure')} ${says(!!failure && !aboutEmail && !aboutConsent, 'failure')}
      <div class="unseen" aria-hidden="true"><input name="website" tabindex="-1" autocomplete="off" /></div>
    </form>`;
  }

  get #form(): HTMLFormElement {
    return this.renderRoot.querySelector('form')!;
  }

  /** What the form holds, as the API wants it. */
  get #filled(): SubscribeBody {
    const data = new FormData(this.#form);
    const lists = data.getAll('list') as string[];
    const consent = this.lists.filter(({ id }) => lists.includes(id)).map((list) => list.consent.id);
    const email = (data.get('email') as string).trim();
    return { email, lists, consent, lang: this.#place?.lang || undefined, website: data.get('website') as string };
  }

  #judge = (): void => {
    if (this.#judged) this.failure = this.#flaw(this.#filled);
  };

  #flaw({ email, lists }: SubscribeBody): FormFailure | undefined {
    if (!email) return 'emailMissing';
    if (!address.test(email)) return 'emailInvalid';
    if (!lists.length) return this.lists.length > 1 ? 'listMissing' : 'consentMissing';
    return undefined;
  }

  #suggest = async ({ target }: Event): Promise<void> => {
    // A suggestion is a courtesy: without its code there is none.
    const { suggestion } = await import('./suggestion.js').catch(() => ({ suggestion: () => undefined }));
    this.meant = suggestion((target as HTMLInputElement).value.trim());
  };

  #accept = (): void => {
    const field = this.#form.querySelector<HTMLInputElement>('#email')!;
    field.value = this.meant!;
    this.meant = undefined;
    this.#judge();
    field.focus();
  };

  #submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    if (this.sending) return;
    const body = this.#filled;
    this.#judged = true;
    this.failure = this.#flaw(body);
    if (!this.failure) await this.#send(body);
    if (!this.failure) return;
    await this.updateComplete;
    this.#form.querySelector<HTMLElement>('[aria-invalid=true]')?.focus();
    this.announce(this.renderRoot.querySelector('.failure')?.textContent ?? '');
  };

  async #reopen(): Promise<void> {
    this.inbox = undefined;
    await this.updateComplete;
    this.#form.querySelector<HTMLElement>('#email')!.focus();
  }

  async #send(body: SubscribeBody): Promise<void> {
    this.sending = true;
    try {
      const place = this.#place!;
      const [{ Inbox }, words, { state }] = await Promise.all([
        import('./inbox.js'),
        inboxWords(this.locale.lang),
        place.site.call<Subscribed>('subscriptions', { method: 'POST', body }),
      ]);
      const names = this.lists.filter(({ id }) => body.lists.includes(id)).map(({ name }) => name);
      const { lists } = body;
      const told = (state: SubscribeDetail['state']) => void this.dispatchEvent(new SubscribeEvent({ lists, state }));
      this.inbox = new Inbox({ widget: this, place, words, body, names, told, back: () => void this.#reopen() });
      told(state);
      await this.inbox.focus();
    } catch (error) {
      this.failure = failureOf(error);
    } finally {
      this.sending = false;
    }
  }
}

function inboxWords(lang: string): Promise<InboxCatalogue> {
  return lang === 'vi'
    ? import('../../locales/vi-inbox.js').then(({ viInbox }) => viInbox)
    : import('../../locales/en-inbox.js').then(({ enInbox }) => enInbox);
}

function failureOf(error: unknown): NewsletterElement['failure'] {
  switch (error instanceof ApiError && error.code) {
    case 'email-invalid':
      return 'emailInvalid';
    case 'rate-limited':
      return 'rateLimited';
    case 'mail-off':
      return 'mailOff';
  }
  return 'notSent';
}

declare global {
  interface HTMLElementTagNameMap {
    'aw-newsletter': NewsletterElement;
  }
}
