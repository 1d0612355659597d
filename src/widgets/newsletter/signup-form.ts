import { html, nothing } from 'lit';
import { renderHeading } from '../../base/heading.js';
import type { NewsletterList } from '../../contract/types.js';
import type { Catalogue } from '../../locales/registry.js';
import { domainOf } from './email-suggestion.js';
import { type ListField, renderIssue, renderListText } from './list-texts.js';

/** What a failed validation or request is shown at; `form` is below it. */
export type Field = 'consent' | 'email' | 'form';
export type Failures = Partial<Record<Field, (words: Catalogue) => string>>;

/** What the form of a signup shows. */
export interface FormState {
  readonly lists: readonly NewsletterList[];
  readonly failures: Failures;
  /** The address that the reader may have meant. */
  readonly suggestion: string | undefined;
  readonly isSending: boolean;
  readonly isHidden: boolean;
  readonly headingLevel: string | number;
  /** Language of the site's texts, where it is not that of the page. */
  readonly siteLang: string | undefined;
}

export interface FormHandlers {
  readonly onFocus: () => void;
  readonly onSubmit: (event: SubmitEvent) => void;
  readonly onInput: () => void;
  readonly onEmailChange: (event: Event) => void;
  readonly onSuggestion: () => void;
}

/** Renders the form: what is sent, the consent, the address, and failures at their fields. */
export function renderSignupForm(state: FormState, handlers: FormHandlers, catalogue: Catalogue): unknown {
  const words = catalogue.newsletter;
  const { lists, suggestion } = state;
  const [list] = lists;
  const single = lists.length === 1;
  const textOf = (list: NewsletterList, field: ListField) => renderListText(list, field, state.siteLang);
  return html`<form
    novalidate
    ?hidden=${state.isHidden}
    @focusin=${handlers.onFocus}
    @submit=${handlers.onSubmit}
    @input=${handlers.onInput}
  >
    ${renderHeading(state.headingLevel, single ? textOf(list!, 'name') : words.heading)}
    ${
      single
        ? html`<p class="promise" part="promise">
              ${textOf(list!, 'description')}
              <span class="muted">${textOf(list!, 'frequency')}</span>
              ${renderIssue(list!, words.latestIssue)}
            </p>
            ${renderConsent(list!, state, words)}`
        : html`<fieldset>
            <legend class="visually-hidden">${words.lists}</legend>
            ${lists.map((each) => renderConsent(each, state, words, true))}
          </fieldset>`
    }
    ${renderFailure('consent', state, catalogue)}
    <div class="entry">
      <label for="email">${words.email}</label>
      <input
        id="email"
        class="field"
        part="field"
        name="email"
        type="email"
        dir="ltr"
        required
        autocomplete="email"
        autocapitalize="off"
        spellcheck="false"
        aria-invalid=${!!state.failures.email}
        aria-describedby=${failureId('email', state)}
        @change=${handlers.onEmailChange}
      />
      ${renderFailure('email', state, catalogue)}
      ${
        suggestion
          ? html`<button type="button" class="suggestion" @click=${handlers.onSuggestion}>
              ${words.didYouMean(domainOf(suggestion))}
            </button>`
          : nothing
      }
      <button class="button primary" part="submit" aria-disabled=${state.isSending || nothing}>
        ${words.subscribe}
      </button>
    </div>
    ${renderFailure('form', state, catalogue)}
    <label class="visually-hidden" aria-hidden="true"
      >${words.leaveEmpty}<input
        name="topic"
        tabindex="-1"
        autocomplete="off"
        data-1p-ignore
        data-bwignore
        data-form-type="other"
        data-lpignore="true"
    /></label>
  </form>`;
}

/** @param isOne of several, which need their names */
function renderConsent(list: NewsletterList, state: FormState, words: Catalogue['newsletter'], isOne = false): unknown {
  const textOf = (list: NewsletterList, field: ListField) => renderListText(list, field, state.siteLang);
  return html`<label class="consent" part="consent"
    ><input
      type="checkbox"
      name="list"
      value=${list.id}
      ?required=${!isOne}
      aria-invalid=${!!state.failures.consent}
      aria-describedby=${failureId('consent', state)}
    /><span
      >${
        isOne
          ? html`<b>${textOf(list, 'name')}</b> <span class="muted">${textOf(list, 'frequency')}</span><br />`
          : nothing
      }${textOf(list, 'consent')}
      ${isOne ? renderIssue(list, words.latestIssue) : nothing}</span
    ></label
  >`;
}

function renderFailure(field: Field, { failures }: FormState, catalogue: Catalogue): unknown {
  const sentence = failures[field];
  return sentence
    ? html`<p class="failure" part="failure" id=${`${field}-failure`}>${sentence(catalogue)}</p>`
    : nothing;
}

function failureId(field: Field, { failures }: FormState): unknown {
  return failures[field] ? `${field}-failure` : nothing;
}
