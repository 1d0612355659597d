import { html, nothing } from 'lit';
import type { Comment } from '../../../contract/types.js';
import type { ThreadContext } from '../thread-context.js';
import { renderComment } from '../view/comment.js';

/** Browsers forgive a layout shift within 500 ms of an act, less the time to render. */
const forgivenShiftMs = 400;
/** Events of such an act. */
const acts = ['click', 'keydown'];
/** Height of a comment without its text and of the collapsed composer above it; indent and measure of its text; padding of the field. */
const frameSize = { px: 80, em: 3, indentPx: 44, measureEm: 30, fieldPaddingPx: 24 };

/**
 * A comment that the API saves late. Its form shows it in place of the fields until the reader's next act, because
 * moving it into its list at once would shift the layout.
 */
export class LateComment {
  readonly #context: ThreadContext;
  readonly #form: () => HTMLFormElement | null;
  #comment?: Comment | undefined;
  #actedAt = 0;

  constructor(context: ThreadContext, form: () => HTMLFormElement | null) {
    this.#context = context;
    this.#form = form;
  }

  get isShown(): boolean {
    return !!this.#comment;
  }

  /** Reserves the height of the comment that may take the place of the fields. */
  reserve(field: HTMLTextAreaElement): void {
    this.#actedAt = performance.now();
    const form = this.#form()!;
    const emPx = parseFloat(getComputedStyle(form).fontSize);
    // A comment's lines are shorter than those of the field.
    const fieldLinePx = field.clientWidth - frameSize.fieldPaddingPx;
    const lineShare = Math.min(
      (form.clientWidth - frameSize.indentPx) / fieldLinePx,
      (frameSize.measureEm * emPx) / fieldLinePx,
      1,
    );
    const { offsetHeight } = form;
    Object.assign(field.style, { minHeight: 0, height: 0 });
    const textHeightPx = field.scrollHeight / lineShare;
    Object.assign(field.style, { minHeight: '', height: '' });
    form.style.minBlockSize = `${Math.max(textHeightPx + frameSize.px + frameSize.em * emPx, offsetHeight)}px`;
  }

  /** Releases the reserved height. */
  release(): void {
    this.#form()?.style.removeProperty('min-block-size');
  }

  /** Shows a saved comment where it is late; otherwise releases the reserved height. */
  showIfLate(comment: Comment): void {
    const isLate = performance.now() - this.#actedAt > forgivenShiftMs;
    if (!isLate) return this.release();
    const context = this.#context;
    const ended = new AbortController();
    this.#comment = comment;
    context.sentId = comment.id;
    const handleAct = () => {
      ended.abort();
      this.release();
      this.#comment = context.sentId = undefined;
      context.host.requestUpdate();
    };
    for (const type of acts) addEventListener(type, handleAct, { capture: true, signal: ended.signal });
  }

  render(depth: number): unknown {
    if (!this.#comment) return nothing;
    return html`<ul class=${depth ? 'replies' : ''} role="list">
      <li class="comment" role="listitem">${renderComment(this.#comment, depth, this.#context)}</li>
    </ul>`;
  }
}
