import { html, nothing } from 'lit';

/**
 * Renders a text of the newsroom in its own direction.
 *
 * @param lang of the text, where it is not that of the page
 */
export function renderNewsroomText(text: string, lang: string | undefined): unknown {
  return html`<span lang=${lang ?? nothing} dir="auto">${text}</span>`;
}
