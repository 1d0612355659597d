/** Measures colours as they are painted, for tests in a browser. */

type Rgb = readonly [red: number, green: number, blue: number];

const context = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true })!;

const cache = new Map<string, Rgb>();

/** Returns the colour that several layers of CSS colours give, the lowest first. */
export function painted(...layers: string[]): Rgb {
  const key = layers.join('|');
  const known = cache.get(key) ?? paint(layers);
  cache.set(key, known);
  return known;
}

function paint(layers: readonly string[]): Rgb {
  context.clearRect(0, 0, 1, 1);
  for (const layer of layers) {
    context.fillStyle = layer;
    context.fillRect(0, 0, 1, 1);
  }
  return [...context.getImageData(0, 0, 1, 1).data.slice(0, 3)] as unknown as Rgb;
}

/** Returns the contrast of two colours by WCAG. */
export function contrast(one: string, other: string): number {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

export function luminance(color: string): number {
  const [red, green, blue] = painted(color).map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as unknown as Rgb;
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** Returns the colour behind the content of an element: the backgrounds of it and of what is around it. */
export function groundOf(element: Element, known = new Map<Element, string>()): string {
  const parent = parentOf(element);
  const below = parent ? (known.get(parent) ?? groundOf(parent, known)) : '#fff';
  const ground = overGround(getComputedStyle(element).backgroundColor, below);
  known.set(element, ground);
  return ground;
}

function parentOf(element: Element): Element | undefined {
  return element.assignedSlot ?? element.parentElement ?? (element.getRootNode() as Partial<ShadowRoot>).host;
}

interface ReadableText {
  readonly text: string;
  readonly color: string;
  readonly ground: string;
}

/** Returns the texts of a shadow root that a reader sees, placeholders included; inactive controls are exempt. */
export function readableTexts(root: ShadowRoot): ReadableText[] {
  const grounds = new Map<Element, string>();
  const toReadable = (text: string, element: Element, pseudo?: string): ReadableText => {
    const ground = grounds.get(element) ?? groundOf(element, grounds);
    return { text, ground, color: overGround(getComputedStyle(element, pseudo).color, ground) };
  };
  const texts: ReadableText[] = [];
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const { parentElement: element, data } = walker.currentNode as Text;
    const text = data.trim();
    if (!text || !element || element.closest('.visually-hidden, style, option, [aria-disabled=true]')) continue;
    if (element.checkVisibility()) texts.push(toReadable(text, element));
  }
  for (const field of root.querySelectorAll<HTMLInputElement>('[placeholder]'))
    texts.push(toReadable(field.placeholder, field, '::placeholder'));
  for (const select of root.querySelectorAll('select')) texts.push(toReadable(select.value, select));
  return texts;
}

/** Composes a colour that may be half transparent with an opaque one. */
const overGround = (color: string, ground: string) => `rgb(${painted(ground, color).join(' ')})`;
