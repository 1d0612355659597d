import { css, type CSSResultGroup, html } from 'lit';
import { state } from 'lit/decorators.js';
import { widgetStyles } from '../../base/styles/widget.js';
import { WidgetElement } from '../../base/widget-element.js';
import { followStory } from '../../client/index.js';
import { memoize } from '../../client/memoize.js';
import type { Site } from '../../client/site.js';
import type { Catalogue } from '../../locales/registry.js';
import { CountBatch } from './count-batch.js';

const batchOf = memoize((site: Site) => new CountBatch(site));

/**
 * @summary Number of comments of a story, for pages that list many stories.
 * @tag aw-comment-count
 *
 * @slot - Fallback content, shown until the number has loaded and when the API cannot be reached.
 *
 * @csspart base - The root element of the widget.
 * @csspart count - The number.
 */
export class CommentCountElement extends WidgetElement {
  static override readonly tag: string = 'aw-comment-count';
  static override readonly followsGround: boolean = false;
  static override styles: CSSResultGroup = [
    widgetStyles,
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
    const { site, story } = await followStory(this, this.locale.requested, signal);
    const { comments } = await batchOf(site).get(story);
    if (!signal.aborted) this.comments = comments;
    return true;
  }

  protected override renderLoading(): unknown {
    return html`<slot></slot>`;
  }

  /** Draws the fallback only: a list of a hundred stories has no room for a hundred sentences. */
  protected override renderFailure(): unknown {
    return html`<slot></slot>`;
  }

  protected override renderReady({ commentCount }: Catalogue): unknown {
    const { comments, locale } = this;
    return html`<span part="count" aria-hidden="true">${locale.compact(comments)}</span
      ><span class="visually-hidden">${commentCount.count(comments, locale.number(comments))}</span>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'aw-comment-count': CommentCountElement;
  }
}
