import { html } from 'lit/html.js';
import { state } from '../../base/property.js';
import { css } from '../../base/style-sheets.js';
import { widgetStyles } from '../../base/styles.js';
import { WidgetElement } from '../../base/widget-element.js';
import { type Place, placeOf } from '../../client/index.js';
import type { Catalogue } from '../../locales/catalogue.js';
import { CountRequests } from './count-requests.js';

const requests = new WeakMap<Place['site'], CountRequests>();

/**
 * @summary How many comments a story has, for a page that lists many.
 * @tag aw-comment-count
 *
 * @slot - Shown before the number is there and when the API cannot be reached.
 *
 * @csspart base - The whole widget.
 * @csspart count - The number.
 */
export class CommentCountElement extends WidgetElement {
  static override readonly tag = 'aw-comment-count';
  static override styles = [
    ...widgetStyles,
    css`
      :host,
      .base {
        display: inline !important;
        container: none;
        white-space: nowrap;
      }
      .base::before {
        content: none;
      }
      [part='count'] {
        font-variant-numeric: tabular-nums;
      }
    `,
  ];

  @state() private comments = 0;

  protected override async load(signal: AbortSignal): Promise<boolean> {
    const { site, story } = placeOf(this, this.locale.declared);
    if (!requests.has(site)) requests.set(site, new CountRequests(site));
    const { comments } = await requests.get(site)!.ask(story);
    if (!signal.aborted) this.comments = comments;
    return true;
  }

  protected override renderLoading(): unknown {
    return html`<slot></slot>`;
  }

  /** A list of a hundred stories has no room for a hundred sentences of failure. */
  protected override renderFailure(): unknown {
    return html`<slot></slot>`;
  }

  protected override renderReady({ commentCount }: Catalogue): unknown {
    const { comments, locale } = this;
    return html`<span part="count" aria-hidden="true">${locale.compact(comments)}</span
      ><span class="unseen">${commentCount.count(comments, locale.number(comments))}</span>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'aw-comment-count': CommentCountElement;
  }
}
