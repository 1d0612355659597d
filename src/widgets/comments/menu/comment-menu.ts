import { html, nothing } from 'lit';
import { relativeTime } from '../../../base/dates.js';
import { errorSentence } from '../../../base/error-sentence.js';
import * as limits from '../../../contract/limits.js';
import type { Comment, CommentHistory } from '../../../contract/types.js';
import { permalinkOf } from '../model/permalink.js';
import { articleId, type ThreadContext } from '../thread-context.js';
import { renderRichText } from '../view/rich-text.js';
import { commentMenuStyles } from './comment-menu.styles.js';

type Panel = 'menu' | 'report' | 'history' | 'thanks';
const reportReasons = ['spam', 'abuse', 'hate', 'off-topic', 'personal-data', 'illegal', 'other'] as const;

/** Callbacks of a menu to the actions of its thread. */
interface MenuOwner {
  /** Opens a reply that quotes a text. */
  quote(comment: Comment, text: string): Promise<void>;
  /** Mutes or unmutes the writer of a comment. */
  setMuted(comment: Comment, muted: boolean): Promise<void>;
}

/** The menu below a comment: link, share, quote, history, report, mute. One is open at a time. */
export class CommentMenu {
  /** Id of the comment whose menu is open. */
  commentId?: string | undefined;
  #panel: Panel = 'menu';
  /** The reader's selection in the comment when the menu was opened. */
  #selection = '';
  #history?: CommentHistory | undefined;
  #failure?: string | undefined;
  #sending = false;
  readonly #context: ThreadContext;
  readonly #owner: MenuOwner;

  constructor(context: ThreadContext, owner: MenuOwner) {
    this.#context = context;
    this.#owner = owner;
    context.host.adoptStyles(commentMenuStyles);
  }

  render(comment: Comment): unknown {
    if (this.commentId !== comment.id) return nothing;
    return html`<div class="panel" @keydown=${this.#handleKey}>
      ${this.#renderPanel(comment)}${
        this.#failure ? html`<p class="failure" part="notice">${this.#failure}</p>` : nothing
      }
    </div>`;
  }

  /** Opens the menu at a comment, or closes it there. */
  async toggle({ id }: Comment): Promise<void> {
    if (this.commentId === id) return this.#close();
    this.#selection = this.#selectionIn(id);
    this.commentId = id;
    this.#find(`[data-action=menu][data-id="${id}"]`)?.addEventListener('keydown', this.#handleKey);
    await this.#show('menu');
  }

  #renderPanel(comment: Comment): unknown {
    switch (this.#panel) {
      case 'menu':
        return this.#renderMenu(comment);
      case 'report':
        return this.#renderReport(comment);
      case 'history':
        return this.#renderHistory(comment);
      case 'thanks':
        return html`<p class="held" tabindex="-1">${this.#context.actionWords.report.thanks}</p>`;
    }
  }

  #renderMenu(comment: Comment): unknown {
    const { author, editedAt } = comment;
    const { thread, words, actionWords } = this.#context;
    const { menu } = actionWords;
    const item = (label: string, perform: () => Promise<void>) =>
      html`<button @click=${() => void perform()}>${label}</button>`;
    const own = this.#context.isOwn(comment);
    const muted = thread.muted.has(author.id);
    return html`<div class="items" role="group" aria-label=${words.comments.menu}>
      ${item(menu.link, () => this.#copyLink(comment))}
      ${'share' in navigator ? item(menu.share, () => this.#share(comment)) : nothing}
      ${thread.settings.state === 'open' ? item(menu.quote, () => this.#quote(comment)) : nothing}
      ${editedAt ? item(menu.history, () => this.#openHistory(comment)) : nothing}
      ${own ? nothing : item(menu.report, () => this.#show('report'))}
      ${own || !author.id ? nothing : item(muted ? menu.unmute : menu.mute, () => this.#setMuted(comment, !muted))}
    </div>`;
  }

  #renderReport({ id }: Comment): unknown {
    const { report, cancel } = this.#context.actionWords;
    return html`<form class="report" @submit=${this.#sendReport}>
      <fieldset>
        <legend>${report.why}</legend>
        ${reportReasons.map(
          (reason) =>
            html`<label
              ><input type="radio" name="reason" value=${reason} required /> ${report.reasons[reason]}</label
            >`,
        )}
      </fieldset>
      <label class="note"
        >${report.note}
        <textarea class="field" name="note" rows="2" dir="auto" maxlength=${limits.reportNoteGraphemes}></textarea>
      </label>
      <p class="foot">
        <button type="button" class="button quiet" data-action="menu" data-id=${id}>${cancel}</button>
        <button class="button primary" aria-disabled=${this.#sending}>${report.send}</button>
      </p>
    </form>`;
  }

  #renderHistory({ id }: Comment): unknown {
    const { locale, actionWords } = this.#context;
    const { menu, now, cancel } = actionWords;
    const { revisions } = this.#history!;
    return html`<section class="history" aria-label=${menu.history}>
      <ol>
        ${revisions.map(
          ({ at, nodes }, index) =>
            html`<li>
              <p class="muted">${index === revisions.length - 1 ? now : nothing} ${relativeTime(locale, at)}</p>
              <div class="text" dir="auto">${renderRichText(nodes)}</div>
            </li>`,
        )}
      </ol>
      <p class="foot"><button class="button quiet" data-action="menu" data-id=${id}>${cancel}</button></p>
    </section>`;
  }

  async #close(): Promise<void> {
    const id = this.commentId;
    this.commentId = undefined;
    await this.#context.rendered();
    this.#find(`[data-action=menu][data-id="${id}"]`)?.focus();
  }

  async #copyLink({ id }: Comment): Promise<void> {
    const { host, actionWords } = this.#context;
    try {
      await navigator.clipboard.writeText(permalinkOf(id));
      host.announce(actionWords.copied);
      await this.#close();
    } catch {
      // The page has no access to the clipboard: shows the link, to be copied by hand.
      this.#failure = permalinkOf(id);
      await this.#context.rendered();
    }
  }

  async #share({ id }: Comment): Promise<void> {
    await navigator.share({ url: permalinkOf(id) }).catch(() => undefined);
  }

  #quote(comment: Comment): Promise<void> {
    this.commentId = undefined;
    return this.#owner.quote(comment, this.#selection || comment.text);
  }

  #openHistory({ id }: Comment): Promise<void> {
    return this.#try(async () => {
      this.#history = await this.#context.client.site.request<CommentHistory>(`comments/${id}/history`, {
        expects: 'revisions',
      });
      await this.#show('history');
    });
  }

  #setMuted(comment: Comment, muted: boolean): Promise<void> {
    const { host, actionWords } = this.#context;
    return this.#try(async () => {
      await this.#owner.setMuted(comment, muted);
      this.commentId = undefined;
      host.announce(muted ? actionWords.muted : actionWords.unmuted);
      await host.focusComment(comment);
    });
  }

  #sendReport = (event: Event): void => {
    event.preventDefault();
    if (this.#sending) return;
    this.#sending = true;
    const { client, host, actionWords } = this.#context;
    const form = new FormData(event.target as HTMLFormElement);
    const body = { reason: form.get('reason'), note: form.get('note') || undefined };
    void this.#try(async () => {
      await client.write('POST', `comments/${this.commentId}/reports`, { body });
      host.announce(actionWords.report.thanks);
      await this.#show('thanks');
    }).finally(() => (this.#sending = false));
  };

  async #try(work: () => Promise<void>): Promise<void> {
    this.#failure = undefined;
    try {
      await work();
    } catch (error) {
      const { words } = this.#context;
      this.#failure = errorSentence(error, words, words.comments.notDone);
      this.#context.host.announce(this.#failure);
      await this.#context.rendered();
    }
  }

  async #show(panel: Panel): Promise<void> {
    this.#panel = panel;
    this.#failure = undefined;
    await this.#context.rendered();
    this.#find('.panel :is(button, input, p[tabindex])')?.focus();
  }

  /** Handles a key in the menu, and on the button that has opened it. */
  #handleKey = (event: KeyboardEvent): void => {
    const { id = this.commentId } = (event.currentTarget as HTMLElement).dataset;
    if (event.key !== 'Escape' || !id || id !== this.commentId) return;
    // A dialog of the page stays open.
    event.preventDefault();
    void this.#close();
  };

  #find(selector: string): HTMLElement | null {
    return this.#context.host.renderRoot.querySelector(selector);
  }

  #selectionIn(id: string): string {
    const root = this.#context.host.renderRoot as ShadowRoot & { getSelection?(): Selection | null };
    const selection = root.getSelection?.() ?? document.getSelection();
    const text = root.querySelector(`#${articleId(id)} .text`);
    return selection?.anchorNode && text?.contains(selection.anchorNode) ? selection.toString().trim() : '';
  }
}
