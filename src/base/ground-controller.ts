import { type ReactiveController, supportsAdoptingStyleSheets } from 'lit';

/** Contrast of words and of shapes with the ground: 4.5:1 and 3:1 (WCAG 1.4.3, 1.4.11), and what a tint of the ground takes. */
const contrasts = { text: 5.45, shape: 3.7 };
/** As browsers write it; most elements have it. */
const transparent = 'rgba(0, 0, 0, 0)';
const black = 0;
const white = 1;
/** Text of less contrast is on something that has no colour to read, such as a picture behind it. */
const minPlausibleContrast = 2;
const minReadableContrast = 4.5;
/** Pages change their colours in less time. */
const maxTransitionMs = 500;

type Rgba = readonly [red: number, green: number, blue: number, alpha?: number];

interface GroundHost extends Element {
  readonly renderRoot: ShadowRoot;
  addController(controller: ReactiveController): void;
}

/**
 * Measures the ground of a widget, which is the colour behind its text: the widget itself is transparent. CSS cannot read
 * it, but darkens or lightens colours by the custom properties that are set here (see tokens.ts). Measures again when the
 * page changes its text colour, or an attribute above the widget.
 */
export class GroundController implements ReactiveController {
  readonly #host: GroundHost;
  readonly #observer = new MutationObserver(() => this.#schedule());
  #sheet?: CSSStyleSheet;
  #rule?: string;
  #timer?: ReturnType<typeof setTimeout>;

  constructor(host: GroundHost) {
    this.#host = host;
    host.addController(this);
  }

  hostConnected(): void {
    // Simulated browsers have neither colours nor style sheets.
    if (supportsAdoptingStyleSheets) this.#measure();
  }

  hostDisconnected(): void {
    this.#observer.disconnect();
    clearTimeout(this.#timer);
  }

  /** Measures with the next frame, and after a transition of the page. */
  readonly #schedule = (): void => {
    requestAnimationFrame(this.#measure);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#measure, maxTransitionMs);
  };

  readonly #measure = (): void => {
    const { isConnected, renderRoot } = this.#host;
    if (!isConnected) return;
    const probe = document.createElement('span');
    renderRoot.append(probe);
    const rule = this.#computeRule(probe);
    probe.remove();
    if (rule === this.#rule) return;
    this.#rule = rule;
    if (!this.#sheet) {
      renderRoot.adoptedStyleSheets.push((this.#sheet = new CSSStyleSheet()));
      // Of the colour of `.base`, which follows the page.
      renderRoot.addEventListener('transitionend', this.#schedule);
    }
    this.#sheet.replaceSync(rule);
  };

  /** @param probe an element in the shadow root, to resolve colours with */
  #computeRule(probe: HTMLElement): string {
    const resolve = (color: string): Rgba => {
      probe.style.color = `color(from ${color} srgb r g b / alpha)`;
      const numbers = getComputedStyle(probe).color.match(/-?[\d.]+(e-\d+)?/g) ?? [0, 0, 0, 0];
      return numbers.map(Number) as unknown as Rgba;
    };
    const { color: ink } = getComputedStyle(this.#host);
    const layers = ['var(--_surface, transparent)', 'var(--aw-color-surface, transparent)'];
    let hasPicture = false;
    for (let element: Element | undefined = this.#host; element; element = parentOf(element)) {
      this.#observer.observe(element, { attributes: true });
      const { backgroundColor, backgroundImage, colorScheme } = getComputedStyle(element);
      if (backgroundColor !== transparent) layers.push(backgroundColor);
      hasPicture ||= backgroundImage !== 'none';
      // The last one is that of the root, which decides the colour of the canvas.
      probe.style.colorScheme = colorScheme;
    }
    let ground: Rgba = [0, 0, 0];
    let uncovered = 1;
    for (const layer of [...layers, 'Canvas']) {
      if (!uncovered) break;
      const [red, green, blue, alpha = 1] = resolve(layer);
      const share = alpha * uncovered;
      ground = [ground[0] + red * share, ground[1] + green * share, ground[2] + blue * share];
      uncovered -= share;
    }
    const inkLuminance = luminanceOf(resolve(ink));
    if (contrastOf(luminanceOf(ground), inkLuminance) < (hasPicture ? minReadableContrast : minPlausibleContrast))
      ground = inkLuminance > 0.18 ? [black, black, black] : [white, white, white];
    const luminance = luminanceOf(ground);
    // Between these both black and white can be read: the page's text decides.
    const pole = luminance < (inkLuminance > luminance ? 0.1825 : 0.1765) ? white : black;
    const limit = (contrast: number) =>
      clamp(pole ? (luminance + 0.05) * contrast - 0.05 : (luminance + 0.05) / contrast - 0.05);
    // A tint takes contrast from the words on it: more on a dark ground, and grounds of medium lightness have none to spare.
    const tint = clamp(contrastOf(luminance, pole) - minReadableContrast - 0.1) * (pole ? 0.7 : 1);
    return `:host{--_ground:color(srgb ${ground.join(' ')});--_ink:${ink};--_pole:${pole};--_tint:${tint};--_text-limit:${limit(contrasts.text)};--_shape-limit:${limit(contrasts.shape)}}`;
  }
}

/** Returns the element around another one, as they are rendered. */
function parentOf(element: Element): Element | undefined {
  return element.assignedSlot ?? element.parentElement ?? (element.getRootNode() as Partial<ShadowRoot>).host;
}

/** Returns the relative luminance by WCAG. */
function luminanceOf([red, green, blue]: Rgba): number {
  const toLinear = (value: number) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
  return 0.2126 * toLinear(red) + 0.7152 * toLinear(green) + 0.0722 * toLinear(blue);
}

function contrastOf(one: number, other: number): number {
  return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
}

/** Never 0 or below: CSS divides by it. */
function clamp(value: number): number {
  return Math.min(1, Math.max(0.00001, value));
}
