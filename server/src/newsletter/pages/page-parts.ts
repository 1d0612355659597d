import type { Context } from 'hono';
import { html } from 'hono/html';
import type { Html } from '../../http/html-page.js';
import { translate, type LocalizedText } from '../../text.js';
import type { StoredNewsletter } from '../domain/lists.js';

/** Renders the site's name above the title. */
export function masthead(siteName: string): Html {
  return html`<p class="masthead">${siteName}</p>`;
}

/** A text of the newsroom with its language, which may be another than the page's. */
export interface NewsroomText {
  readonly text: string;
  readonly lang: string;
}

/** Returns the text in the language of a page, as far as it is translated. */
export function newsroomText(texts: LocalizedText, lang: string, siteLang: string): NewsroomText {
  return { lang, ...translate(texts, lang, siteLang) };
}

export function listNames(names: readonly NewsroomText[]): Html {
  return html`<ul>
    ${names.map(({ text, lang }) => html`<li><strong lang="${lang}">${text}</strong></li>`)}
  </ul>`;
}

export function hiddenField(name: string, value: string): Html {
  return html`<input type="hidden" name="${name}" value="${value}" />`;
}

/** Renders a checkbox for a newsletter, with its description and consent text. */
export function consentChoice(
  { id, name, description, frequency, consent }: StoredNewsletter,
  translate: (texts: LocalizedText) => NewsroomText,
  { checked, invalid = false, focused = false }: { checked: boolean; invalid?: boolean; focused?: boolean },
): Html {
  const [title, pace, about, agreed] = [
    translate(name),
    translate(frequency),
    translate(description),
    translate(consent.text),
  ];
  return html`<div class="choice">
    <label
      ><input
        type="checkbox"
        name="list"
        value="${id}"
        aria-describedby="about-${id}${invalid ? ' problem' : ''}"
        aria-invalid="${String(invalid)}"
        ${checked ? 'checked' : ''}
        ${focused ? 'autofocus' : ''}
      />
      <strong lang="${title.lang}">${title.text}</strong>
      <span class="muted" lang="${pace.lang}">${pace.text}</span></label
    >
    <div id="about-${id}">
      <p lang="${about.lang}">${about.text}</p>
      <p class="muted" lang="${agreed.lang}">${agreed.text}</p>
    </div>
    ${hiddenField('consent', consent.id)}
  </div>`;
}

/** Renders the field of a code from a mail, whose failure is described by the element `problem`. */
export function codeField(label: string, { invalid, focused }: { invalid: boolean; focused: boolean }): Html {
  return html`<label for="code">${label}</label>
    <input
      type="text"
      id="code"
      name="code"
      class="code"
      dir="ltr"
      inputmode="numeric"
      autocomplete="one-time-code"
      required
      aria-invalid="${String(invalid)}"
      aria-describedby="problem"
      ${focused ? 'autofocus' : ''}
    />`;
}

/** Submitted form, URL-encoded or multipart. */
export interface Form {
  /** Returns the first value of a field, or an empty string. */
  text(field: string): string;
  all(field: string): string[];
}

/** Parses the request body as a form. An invalid body gives an empty form. */
export async function readForm(c: Context): Promise<Form> {
  const fields = await c.req.formData().catch(() => new FormData());
  const all = (field: string) => fields.getAll(field).filter((value) => typeof value === 'string');
  return { all, text: (field) => all(field)[0] ?? '' };
}
