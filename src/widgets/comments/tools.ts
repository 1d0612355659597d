import { html, nothing } from 'lit/html.js';
import type { Comment, Preview } from '../../contract/types.js';
import { renderNodes } from './nodes.js';
import type { Participation } from './participation.js';

/** What stands before and after what is selected; `line` stands before each line. */
const marks = {
  strong: { around: '**', key: 'b' },
  emphasis: { around: '*', key: 'i' },
  code: { around: '`', key: 'e' },
  quote: { line: '> ', key: '' },
  list: { line: '- ', key: '' },
  link: { around: '', key: 'k' },
} as const;
type Mark = keyof typeof marks;
const signs: Record<Mark, string> = { strong: 'B', emphasis: 'I', code: '<>', quote: '❝', list: '•', link: '↗' };

const previewMillis = 300;
const mostNames = 6;
/** A name being called: what is typed after `@`, up to the caret. */
const called = /(?:^|[\s(])@([\p{L}\p{M}\p{N}][\p{L}\p{M}\p{N} ]{0,38}|)$/u;

/** The writers of a thread whom a text calls by name, at most ten. */
export function mentionsIn(text: string, comments: Iterable<Comment>): string[] {
  const ids = new Set<string>();
  for (const { author } of comments) if (author.name && text.includes(`@${author.name}`)) ids.add(author.id);
  return [...ids].slice(0, 10);
}

/** What helps who writes: signs for what is strong or quoted, a look at the outcome, names to call. */
export class Tools {
  readonly #owner: Participation;
  readonly #field: () => HTMLTextAreaElement | undefined;
  readonly #id: string;
  #previews = false;
  #nodes?: Preview['nodes'] | undefined;
  #failed = false;
  #asked = 0;
  #timer?: ReturnType<typeof setTimeout>;
  #names: string[] = [];
  #at = 0;

  constructor(owner: Participation, key: string, field: () => HTMLTextAreaElement | undefined) {
    this.#owner = owner;
    this.#id = `names-${key.replace(':', '-') || 'new'}`;
    this.#field = field;
  }

  /** Below the field: the names to choose from, then the tools. */
  render(): unknown {
    const { tools } = this.#owner.writing;
    return html`${this.#renderNames()}
      <div class="tools" role="toolbar" aria-label=${tools.label}>
        ${(Object.keys(marks) as Mark[]).map(
          (mark) =>
            html`<button
              type="button"
              class=${`tool ${mark}`}
              data-mark=${mark}
              aria-label=${tools[mark]}
              title=${tools[mark]}
              @click=${this.#press}
            >
              ${signs[mark]}
            </button>`,
        )}
        <button type="button" class="tool preview" aria-pressed=${this.#previews} @click=${this.#togglePreview}>
          ${tools.preview}
        </button>
      </div>
      ${
        this.#previews
          ? html`<div class="text previewed" role="region" aria-label=${tools.preview} dir="auto">
              ${
                this.#failed
                  ? html`<p class="muted">${tools.noPreview}</p>`
                  : this.#nodes?.length
                    ? renderNodes(this.#nodes)
                    : html`<p class="muted">${tools.nothing}</p>`
              }
            </div>`
          : nothing
      }`;
  }

  /** The text has changed. */
  typed(): void {
    this.#suggest();
    if (!this.#previews) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#ask(), previewMillis);
  }

  /** @returns whether the key was for the tools */
  key(event: KeyboardEvent): boolean {
    const { key, ctrlKey, metaKey, isComposing } = event;
    if (isComposing) return false;
    if (this.#names.length) {
      const step = key === 'ArrowDown' ? 1 : key === 'ArrowUp' ? -1 : 0;
      if (step) this.#go(this.#at + step);
      else if (key === 'Escape') this.#offer([]);
      else if ((key === 'Enter' && !ctrlKey && !metaKey) || key === 'Tab') this.#call(this.#names[this.#at]!);
      else return false;
      event.preventDefault();
      return true;
    }
    const mark = (Object.keys(marks) as Mark[]).find((name) => marks[name].key === key.toLowerCase());
    if (!mark || !(ctrlKey || metaKey)) return false;
    event.preventDefault();
    this.#apply(mark);
    return true;
  }

  #renderNames(): unknown {
    if (!this.#names.length) return nothing;
    return html`<div class="names">
      <ul id=${this.#id} role="listbox" aria-label=${this.#owner.writing.tools.names}>
        ${this.#names.map(
          (name, index) =>
            html`<li
              id=${`${this.#id}-${index}`}
              role="option"
              aria-selected=${index === this.#at}
              data-name=${name}
              @pointerdown=${this.#pick}
            >
              <bdi>${name}</bdi>
            </li>`,
        )}
      </ul>
    </div>`;
  }

  #press = ({ currentTarget }: Event): void => this.#apply((currentTarget as HTMLElement).dataset.mark as Mark);

  #pick = (event: Event): void => {
    // The field keeps the focus.
    event.preventDefault();
    this.#call((event.currentTarget as HTMLElement).dataset.name!);
  };

  #apply(mark: Mark): void {
    const field = this.#field();
    if (!field) return;
    const { selectionStart: from, selectionEnd: to, value } = field;
    const selected = value.slice(from, to);
    const kind = marks[mark];
    field.focus();
    if (mark === 'link') {
      const isAddress = /^https?:\/\/\S+$/.test(selected);
      this.#insert(isAddress ? `[](${selected})` : `[${selected}](https://)`, from, to);
      const caret = isAddress ? from + 1 : from + selected.length + 3 + 'https://'.length;
      field.setSelectionRange(caret, caret);
    } else if ('line' in kind) {
      const start = value.lastIndexOf('\n', from - 1) + 1;
      const lines = value.slice(start, to).split('\n');
      const before = start > 0 && value[start - 2] !== '\n' ? '\n' : '';
      this.#insert(before + lines.map((line) => kind.line + line).join('\n'), start, to);
    } else {
      this.#insert(kind.around + selected + kind.around, from, to);
      const caret = from + kind.around.length;
      field.setSelectionRange(caret, caret + selected.length);
    }
  }

  /** By the browser's own command, which can be undone. */
  #insert(text: string, from: number, to: number): void {
    const field = this.#field()!;
    field.setSelectionRange(from, to);
    if (document.execCommand('insertText', false, text)) return;
    field.setRangeText(text, from, to, 'end');
    field.dispatchEvent(new InputEvent('input', { bubbles: true }));
  }

  #togglePreview = (): void => {
    this.#previews = !this.#previews;
    if (this.#previews) void this.#ask();
    void this.#owner.redraw();
  };

  async #ask(): Promise<void> {
    const text = this.#field()?.value.trim() ?? '';
    const asked = ++this.#asked;
    let nodes: Preview['nodes'] = [];
    let failed = false;
    if (text) {
      const { place } = this.#owner.seat;
      const body = { text, story: place.story, mentions: mentionsIn(text, this.#owner.conversation.all) };
      const reader = await place.site.reader();
      await reader
        .call<Preview>('comments/preview', { method: 'POST', body })
        .then((answer) => (nodes = answer.nodes))
        .catch(() => (failed = true));
    }
    // The last that was asked for is the one to show.
    if (asked !== this.#asked) return;
    this.#nodes = nodes;
    this.#failed = failed;
    void this.#owner.redraw();
  }

  #suggest(): void {
    const field = this.#field();
    const [, typed] = (field && called.exec(field.value.slice(0, field.selectionStart))) ?? [];
    if (typed === undefined) return this.#offer([]);
    const { conversation, seat } = this.#owner;
    const wanted = folded(typed);
    const names = new Set<string>();
    for (const { author } of conversation.all) {
      if (!author.name || author.id === seat.reader()?.id || names.size >= mostNames) continue;
      const name = folded(author.name);
      if (name.startsWith(wanted) || name.includes(` ${wanted}`)) names.add(author.name);
    }
    this.#offer([...names].filter((name) => name !== typed));
  }

  #offer(names: string[]): void {
    const before = this.#names.length;
    this.#names = names;
    this.#go(0);
    if (names.length && !before) this.#owner.seat.say(this.#owner.writing.tools.found(names.length));
  }

  #go(at: number): void {
    const { length } = this.#names;
    this.#at = length ? (at + length) % length : 0;
    const field = this.#field();
    if (length) {
      field?.setAttribute('aria-controls', this.#id);
      field?.setAttribute('aria-activedescendant', `${this.#id}-${this.#at}`);
    } else {
      field?.removeAttribute('aria-controls');
      field?.removeAttribute('aria-activedescendant');
    }
    void this.#owner.redraw();
  }

  #call(name: string): void {
    const field = this.#field()!;
    const { selectionStart: to, value } = field;
    const from = value.slice(0, to).lastIndexOf('@');
    this.#names = [];
    this.#insert(`@${name} `, from, to);
    this.#offer([]);
  }
}

/** As a reader types it who leaves the marks out. */
function folded(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().replaceAll('đ', 'd');
}
