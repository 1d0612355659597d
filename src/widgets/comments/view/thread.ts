import { html, noChange, nothing } from 'lit';
import { live } from 'lit/directives/live.js';
import { date, dayMs } from '../../../base/dates.js';
import { renderHeading } from '../../../base/heading.js';
import { type Sort, sorts } from '../../../client/index.js';
import type { ThreadContext } from '../thread-context.js';
import { renderFailure } from './comment.js';

/** The closing time of a thread is shown when it is this near. */
const closingNoticeMs = 7 * dayMs;

interface ThreadViewOptions {
  /** The comments are collapsed behind a button. */
  readonly collapsed: boolean;
  readonly sort: Sort;
  /** Handles the buttons with `data-navigate`, of `ThreadNavigation`, and with `data-action`, of `CommentActions`. */
  readonly handleClick: (event: Event) => void;
  readonly handleShow: () => void;
  readonly handleSort: (event: Event) => void;
  readonly handleComposerEvent: (event: Event) => void;
}

/** Renders the skeleton of a thread. */
export function renderSkeleton(): unknown {
  const comment = html`<div class="comment blocks"><span class="block"></span><span class="block"></span></div>`;
  return html`<div class="thread" aria-hidden="true">
    <div class="head"><span class="block"></span></div>
    <div class="composer"><span class="block line"></span></div>
    ${comment} ${comment}
  </div>`;
}

/** Renders a thread around its list of comments. */
export function renderThread(context: ThreadContext, list: unknown, options: ThreadViewOptions): unknown {
  const { settings, total, prevCursor, nextCursor, roots } = context.thread;
  const { locale, navigation, host } = context;
  const words = context.words.comments;
  const { collapsed } = options;
  return html`<section class="thread" aria-labelledby="heading" @click=${options.handleClick}>
    <div class="head">
      ${renderHeading(
        host.headingLevel,
        html`${words.heading} ${total ? html`<span class="muted">(${locale.number(total)})</span>` : nothing}`,
      )}
      ${collapsed ? nothing : navigation?.renderSkipLink()}
      ${total > 1 && !collapsed ? renderSort(context, options) : nothing}
    </div>
    ${
      settings.question &&
      html`<p class="question" part="question">
        <span>${words.question}</span> <bdi lang=${locale.textLang ?? nothing}>${settings.question}</bdi>
      </p>`
    }
    ${
      settings.state === 'open' || context.actions?.isWriting
        ? renderComposer(context, options)
        : html`<p class="notice shut" part="notice">${settings.state === 'closed' ? words.closed : words.readOnly}</p>`
    }
    ${renderClosingTime(context)} ${navigation?.renderNewButton()}
    ${
      collapsed
        ? html`<button class="all" part="more" @click=${options.handleShow}>
            ${words.show(total, locale.number(total))}
          </button>`
        : nothing
    }
    ${collapsed || prevCursor === null ? nothing : renderMore('previous', words.previous)}
    ${renderFailure('previous', context)} ${list}
    ${roots.length || settings.state !== 'open' ? nothing : html`<p class="first muted">${words.first}</p>`}
    ${!collapsed && nextCursor !== null ? renderMore('more', words.more) : nothing} ${renderFailure('thread', context)}
    ${navigation?.renderEnd()}
  </section>`;
}

function renderSort({ words: { comments: words } }: ThreadContext, { sort, handleSort }: ThreadViewOptions): unknown {
  return html`<select class="sort" part="sort" aria-label=${words.sort} @change=${handleSort}>
    ${sorts.map((value) => html`<option value=${value} ?selected=${value === sort}>${words.sorts[value]}</option>`)}
  </select>`;
}

/** Renders the field of the root composer; the rest of the form comes with its chunk. */
function renderComposer(context: ThreadContext, { handleComposerEvent }: ThreadViewOptions): unknown {
  const { actions } = context;
  const words = context.words.comments;
  return html`<form
    class=${`composer ${actions?.isWriting ? 'open' : ''}`}
    part="composer"
    data-key=""
    @input=${handleComposerEvent}
    @keydown=${handleComposerEvent}
    @submit=${handleComposerEvent}
  >
    <textarea
      class="line"
      rows="1"
      dir="auto"
      aria-label=${words.text}
      placeholder=${words.write}
      aria-invalid=${actions?.isTextInvalid ?? nothing}
      aria-describedby=${actions?.descriptionIds ?? nothing}
      .value=${actions ? live(actions.text) : noChange}
      @focus=${handleComposerEvent}
      @click=${handleComposerEvent}
    ></textarea>
    ${actions?.renderRootComposer()} ${renderFailure('composer', context)}
  </form>`;
}

function renderMore(name: string, label: string): unknown {
  return html`<button id=${name} class="all" part="more" data-navigate=${name}>${label}</button>`;
}

/** Renders when a thread closes, if that is soon. */
function renderClosingTime({ thread, locale, words }: ThreadContext): unknown {
  const { state, closesAt } = thread.settings;
  const remainingMs = closesAt ? Date.parse(closesAt) - Date.now() : 0;
  if (state !== 'open' || remainingMs <= 0 || remainingMs > closingNoticeMs) return nothing;
  const when = date(locale, closesAt!, { dateStyle: 'long', timeStyle: 'short' });
  return html`<p class="closing muted">${words.comments.closes(when)}</p>`;
}
