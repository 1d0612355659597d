import { html, nothing } from 'lit';
import type { Comment, Preview } from '../../../contract/types.js';
import type { ThreadContext } from '../thread-context.js';
import { renderRichText } from '../view/rich-text.js';
import { mentionedIds, suggestNames } from './mentions.js';

/** Markdown of each tool: `around` wraps the selection, `line` starts each of its lines. `key` is its shortcut. */
const formats = {
  strong: { around: '**', key: 'b', sign: 'B' },
  emphasis: { around: '*', key: 'i', sign: 'I' },
  code: { around: '`', key: 'e', sign: '<>' },
  quote: { line: '> ', key: '', sign: '❝' },
  list: { line: '- ', key: '', sign: '•' },
  link: { around: '', key: 'k', sign: '↗' },
} as const;
type Format = keyof typeof formats;
const formatNames = Object.keys(formats) as Format[];

const previewDelayMs = 300;

/** The composer of a toolbar. */
interface ToolbarOwner {
  field(): HTMLTextAreaElement | null | undefined;
  /** Returns the comment that is edited. */
  edited(): Comment | undefined;
}

/** The tools of a composer: formatting, a preview, and suggestions for mentions. */
export class Toolbar {
  readonly #context: ThreadContext;
  readonly #owner: ToolbarOwner;
  readonly #listId: string;
  #showsPreview = false;
  #preview?: Preview['nodes'] | undefined;
  #previewFailed = false;
  #previewRequests = 0;
  #previewTimer?: ReturnType<typeof setTimeout>;
  #suggestions: string[] = [];
  #activeIndex = 0;
  /** Index of the tool that Tab reaches. */
  #currentTool = 0;

  constructor(key: string, context: ThreadContext, owner: ToolbarOwner) {
    this.#context = context;
    this.#listId = `names-${key.replace(':', '-') || 'new'}`;
    this.#owner = owner;
    this.#activate(0);
  }

  /** Renders the tools: one tab stop, within which arrows move. */
  renderTools(): unknown {
    const words = this.#context.actionWords.tools;
    return html`<div
      class="tools"
      role="toolbar"
      aria-label=${words.label}
      @keydown=${this.#handleToolKey}
      @focusin=${this.#handleToolFocus}
    >
      ${formatNames.map(
        (format, index) =>
          html`<button
            type="button"
            class=${`tool ${format}`}
            tabindex=${index === this.#currentTool ? 0 : -1}
            aria-label=${words[format]}
            title=${words[format]}
            @click=${() => this.#apply(format)}
          >
            ${formats[format].sign}
          </button>`,
      )}
    </div>`;
  }

  renderPreviewButton(): unknown {
    return html`<button
      type="button"
      class="tool preview"
      aria-pressed=${this.#showsPreview}
      @click=${this.#togglePreview}
    >
      ${this.#context.actionWords.tools.preview}
    </button>`;
  }

  renderPreview(): unknown {
    if (!this.#showsPreview) return nothing;
    const words = this.#context.actionWords.tools;
    const text = this.#previewFailed
      ? html`<p class="muted">${words.noPreview}</p>`
      : this.#preview?.length
        ? renderRichText(this.#preview)
        : html`<p class="muted">${words.nothing}</p>`;
    return html`<div class="text previewed" role="region" aria-label=${words.preview} dir="auto">${text}</div>`;
  }

  /** Updates suggestions and preview after the text has changed. */
  handleInput(): void {
    this.#suggest();
    if (!this.#showsPreview) return;
    clearTimeout(this.#previewTimer);
    this.#previewTimer = setTimeout(() => void this.#requestPreview(), previewDelayMs);
  }

  /** Handles a key of the field. Returns true where it was one of the toolbar's. */
  handleKey(event: KeyboardEvent): boolean {
    const { key, ctrlKey, metaKey, isComposing } = event;
    if (isComposing || event.target !== this.#owner.field()) return false;
    if (this.#suggestions.length) {
      const step = key === 'ArrowDown' ? 1 : key === 'ArrowUp' ? -1 : 0;
      if (step) this.#activate(this.#activeIndex + step);
      else if (key === 'Escape') this.#setSuggestions([]);
      else if ((key === 'Enter' && !ctrlKey && !metaKey) || key === 'Tab')
        this.#complete(this.#suggestions[this.#activeIndex]!);
      else return false;
      event.preventDefault();
      return true;
    }
    const format = formatNames.find((name) => formats[name].key === key.toLowerCase());
    if (!format || !(ctrlKey || metaKey)) return false;
    event.preventDefault();
    this.#apply(format);
    return true;
  }

  renderSuggestions(): unknown {
    if (!this.#suggestions.length) return nothing;
    return html`<div class="names">
      <ul id=${this.#listId} role="listbox" aria-label=${this.#context.actionWords.tools.names}>
        ${this.#suggestions.map(
          (name, index) =>
            html`<li
              id=${`${this.#listId}-${index}`}
              role="option"
              aria-selected=${index === this.#activeIndex}
              @pointerdown=${(event: Event) => {
                // Keeps the focus in the field.
                event.preventDefault();
                this.#complete(name);
              }}
            >
              <bdi>${name}</bdi>
            </li>`,
        )}
      </ul>
    </div>`;
  }

  #handleToolKey = (event: KeyboardEvent): void => {
    const toolbar = event.currentTarget as HTMLElement;
    const tools = [...toolbar.children] as HTMLElement[];
    const last = tools.length - 1;
    const step = toolbar.matches(':dir(rtl)') ? -1 : 1;
    const to = {
      ArrowRight: this.#currentTool + step,
      ArrowLeft: this.#currentTool - step,
      Home: 0,
      End: last,
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    tools[to < 0 ? last : to > last ? 0 : to]!.focus();
  };

  #handleToolFocus = ({ currentTarget, target }: FocusEvent): void => {
    this.#currentTool = [...(currentTarget as HTMLElement).children].indexOf(target as Element);
    this.#context.host.requestUpdate();
  };

  #apply(format: Format): void {
    const field = this.#owner.field();
    if (!field) return;
    const { selectionStart: from, selectionEnd: to, value } = field;
    const selected = value.slice(from, to);
    const markup = formats[format];
    field.focus();
    if (format === 'link') {
      const isUrl = /^https?:\/\/\S+$/.test(selected);
      this.#replace(isUrl ? `[](${selected})` : `[${selected}](https://)`, from, to);
      const caret = isUrl ? from + 1 : from + selected.length + 3 + 'https://'.length;
      field.setSelectionRange(caret, caret);
    } else if ('line' in markup) {
      const start = value.lastIndexOf('\n', from - 1) + 1;
      const lines = value.slice(start, to).split('\n');
      const before = start > 0 && value[start - 2] !== '\n' ? '\n' : '';
      this.#replace(before + lines.map((line) => markup.line + line).join('\n'), start, to);
    } else {
      this.#replace(markup.around + selected + markup.around, from, to);
      const caret = from + markup.around.length;
      field.setSelectionRange(caret, caret + selected.length);
    }
  }

  /** Replaces a range of the text. `execCommand` keeps it undoable. */
  #replace(text: string, from: number, to: number): void {
    const field = this.#owner.field()!;
    field.setSelectionRange(from, to);
    if (document.execCommand('insertText', false, text)) return;
    field.setRangeText(text, from, to, 'end');
    field.dispatchEvent(new InputEvent('input', { bubbles: true }));
  }

  #togglePreview = (): void => {
    const { host, actionWords } = this.#context;
    this.#showsPreview = !this.#showsPreview;
    if (!this.#showsPreview) host.announce(actionWords.tools.previewClosed);
    else void this.#requestPreview().then(() => this.#previewFailed || host.announce(actionWords.tools.previewShown));
    host.requestUpdate();
  };

  async #requestPreview(): Promise<void> {
    const { client, thread, host, actionWords } = this.#context;
    const text = this.#owner.field()?.value.trim() ?? '';
    const request = ++this.#previewRequests;
    let nodes: Preview['nodes'] = [];
    let failed = false;
    if (text) {
      const body = { text, story: client.story, mentions: mentionedIds(text, thread.all, this.#owner.edited()) };
      try {
        ({ nodes } = await client.write<Preview>('POST', 'comments/preview', { body, expects: 'nodes' }));
      } catch {
        failed = true;
      }
    }
    // Only the latest request counts.
    if (request !== this.#previewRequests) return;
    this.#preview = nodes;
    if (failed && !this.#previewFailed) host.announce(actionWords.tools.noPreview);
    this.#previewFailed = failed;
    host.requestUpdate();
  }

  #suggest(): void {
    const { thread, reader } = this.#context;
    const field = this.#owner.field();
    this.#setSuggestions(field ? suggestNames(field.value.slice(0, field.selectionStart), thread.all, reader?.id) : []);
  }

  #setSuggestions(names: string[]): void {
    const { host, actionWords } = this.#context;
    const isFirst = names.length > 0 && !this.#suggestions.length;
    this.#suggestions = names;
    this.#activate(0);
    if (isFirst) host.announce(actionWords.tools.found(names.length));
  }

  #activate(index: number): void {
    const { length } = this.#suggestions;
    this.#activeIndex = length ? (index + length) % length : 0;
    const field = this.#owner.field();
    field?.setAttribute('aria-autocomplete', 'list');
    if (length) {
      field?.setAttribute('aria-controls', this.#listId);
      field?.setAttribute('aria-activedescendant', `${this.#listId}-${this.#activeIndex}`);
    } else {
      field?.removeAttribute('aria-controls');
      field?.removeAttribute('aria-activedescendant');
    }
    this.#context.host.requestUpdate();
  }

  #complete(name: string): void {
    const field = this.#owner.field()!;
    const { selectionStart: to, value } = field;
    this.#suggestions = [];
    this.#replace(`@${name} `, value.slice(0, to).lastIndexOf('@'), to);
    this.#setSuggestions([]);
  }
}
