import type { Context } from 'hono';
import { html } from 'hono/html';
import type { Html } from '../../http/html-page.js';
import type { StoredNewsletter } from '../domain/lists.js';

/** Renders the site's name above the title. */
export function masthead(siteName: string): Html {
  return html`<p class="masthead">${siteName}</p>`;
}

export function listNames(lists: readonly string[]): Html {
  return html`<ul>
    ${lists.map((name) => html`<li><strong>${name}</strong></li>`)}
  </ul>`;
}

export function hiddenField(name: string, value: string): Html {
  return html`<input type="hidden" name="${name}" value="${value}" />`;
}

/** Renders a checkbox for a newsletter, with its description and consent text. */
export function consentChoice(
  { id, name, description, frequency, consent }: StoredNewsletter,
  translate: (words: Readonly<Record<string, string>>) => string,
  { checked }: { checked: boolean },
): Html {
  const box = checked
    ? html`<input type="checkbox" name="list" value="${id}" aria-describedby="about-${id}" checked />`
    : html`<input type="checkbox" name="list" value="${id}" aria-describedby="about-${id}" />`;
  return html`<div class="choice">
    <label>${box} <strong>${translate(name)}</strong> <span class="muted">${translate(frequency)}</span></label>
    <div id="about-${id}">
      <p>${translate(description)}</p>
      <p class="muted">${translate(consent.text)}</p>
    </div>
    ${hiddenField('consent', consent.id)}
  </div>`;
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
