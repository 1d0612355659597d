import { parseFragment, type DefaultTreeAdapterMap } from 'parse5';
import { tamedLine } from '../../text.js';

type Node = DefaultTreeAdapterMap['node'];
type Element = DefaultTreeAdapterMap['element'];

/** What is left of a piece of HTML: each paragraph on one line, and its first picture. */
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

/** Feeds may carry whole articles; a headline and a summary are in the first part. */
const mostChars = 50_000;
const unread = new Set(['script', 'style', 'template', 'iframe', 'object', 'svg', 'math', 'textarea', 'select']);
const inline = new Set(
  'a abbr b bdi bdo cite code del dfn em font i ins kbd mark q s samp small span strong sub sup time tt u var wbr'.split(
    ' ',
  ),
);

/** Reads HTML as a browser does and keeps the text. Nothing of the markup survives. */
export function plainText(html: string): PlainText {
  const parts: string[] = [];
  let image: FoundImage | undefined;
  // A stack of our own: feeds may nest deeper than calls can.
  const waiting: (Node | string)[] = [parseFragment(html.slice(0, mostChars), { scriptingEnabled: false })];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (typeof node === 'string') parts.push(node);
    else if ('value' in node) parts.push(node.value.replaceAll('\n', ' '));
    else if ('childNodes' in node) {
      if ('tagName' in node) {
        if (unread.has(node.tagName)) continue;
        image ??= node.tagName === 'img' ? imageOf(node) : undefined;
      }
      const apart = 'tagName' in node && !inline.has(node.tagName) ? '\n' : '';
      waiting.push(apart, ...node.childNodes.toReversed(), apart);
    }
  }
  return { paragraphs: parts.join('').split('\n').map(tamedLine).filter(Boolean), image };
}

/** A picture to be seen; feeds also carry invisible ones, to count who opens them. */
function imageOf({ attrs }: Element): FoundImage | undefined {
  const attribute = (name: string) => attrs.find((attr) => attr.name === name)?.value.trim();
  const size = (name: string) => (/^\d+$/.test(attribute(name) ?? '') ? Number(attribute(name)) : undefined);
  const src = attribute('src');
  const [width, height] = [size('width'), size('height')];
  if (!src || (width !== undefined && width < leastPixels) || (height !== undefined && height < leastPixels))
    return undefined;
  return { src, width, height, alt: attribute('alt') };
}

const leastPixels = 10;

/** At most so many characters, cut between words. */
export function shortened(text: string, most: number): string {
  if (text.length <= most) return text;
  const cut = text.slice(0, most - 1);
  const space = cut.lastIndexOf(' ');
  return `${cut.slice(0, space > most / 2 ? space : most - 1).replace(/[\s,;:–-]+$|[\uD800-\uDBFF]$/gu, '')}…`;
}
