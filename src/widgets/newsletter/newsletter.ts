import { type CSSResultGroup, html, nothing } from 'lit';
import { property, state } from 'lit/decorators.js';
import { errorSentence } from '../../base/error-sentence.js';
import { formStyles } from '../../base/styles/form.js';
import { widgetStyles } from '../../base/styles/widget.js';
import { dispatchSubmits } from '../../base/submit.js';
import { WidgetElement } from '../../base/widget-element.js';
import { ApiError, canonicalUrl, pageSettled, parts, type StoryClient, storyClientFor } from '../../client/index.js';
import type { NewsletterList, SubscribeBody, Subscribed } from '../../contract/types.js';
import type { Catalogue } from '../../locales/registry.js';
import type { ConfirmStep } from './confirm-step.js';
import { domainOf, suggestEmail } from './email-suggestion.js';
import { type SubscribeDetail, SubscribeEvent } from './events.js';
import { renderListText } from './list-texts.js';
import { reserve } from './reserve.js';
import { type Failures, renderSignupForm } from './signup-form.js';
import type { SignupPopover } from './signup-popover.js';
import { styles } from './newsletter.styles.js';

/** What nobody sees or types, as copied from chats. Joiners are part of words in some languages. */
const invisible = /(?!\p{Join_Control})\p{Default_Ignorable_Code_Point}/gu;
/** Finds incomplete addresses. Only the API decides whether an address is valid. */
const addressPattern = /^\S+@[^\s@]+\.[^\s@]{2,}$/;

const loadConfirmStep = () => import('./confirm-step.js');

/**
 * @summary Signup for one or more newsletters, confirmed by a code without leaving the page.
 * @tag aw-newsletter
 *
 * @slot - Fallback content, shown until the data has loaded and when the API cannot be reached: a plain form works well.
 *
 * @csspart base - The root element of the widget.
 * @csspart heading - The heading of the form or of the confirmation.
 * @csspart promise - The description and frequency, and the text of the confirmation.
 * @csspart field - The field of the address, and of the code.
 * @csspart issue - The link to the last issue.
 * @csspart submit - The submit button.
 * @csspart consent - A label with its checkbox.
 * @csspart failure - The text of a failed validation or request.
 * @csspart open - The button that opens the variant `popover`.
 * @csspart popover - What that button opens.
 * @csspart notice - The text of a failure to load, or of an empty widget.
 * @csspart retry - The button that loads again after a failure.
 *
 * @cssproperty [--aw-newsletter-accent=--aw-color-accent] - Background of the submit button.
 * @cssproperty [--aw-newsletter-surface=text at 4 %] - Background of the variant `card`.
 *
 * @cssstate check-inbox - A message with a code is on its way.
 * @cssstate confirmed - The reader has subscribed.
 *
 * @event {{ lists: string[], state: 'check-inbox' | 'confirmed' }} aw-subscribe - The API has taken the address, or has confirmed the code.
 */
export class NewsletterElement extends WidgetElement {
  static override readonly tag: string = 'aw-newsletter';
  /** Not the story: newsletters are those of the site, and what the reader has typed stays. */
  static override readonly loadProperties = ['site', 'api', 'list'];
  static override styles: CSSResultGroup = [widgetStyles, reserve, formStyles, styles];

  /** Ids of the newsletters to offer, separated by spaces; all of the site's where it is empty. */
  @property({ useDefault: true }) list = '';
  /** Between two rules in the flow of the text, on a background of its own, or behind a button. */
  @property({ reflect: true, useDefault: true }) variant: 'inline' | 'card' | 'popover' = 'inline';

  /** Percentage of the page after which the variant `popover` opens by itself, once; 0 for never. */
  @property({ type: Number, attribute: 'open-at', useDefault: true }) openAt = 0;

  @state() private lists: NewsletterList[] = [];
  @state() private failures: Failures = {};
  @state() private suggestion?: string | undefined;
  @state() private sending = false;
  /** Set once the API has taken an address. */
  @state() private confirmStep?: ConfirmStep | undefined;
  #client?: StoryClient;
  #popover?: SignupPopover;
  /** Input is validated from the first submit on. */
  #submitted = false;

  constructor() {
    super();
    dispatchSubmits(this);
  }

  protected override async load(signal: AbortSignal, again: boolean): Promise<boolean> {
    await pageSettled();
    const client = (this.#client = storyClientFor(this, this.locale.requested));
    const { lists } = await client.part(parts.newsletter(), again);
    if (signal.aborted) return false;
    this.locale.follow(this.#client.site.page.lang);
    const ids = this.list.split(/[\s,]+/).filter(Boolean);
    this.lists = ids.length
      ? ids.flatMap((id) => lists.find((list) => list.id === id) ?? this.#warnUnknown(id))
      : lists;
    if (this.variant === 'popover') await this.#loadPopover(client);
    return this.lists.length > 0;
  }

  async #loadPopover({ site }: StoryClient): Promise<void> {
    const { SignupPopover } = await import('./signup-popover.js');
    this.#popover ??= new SignupPopover(this, site);
  }

  /** Names the command that makes the newsletter. */
  #warnUnknown(id: string): [] {
    const site = this.#client!.site.root.split('/').at(-2);
    const command = `npx afterword newsletters add ${id} --site ${site} --name … --description … --frequency … --consent …`;
    this.warn({
      code: 'newsletter-not-found',
      message: `The site "${site}" has no newsletter "${id}". Add it: ${command}`,
    });
    return [];
  }

  protected override renderLoading(): unknown {
    if (this.variant === 'popover') return html`<div class="block open"></div>`;
    return html`<div class="signup">
      <div class="block heading"></div>
      <div class="block promise"></div>
      <div class="block consent"></div>
      <div class="block box"></div>
    </div>`;
  }

  protected override renderEmpty({ newsletter }: Catalogue): unknown {
    return html`<p class="notice" part="notice">${newsletter.empty}</p>`;
  }

  protected override renderReady(words: Catalogue): unknown {
    for (const step of ['check-inbox', 'confirmed']) this.setState(step, this.confirmStep?.state === step);
    const popover = this.variant === 'popover' ? this.#popover : undefined;
    const headingId = this.confirmStep ? 'confirm-heading' : 'heading';
    const section = html`<section class="signup" aria-labelledby=${popover ? nothing : headingId}>
      ${this.#renderForm(words)} ${this.confirmStep?.render(words)}
    </section>`;
    return popover?.render(words.newsletter, section, headingId) ?? section;
  }

  /** Draws the form; during the confirmation it stays hidden and keeps its values. */
  #renderForm(catalogue: Catalogue): unknown {
    const { lists, failures, suggestion, sending, headingLevel } = this;
    const isHidden = !!this.confirmStep;
    const siteLang = this.locale.textLang;
    return renderSignupForm(
      { lists, failures, suggestion, isSending: sending, isHidden, headingLevel, siteLang },
      {
        onFocus: this.#preload,
        onSubmit: this.#onSubmit,
        onInput: this.#validate,
        onEmailChange: this.#onEmailChange,
        onSuggestion: this.#acceptSuggestion,
      },
      catalogue,
    );
  }

  get #form(): HTMLFormElement {
    return this.renderRoot.querySelector('form')!;
  }

  /** The values of the form as a request. */
  get #body(): SubscribeBody {
    const data = new FormData(this.#form);
    const lists = data.getAll('list') as string[];
    const consent = this.lists.filter(({ id }) => lists.includes(id)).map((list) => list.consent.id);
    const email = toAddress(data.get('email') as string);
    const page = canonicalUrl() ?? location.origin + location.pathname;
    return { email, lists, consent, lang: this.#client?.lang || undefined, page, topic: data.get('topic') as string };
  }

  /** Loads the code of the next step while the reader fills in the form. */
  #preload = (): void => void loadConfirmStep().catch(() => undefined);

  #validate = (): void => {
    if (this.#submitted) this.failures = this.#failuresOf(this.#body);
  };

  #failuresOf({ email, lists }: SubscribeBody): Failures {
    const failures: Failures = {};
    if (!email) failures.email = ({ newsletter }) => newsletter.emailMissing;
    else if (!addressPattern.test(email)) failures.email = ({ errors }) => errors['email-invalid'];
    const missing = this.lists.length > 1 ? 'listMissing' : 'consentMissing';
    if (!lists.length) failures.consent = ({ newsletter }) => newsletter[missing];
    return failures;
  }

  #onEmailChange = ({ target }: Event): void => {
    this.suggestion = suggestEmail(toAddress((target as HTMLInputElement).value));
    if (this.suggestion) this.announce(this.locale.words!.newsletter.didYouMean(domainOf(this.suggestion)));
  };

  #acceptSuggestion = (): void => {
    const field = this.#form.querySelector<HTMLInputElement>('#email')!;
    field.value = this.suggestion!;
    this.suggestion = undefined;
    this.#validate();
    field.focus();
  };

  #onSubmit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    if (this.sending) return;
    const body = this.#body;
    this.#submitted = true;
    this.failures = this.#failuresOf(body);
    if (!Object.keys(this.failures).length) await this.#subscribe(body);
    await this.updateComplete;
    const failure = this.#form.querySelector('.failure');
    if (!failure) return;
    this.#form.querySelector<HTMLElement>('[aria-invalid=true]')?.focus();
    this.announce(failure.textContent);
  };

  async #subscribe(body: SubscribeBody): Promise<void> {
    this.sending = true;
    try {
      const client = this.#client!;
      // Loaded before the request: a failure after it would report a signup that was sent as not sent.
      const { ConfirmStep } = await loadConfirmStep();
      const { state } = await client.site.request<Subscribed>('subscriptions', {
        method: 'POST',
        body,
        expects: 'state',
      });
      const { lists } = body;
      const report = (state: SubscribeDetail['state']) => void this.dispatchEvent(new SubscribeEvent({ lists, state }));
      this.confirmStep = new ConfirmStep(this, {
        client,
        body,
        names: this.lists
          .filter(({ id }) => lists.includes(id))
          .map((list) => renderListText(list, 'name', this.locale.textLang)),
        onConfirmed: () => {
          report('confirmed');
          this.#popover?.stopOpening();
        },
        onBack: () => void this.#returnToForm(),
      });
      report(state);
      await this.confirmStep.focus();
    } catch (error) {
      const code = error instanceof ApiError ? error.code : '';
      if (code === 'consent-missing') return await this.#askAgain();
      const field = code.startsWith('email-') ? 'email' : 'form';
      this.failures = { [field]: (words: Catalogue) => errorSentence(error, words, words.newsletter.notSent) };
    } finally {
      this.sending = false;
    }
  }

  /** Shows the consent texts that have changed while the page was open, and asks for consent to them. */
  async #askAgain(): Promise<void> {
    await this.refresh();
    await this.updateComplete;
    for (const box of this.#form.querySelectorAll<HTMLInputElement>('.consent input')) box.checked = false;
    this.failures = { consent: ({ newsletter }) => newsletter.consentMissing };
  }

  async #returnToForm(): Promise<void> {
    this.confirmStep = undefined;
    await this.updateComplete;
    this.#form.querySelector<HTMLElement>('#email')!.focus();
  }
}

function toAddress(typed: string): string {
  return typed.replace(invisible, '').trim();
}

declare global {
  interface HTMLElementTagNameMap {
    'aw-newsletter': NewsletterElement;
  }
}
