import { html } from 'hono/html';
import type { Html } from '../http/html-page.js';
import type { StoredNewsletter } from './lists.js';

/** Whose page it is, above its title. */
export function masthead(siteName: string): Html {
  return html`<p class="masthead">${siteName}</p>`;
}

export function names(lists: readonly string[]): Html {
  return html`<ul>
    ${lists.map((name) => html`<li><strong>${name}</strong></li>`)}
  </ul>`;
}

export function hidden(name: string, value: string): Html {
  return html`<input type="hidden" name="${name}" value="${value}" />`;
}

/** A newsletter that can be ticked, and what ticking it means. */
export function consentChoice(
  { id, name, description, frequency, consent }: StoredNewsletter,
  say: (words: Readonly<Record<string, string>>) => string,
  { checked }: { checked: boolean },
): Html {
  const box = checked
    ? html`<input type="checkbox" name="list" value="${id}" aria-describedby="about-${id}" checked />`
    : html`<input type="checkbox" name="list" value="${id}" aria-describedby="about-${id}" />`;
  return html`<div class="choice">
    <label>${box} <strong>${say(name)}</strong> <span class="muted">${say(frequency)}</span></label>
    <div id="about-${id}">
      <p>${say(description)}</p>
      <p class="muted">${say(consent.text)}</p>
    </div>
    ${hidden('consent', consent.id)}
  </div>`;
}
