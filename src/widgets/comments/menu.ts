import { html, nothing } from 'lit/html.js';
import { relativeTime } from '../../base/times.js';
import type { ApiError } from '../../client/index.js';
import type { Comment, CommentHistory } from '../../contract/types.js';
import { renderNodes } from './nodes.js';
import type { Participation } from './participation.js';
import { addressOf } from './permalinks.js';

type Panel = 'menu' | 'report' | 'history' | 'thanks';
const reasons = ['spam', 'abuse', 'hate', 'off-topic', 'personal-data', 'illegal', 'other'] as const;

/** What else can be done with a comment: it opens below it, one at a time. */
export class Menu {
  /** The comment it is open at. */
  openAt?: string | undefined;
  #panel: Panel = 'menu';
  /** What the reader had selected when it opened. */
  #selected = '';
  #history?: CommentHistory | undefined;
  #failure?: string | undefined;
  #busy = false;
  readonly #owner: Participation;

  constructor(owner: Participation) {
    this.#owner = owner;
  }

  render(comment: Comment): unknown {
    if (this.openAt !== comment.id) return nothing;
    const panels: Record<Panel, () => unknown> = {
      menu: () => this.#renderMenu(comment),
      report: () => this.#renderReport(comment),
      history: () => this.#renderHistory(comment),
      thanks: () => html`<p class="held" tabindex="-1">${this.#owner.writing.report.thanks}</p>`,
    };
    return html`<div class="panel" data-panel="" @keydown=${this.#escape}>
      ${panels[this.#panel]()}${this.#failure ? html`<p class="failure" part="notice">${this.#failure}</p>` : nothing}
    </div>`;
  }

  /** Opens at a comment, or closes where it is open. */
  async toggle({ id }: Comment): Promise<void> {
    if (this.openAt === id) return this.close();
    this.#selected = this.#selectionIn(id);
    this.openAt = id;
    await this.#show('menu');
  }

  async close(): Promise<void> {
    const id = this.openAt;
    this.openAt = undefined;
    await this.#owner.redraw();
    this.#find(`[data-act=menu][data-id="${id}"]`)?.focus();
  }

  async act(act: string, comment: Comment): Promise<void> {
    const { writing, seat } = this.#owner;
    if (act === 'link') await this.#copy(comment);
    else if (act === 'share') await navigator.share({ url: addressOf(comment.id) }).catch(() => undefined);
    else if (act === 'quote') {
      this.openAt = undefined;
      await this.#owner.composer(comment.id).quote(this.#selected || comment.text);
    } else if (act === 'report') await this.#show('report');
    else if (act === 'history') await this.#openHistory(comment);
    else if (act === 'mute' || act === 'unmute') {
      await this.#try(async () => {
        await this.#owner.mute(comment, act === 'mute');
        this.openAt = undefined;
        seat.say(act === 'mute' ? writing.muted : writing.unmuted);
        await seat.focus(comment);
      });
    }
  }

  #renderMenu({ id, author, editedAt }: Comment): unknown {
    const { writing, conversation, words, seat } = this.#owner;
    const { menu } = writing;
    const item = (act: string, label: string) =>
      html`<button data-act="menu-act" data-menu=${act} data-id=${id}>${label}</button>`;
    const own = conversation.isOwn(conversation.find(id)!, seat.reader()?.id);
    const muted = conversation.muted.has(author.id);
    return html`<div class="items" role="group" aria-label=${words.comments.menu}>
      ${item('link', menu.link)} ${'share' in navigator ? item('share', menu.share) : nothing}
      ${conversation.thread.state === 'open' ? item('quote', menu.quote) : nothing}
      ${editedAt ? item('history', menu.history) : nothing} ${own ? nothing : item('report', menu.report)}
      ${own || !author.id ? nothing : item(muted ? 'unmute' : 'mute', muted ? menu.unmute : menu.mute)}
    </div>`;
  }

  #renderReport({ id }: Comment): unknown {
    const { report, cancel } = this.#owner.writing;
    return html`<form class="report" @submit=${this.#report}>
      <fieldset>
        <legend>${report.why}</legend>
        ${reasons.map(
          (reason) =>
            html`<label
              ><input type="radio" name="reason" value=${reason} required /> ${report.reasons[reason]}</label
            >`,
        )}
      </fieldset>
      <label class="note"
        >${report.note}
        <textarea class="field" name="note" rows="2" maxlength="1000"></textarea>
      </label>
      <p class="foot">
        <button type="button" class="button quiet" data-act="menu" data-id=${id}>${cancel}</button>
        <button class="button primary" aria-disabled=${this.#busy}>${report.send}</button>
      </p>
    </form>`;
  }

  #renderHistory({ id }: Comment): unknown {
    const { writing, seat } = this.#owner;
    const { revisions } = this.#history!;
    return html`<section class="history" aria-label=${writing.menu.history}>
      <ol>
        ${revisions.map(
          ({ at, nodes }, index) =>
            html`<li>
              <p class="muted">
                ${index === revisions.length - 1 ? writing.now : nothing} ${relativeTime(seat.locale, at)}
              </p>
              <div class="text" dir="auto">${renderNodes(nodes)}</div>
            </li>`,
        )}
      </ol>
      <p class="foot"><button class="button quiet" data-act="menu" data-id=${id}>${writing.cancel}</button></p>
    </section>`;
  }

  async #copy({ id }: Comment): Promise<void> {
    const { writing, seat } = this.#owner;
    try {
      await navigator.clipboard.writeText(addressOf(id));
      seat.say(writing.copied);
      await this.close();
    } catch {
      // The page may not write there: the address is shown, to be copied by hand.
      this.#failure = addressOf(id);
      await this.#owner.redraw();
    }
  }

  #openHistory({ id }: Comment): Promise<void> {
    return this.#try(async () => {
      this.#history = await this.#owner.seat.place.site.call<CommentHistory>(`comments/${id}/history`);
      await this.#show('history');
    });
  }

  #report = (event: Event): void => {
    event.preventDefault();
    const form = new FormData(event.target as HTMLFormElement);
    const body = { reason: form.get('reason'), note: form.get('note') || undefined };
    const id = this.openAt!;
    if (this.#busy) return;
    this.#busy = true;
    void this.#try(async () => {
      await this.#owner.seat.place.act('POST', `comments/${id}/reports`, { body });
      this.#owner.seat.say(this.#owner.writing.report.thanks);
      await this.#show('thanks');
    }).finally(() => (this.#busy = false));
  };

  async #try(work: () => Promise<void>): Promise<void> {
    this.#failure = undefined;
    try {
      await work();
    } catch (error) {
      this.#failure = this.#owner.sentence(error as ApiError);
      this.#owner.seat.say(this.#failure);
      await this.#owner.redraw();
    }
  }

  async #show(panel: Panel): Promise<void> {
    this.#panel = panel;
    this.#failure = undefined;
    await this.#owner.redraw();
    this.#find('[data-panel] :is(button, input, p[tabindex])')?.focus();
  }

  #escape = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape') return;
    event.stopPropagation();
    void this.close();
  };

  #find(selector: string): HTMLElement | null {
    return this.#owner.seat.host.renderRoot.querySelector(selector);
  }

  #selectionIn(id: string): string {
    const root = this.#owner.seat.host.renderRoot as ShadowRoot & { getSelection?(): Selection | null };
    const selection = root.getSelection?.() ?? document.getSelection();
    const text = root.querySelector(`#c-${id} .text`);
    return selection?.anchorNode && text?.contains(selection.anchorNode) ? selection.toString().trim() : '';
  }
}
