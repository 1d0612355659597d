import { html, type nothing } from 'lit';

interface HeadingOptions {
  /** Class and part. */
  readonly name?: string;
  /** The name by default. */
  readonly id?: string | typeof nothing;
}

/**
 * Renders a heading that can take the focus.
 *
 * @param level from 1 to 6, else 2; `none` hides the heading, which still names the section that refers to it
 */
export function renderHeading(
  level: string | number,
  content: unknown,
  { name = 'heading', id = name }: HeadingOptions = {},
): unknown {
  switch (`${level}`) {
    case 'none':
      return html`<span id=${id} hidden>${content}</span>`;
    case '1':
      return html`<h1 id=${id} class=${name} part=${name} tabindex="-1">${content}</h1>`;
    case '3':
      return html`<h3 id=${id} class=${name} part=${name} tabindex="-1">${content}</h3>`;
    case '4':
      return html`<h4 id=${id} class=${name} part=${name} tabindex="-1">${content}</h4>`;
    case '5':
      return html`<h5 id=${id} class=${name} part=${name} tabindex="-1">${content}</h5>`;
    case '6':
      return html`<h6 id=${id} class=${name} part=${name} tabindex="-1">${content}</h6>`;
    default:
      return html`<h2 id=${id} class=${name} part=${name} tabindex="-1">${content}</h2>`;
  }
}
