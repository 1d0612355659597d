import { type CSSResult, html, type ReactiveController, type ReactiveControllerHost } from 'lit';
import type { LocaleController } from '../../base/locale-controller.js';
import type { Ballot } from './ballot.js';
import { pickerStyles } from './compact-picker.styles.js';

/** A press of this length opens the choices, to be taken by lifting the finger over one. */
const longPressMs = 350;

interface PickerHost extends ReactiveControllerHost, HTMLElement {
  readonly renderRoot: ShadowRoot;
  adoptStyles(...styles: CSSResult[]): void;
}

/**
 * The `compact` variant: one button that opens the choices in a popover, by click, by keyboard or by a long press. Moves the
 * focus into the popover and back.
 */
export class CompactPickerController implements ReactiveController {
  readonly #host: PickerHost;
  readonly #locale: LocaleController;
  /** The popover has its position. */
  #isPlaced = false;
  #pressTimer?: ReturnType<typeof setTimeout> | undefined;
  /** A long press has opened the popover; the click at its end must not close it. */
  #isLongPress = false;
  #stopFollowing?: () => void;

  constructor(host: PickerHost, locale: LocaleController) {
    this.#host = host;
    this.#locale = locale;
    host.addController(this);
    host.adoptStyles(pickerStyles);
    host.requestUpdate();
  }

  hostDisconnected(): void {
    this.#endPress();
    this.#stopFollowing?.();
  }

  /**
   * @param choices rendered, in the order of the poll
   * @param icon renders an icon by its name
   */
  render({ answer, total, wanted }: Ballot, choices: unknown, icon: (name: string) => unknown): unknown {
    const { counts, poll } = answer;
    const taken = poll.choices.filter(({ id }) => wanted.includes(id));
    const count = counts ? this.#locale.compact(total) : '';
    const name = [poll.question, ...taken.map(({ label }) => label), count].filter(Boolean).join(', ');
    return html`<button
        id="trigger"
        class=${taken.length ? 'trigger held' : 'trigger'}
        part="trigger"
        popovertarget="choices"
        aria-label=${name}
        @click=${this.#onClick}
        @keydown=${this.#onTriggerKeydown}
        @pointerdown=${this.#onPointerDown}
        @pointermove=${this.#onPointerMove}
        @pointerup=${this.#onPointerUp}
        @pointercancel=${this.#endPress}
        @pointerleave=${this.#endPress}
        @contextmenu=${this.#onContextMenu}
      >
        <span class="icon">${icon((taken[0] ?? poll.choices[0]!).icon)}</span>
        <span ?hidden=${!count}>${count}</span>
      </button>
      <div
        id="choices"
        class="choices"
        part="choices"
        role="group"
        aria-labelledby="question"
        popover
        ?data-placed=${this.#isPlaced}
        @toggle=${this.#onToggle}
        @click=${this.#onChoiceClick}
        @keydown=${this.#onChoicesKeydown}
      >
        ${choices}
      </div>`;
  }

  get #trigger(): HTMLElement {
    return this.#host.renderRoot.getElementById('trigger')!;
  }

  get #popover(): HTMLElement {
    return this.#host.renderRoot.getElementById('choices')!;
  }

  get #isOpen(): boolean {
    return this.#popover.matches(':popover-open');
  }

  get #choices(): HTMLElement[] {
    return [...this.#host.renderRoot.querySelectorAll<HTMLElement>('#choices .choice')];
  }

  #onToggle = async ({ newState }: ToggleEvent): Promise<void> => {
    this.#stopFollowing?.();
    this.#setPlaced(false);
    if (newState !== 'open') return this.#restoreFocus();
    // Without the code for it the popover stays in the corner of the widget.
    await this.#place().catch(() => undefined);
    if (!this.#isOpen) return;
    this.#setPlaced(true);
    await this.#host.updateComplete;
    // Not before: focusing an element out of place scrolls the page.
    if (!this.#pressTimer && !this.#isLongPress) this.#focusChoice();
  };

  #setPlaced(isPlaced: boolean): void {
    this.#isPlaced = isPlaced;
    this.#host.requestUpdate();
  }

  #focusChoice(): void {
    const choices = this.#choices;
    (choices.find((choice) => choice.matches('[aria-pressed=true]')) ?? choices[0])?.focus();
  }

  /** Returns the focus to the trigger, unless the reader has moved it elsewhere. */
  #restoreFocus(): void {
    const focused = this.#host.renderRoot.activeElement;
    // A hidden element loses the focus only with the next frame.
    if (this.#popover.contains(focused) || document.activeElement === document.body)
      this.#trigger.focus({ preventScroll: true });
  }

  async #place(): Promise<void> {
    const { placePopover } = await import('../../base/place-popover.js');
    const stopFollowing = await placePopover(this.#trigger, this.#popover, 'top-start');
    if (!this.#isOpen) return stopFollowing();
    this.#stopFollowing?.();
    this.#stopFollowing = stopFollowing;
  }

  #onClick = (event: Event): void => {
    if (this.#isLongPress) event.preventDefault();
    this.#isLongPress = false;
  };

  #onTriggerKeydown = (event: KeyboardEvent): void => {
    this.#closeByKey(event);
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
    event.preventDefault();
    this.#popover.showPopover();
  };

  /** Closes on Escape, as the browser does, but prevents that the page handles the key as well. */
  #closeByKey(event: KeyboardEvent): void {
    if (event.key !== 'Escape' || !this.#isOpen) return;
    event.preventDefault();
    this.#popover.hidePopover();
  }

  #onChoiceClick = (event: Event): void => {
    if (!(event.target as Element).closest('.choice:not([aria-disabled])')) return;
    this.#popover.hidePopover();
    this.#trigger.focus();
  };

  #onChoicesKeydown = (event: KeyboardEvent): void => {
    this.#closeByKey(event);
    const choices = this.#choices;
    const index = choices.indexOf(event.target as HTMLElement);
    const forward = getComputedStyle(this.#host).direction === 'rtl' ? -1 : 1;
    const targets: Partial<Record<string, number>> = {
      ArrowRight: index + forward,
      ArrowLeft: index - forward,
      ArrowDown: index + 1,
      ArrowUp: index - 1,
      Home: 0,
      End: -1,
    };
    const target = targets[event.key];
    if (target === undefined) return;
    event.preventDefault();
    choices.at(target % choices.length)?.focus();
  };

  #onPointerDown = ({ button, pointerId }: PointerEvent): void => {
    if (button !== 0) return;
    this.#isLongPress = false;
    this.#pressTimer = setTimeout(() => {
      if (this.#isOpen) return;
      this.#isLongPress = true;
      this.#trigger.setPointerCapture(pointerId);
      this.#popover.showPopover();
    }, longPressMs);
  };

  #onPointerMove = (event: PointerEvent): void => {
    if (this.#isLongPress) this.#markUnder(this.#choiceAt(event));
  };

  #onPointerUp = (event: PointerEvent): void => {
    const choice = this.#isLongPress && this.#choiceAt(event);
    this.#endPress();
    if (choice) choice.click();
    // After the click that belongs to the press.
    setTimeout(() => (this.#isLongPress = false));
  };

  #onContextMenu = (event: Event): void => {
    if (this.#pressTimer) event.preventDefault();
  };

  #endPress = (): void => {
    clearTimeout(this.#pressTimer);
    this.#pressTimer = undefined;
    this.#markUnder(undefined);
  };

  #markUnder(choice: Element | null | undefined): void {
    for (const other of this.#choices) other.toggleAttribute('data-under', other === choice);
  }

  #choiceAt({ clientX, clientY }: PointerEvent): HTMLElement | null | undefined {
    return this.#host.renderRoot.elementFromPoint(clientX, clientY)?.closest<HTMLElement>('#choices .choice');
  }
}
