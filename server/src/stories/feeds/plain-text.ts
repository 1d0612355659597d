import { parseFragment, type DefaultTreeAdapterMap } from 'parse5';
import { sanitizeLine } from '../../text.js';

type Node = DefaultTreeAdapterMap['node'];
type Element = DefaultTreeAdapterMap['element'];

/** Text extracted from HTML: one line per paragraph, and the first picture. */
export interface PlainText {
  readonly paragraphs: readonly string[];
  readonly image: FoundImage | undefined;
}

export interface FoundImage {
  readonly src: string;
  readonly width?: number | undefined;
  readonly height?: number | undefined;
  readonly alt?: string | undefined;
}

/** Upper bound for parsed input. Feeds may contain whole articles; title and summary come first. */
const maxChars = 50_000;
const skippedElements = new Set([
  'script',
  'style',
  'template',
  'iframe',
  'object',
  'svg',
  'math',
  'textarea',
  'select',
]);
const inlineElements = new Set(
  'a abbr b bdi bdo cite code del dfn em font i ins kbd mark q s samp small span strong sub sup time tt u var wbr'.split(
    ' ',
  ),
);

/** Parses HTML as browsers do and extracts the text. No markup is kept. */
export function plainText(html: string): PlainText {
  const parts: string[] = [];
  let image: FoundImage | undefined;
  // Explicit stack: documents may be nested deeper than the call stack.
  const stack: (Node | string)[] = [parseFragment(html.slice(0, maxChars), { scriptingEnabled: false })];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (typeof node === 'string') parts.push(node);
    else if ('value' in node) parts.push(node.value.replaceAll('\n', ' '));
    else if ('childNodes' in node) {
      if ('tagName' in node) {
        if (skippedElements.has(node.tagName)) continue;
        image ??= node.tagName === 'img' ? imageOf(node) : undefined;
      }
      const separator = 'tagName' in node && !inlineElements.has(node.tagName) ? '\n' : '';
      stack.push(separator, ...node.childNodes.toReversed(), separator);
    }
  }
  return { paragraphs: parts.join('').split('\n').map(sanitizeLine).filter(Boolean), image };
}

/** Returns the picture unless it is a tracking pixel. */
function imageOf({ attrs }: Element): FoundImage | undefined {
  const attribute = (name: string) => attrs.find((attr) => attr.name === name)?.value.trim();
  const size = (name: string) => (/^\d+$/.test(attribute(name) ?? '') ? Number(attribute(name)) : undefined);
  const src = attribute('src');
  const [width, height] = [size('width'), size('height')];
  if (!src || (width !== undefined && width < minPixels) || (height !== undefined && height < minPixels))
    return undefined;
  return { src, width, height, alt: attribute('alt') };
}

const minPixels = 10;

/** Truncates a text to at most `maxLength` characters, between words. */
export function truncate(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  const cut = text.slice(0, maxLength - 1);
  const space = cut.lastIndexOf(' ');
  return `${cut.slice(0, space > maxLength / 2 ? space : maxLength - 1).replace(/[\s,;:–-]+$|[\uD800-\uDBFF]$/gu, '')}…`;
}
