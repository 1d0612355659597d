import type { LocaleController } from '../../base/locale.js';
import { adoptStyles } from '../../base/style-sheets.js';
import { pickerStyles } from './picker.styles.js';
import type { Dressed } from './variants.js';

/** A finger that stays so long means the choices, not the button. */
const longPressMillis = 350;
const gap = 8;

/**
 * Turns the row of choices into one button that opens them above the page: by a click, from the keyboard, or held down, when
 * letting go over a choice takes it. The row itself stays what the widget draws.
 */
export function keepPicker(host: Dressed, locale: LocaleController, signal: AbortSignal): void {
  const { renderRoot } = host;
  adoptStyles(renderRoot, [pickerStyles]);
  const picker = new Picker(host, locale, signal);
  const observer = new MutationObserver((records) => {
    // What changes within the button is our own doing.
    if (records.some(({ target }) => !picker.trigger.contains(target))) picker.settle();
  });
  observer.observe(renderRoot, {
    childList: true,
    subtree: true,
    characterData: true,
    attributeFilter: ['aria-pressed', 'aria-label'],
  });
  signal.addEventListener('abort', () => {
    observer.disconnect();
    picker.end();
  });
  picker.settle();
}

class Picker {
  readonly trigger = document.createElement('button');
  readonly #host: Dressed;
  readonly #locale: LocaleController;
  readonly #signal: AbortSignal;
  readonly #icon = document.createElement('span');
  readonly #count = document.createElement('span');
  #choices?: HTMLElement;
  #pressing?: ReturnType<typeof setTimeout> | undefined;
  /** A press that has opened the choices is no click besides. */
  #pressed = false;
  #unfollow?: () => void;

  constructor(host: Dressed, locale: LocaleController, signal: AbortSignal) {
    this.#host = host;
    this.#locale = locale;
    this.#signal = signal;
    const { trigger } = this;
    trigger.part.add('trigger');
    this.#icon.className = 'icon';
    trigger.append(this.#icon, this.#count);
    trigger.addEventListener('click', this.#click);
    trigger.addEventListener('keydown', this.#openByKey);
    trigger.addEventListener('pointerdown', this.#press);
    trigger.addEventListener('pointermove', this.#point);
    trigger.addEventListener('pointerup', this.#release);
    trigger.addEventListener('pointercancel', this.#letGo);
    trigger.addEventListener('pointerleave', this.#letGo);
    trigger.addEventListener('contextmenu', (event) => this.#pressing && event.preventDefault());
  }

  /** Brings the button in line with what the widget has drawn. */
  settle(): void {
    const choices = this.#host.renderRoot.querySelector<HTMLElement>('.compact > .choices');
    if (!choices) return this.trigger.remove();
    if (choices !== this.#choices) {
      this.#choices = choices;
      choices.popover = 'auto';
      this.trigger.popoverTargetElement = choices;
      const options = { signal: this.#signal };
      choices.addEventListener('toggle', this.#toggled, options);
      choices.addEventListener('click', this.#chosen, options);
      choices.addEventListener('keydown', this.#move, options);
    }
    if (choices.previousElementSibling !== this.trigger) choices.before(this.trigger);
    this.#show(choices);
  }

  end(): void {
    this.#letGo();
    this.#unfollow?.();
    this.trigger.remove();
  }

  #show(choices: HTMLElement): void {
    const { ballot, renderRoot } = this.#host;
    const held = [...choices.querySelectorAll<HTMLElement>('[aria-pressed=true]')];
    const face = (held[0] ?? choices.querySelector('.choice'))?.querySelector('.icon');
    this.#icon.replaceChildren(...(face ? [...face.cloneNode(true).childNodes] : []));
    const total = ballot?.answer.counts ? this.#locale.compact(ballot.total) : '';
    if (this.#count.textContent !== total) this.#count.textContent = total;
    this.#count.hidden = !total;
    this.trigger.className = `trigger ${held.length ? 'held' : ''}`;
    const question = renderRoot.querySelector('.question')?.textContent?.trim() ?? '';
    const labels = held.map((choice) => choice.querySelector('.label')?.textContent?.trim());
    const label = [question, ...labels, total].filter(Boolean).join(', ');
    if (this.trigger.ariaLabel !== label) this.trigger.ariaLabel = label;
  }

  #toggled = (event: Event): void => {
    const choices = this.#choices!;
    this.#unfollow?.();
    choices.classList.remove('placed');
    if ((event as ToggleEvent).newState !== 'open') return this.#regainFocus();
    void this.#place(choices)
      // Code that does not come leaves them where they stand.
      .catch(() => undefined)
      .then(() => {
        if (!choices.matches(':popover-open')) return;
        choices.classList.add('placed');
        // To go to what is not in its place yet would scroll the page.
        if (!this.#pressing && !this.#pressed) this.#enter(choices);
      });
  };

  #enter(choices: HTMLElement): void {
    const held = choices.querySelector<HTMLElement>('[aria-pressed=true]');
    (held ?? choices.querySelector<HTMLElement>('.choice'))?.focus();
  }

  /** What was closed by Escape had the focus; where the reader has gone on to something else, it stays there. */
  #regainFocus(): void {
    const within = this.#host.renderRoot.activeElement;
    // A browser takes the focus from what is hidden only when it draws the next frame.
    const isHidden = within !== null && this.#choices!.contains(within);
    if (isHidden || document.activeElement === document.body) this.trigger.focus({ preventScroll: true });
  }

  /** Beside the button while it is open, wherever the page moves. */
  async #place(choices: HTMLElement): Promise<void> {
    const { autoUpdate, computePosition, flip, offset, shift } = await import('@floating-ui/dom');
    const { trigger } = this;
    const update = async () => {
      const { x, y } = await computePosition(trigger, choices, {
        placement: 'top-start',
        middleware: [offset(gap), flip(), shift({ padding: gap })],
      });
      // By CSSOM, which a strict style-src allows; and by moving what is laid out already, which shifts nothing.
      choices.style.translate = `${x}px ${y}px`;
    };
    Object.assign(choices.style, { top: 0, left: 0 });
    await update();
    if (!choices.matches(':popover-open')) return;
    this.#unfollow?.();
    this.#unfollow = autoUpdate(trigger, choices, update);
  }

  #close(): void {
    this.#choices?.hidePopover();
    this.trigger.focus();
  }

  #click = (event: Event): void => {
    if (this.#pressed) event.preventDefault();
    this.#pressed = false;
  };

  #openByKey = (event: KeyboardEvent): void => {
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
    event.preventDefault();
    this.#choices?.showPopover();
  };

  /** After the widget has taken it. */
  #chosen = (event: Event): void => {
    if ((event.target as Element).closest('.choice:not([aria-disabled])')) this.#close();
  };

  /** Moving on is not choosing. */
  #move = (event: KeyboardEvent): void => {
    const all = [...this.#choices!.querySelectorAll<HTMLElement>('.choice')];
    const at = all.indexOf(event.target as HTMLElement);
    const forward = getComputedStyle(this.#host).direction === 'rtl' ? -1 : 1;
    const steps: Partial<Record<string, number>> = {
      ArrowRight: at + forward,
      ArrowLeft: at - forward,
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      Home: 0,
      End: all.length - 1,
    };
    const to = steps[event.key];
    if (to === undefined) return;
    event.preventDefault();
    all[(to + all.length) % all.length]?.focus();
  };

  #press = (event: PointerEvent): void => {
    if (event.button !== 0) return;
    this.#pressed = false;
    this.#pressing = setTimeout(() => {
      if (this.#choices?.matches(':popover-open')) return;
      this.#pressed = true;
      this.trigger.setPointerCapture(event.pointerId);
      this.#choices?.showPopover();
    }, longPressMillis);
  };

  #point = (event: PointerEvent): void => {
    if (!this.#pressed) return;
    const under = this.#under(event);
    for (const choice of this.#choices!.querySelectorAll('.choice')) choice.classList.toggle('under', choice === under);
  };

  #release = (event: PointerEvent): void => {
    const choice = this.#pressed && this.#under(event);
    this.#letGo();
    if (choice) choice.click();
    // A click that belongs to the press has come by then.
    setTimeout(() => (this.#pressed = false));
  };

  #letGo = (): void => {
    clearTimeout(this.#pressing);
    this.#pressing = undefined;
    for (const choice of this.#choices?.querySelectorAll('.under') ?? []) choice.classList.remove('under');
  };

  #under({ clientX, clientY }: PointerEvent): HTMLElement | null | undefined {
    return this.#host.renderRoot.elementFromPoint(clientX, clientY)?.closest<HTMLElement>('.choices .choice');
  }
}
