import { limits, type CommentNode } from 'afterword/contract';
import type { fromMarkdown } from 'mdast-util-from-markdown';
import { fieldProblem } from '../../problem.js';
import { byteLength, hasMoreGraphemes, isBlank, sanitizeText } from '../../text.js';
import { bareAddressSyntax } from './bare-addresses.js';
import { findHiddenDestination, linkify, safeHref } from './links.js';
import { insertMentions, type Mentionable } from './mentions.js';
import { splitForParser } from './parser-work.js';

type MarkdownNode = ReturnType<typeof fromMarkdown>['children'][number];
type ListItem = Extract<MarkdownNode, { type: 'list' }>['children'][number];

/** Lists and quotes in one another; what is nested deeper is moved up to this level. */
const maxBlockDepth = 6;
/** Emphasis and links in one another; what is nested deeper is plain text. */
const maxInlineDepth = 8;
/** Ordered items begin with their number. */
const itemNumber = /\d+/y;

/**
 * Normalizes the text of a comment for storage and checks its length. Bytes come first: they bound all later work.
 *
 * @throws Problem `comment-empty` or `comment-too-long`
 */
export function normalizeCommentText(given: string): string {
  if (byteLength(given) > limits.commentBytes)
    throw fieldProblem('comment-too-long', 'text', `At most ${limits.commentBytes} bytes.`);
  const text = sanitizeText(given);
  if (isBlank(text)) throw commentEmpty();
  if (hasMoreGraphemes(text, limits.commentGraphemes))
    throw fieldProblem('comment-too-long', 'text', `At most ${limits.commentGraphemes} characters.`);
  return text;
}

/**
 * Parses a comment's source, a subset of markdown, into nodes. Never produces HTML.
 *
 * @param mentionable readers whose `@name` becomes a mention
 * @throws Problem `comment-empty` where the nodes show nothing
 */
export async function parseMarkdown(text: string, mentionable: readonly Mentionable[] = []): Promise<CommentNode[]> {
  const nodes = await parseText(text);
  if (!nodes.some(isVisible)) throw commentEmpty();
  return mentionable.length > 0 ? insertMentions(nodes, mentionable) : nodes;
}

async function parseText(text: string): Promise<CommentNode[]> {
  const chunks = splitForParser(text);
  if (!chunks.some(({ isMarkup }) => isMarkup)) return chunks.flatMap(({ text }) => toPlainNodes(text));
  // Loads the parser on first use instead of at server start.
  const { fromMarkdown } = await import('mdast-util-from-markdown');
  const extensions = [disabledSyntax, bareAddressSyntax];
  return chunks.flatMap(({ text: chunk, isMarkup }) =>
    isMarkup
      ? fromMarkdown(chunk, { extensions }).children.flatMap((node) => toBlockNodes(node, { source: chunk, depth: 0 }))
      : toPlainNodes(chunk),
  );
}

function toPlainNodes(text: string): CommentNode[] {
  return text
    .split(/\n\s*\n|^\n|\n$/)
    .filter(Boolean)
    .map((lines) => ({ type: 'paragraph', children: toTextNodes(lines) }));
}

/** Returns true for a node that shows something: a text, or the numbers of a list. */
function isVisible(node: CommentNode): boolean {
  if ('value' in node) return !isBlank(node.value);
  return 'children' in node && ((node.type === 'list' && node.ordered) || node.children.some(isVisible));
}

function commentEmpty() {
  return fieldProblem('comment-empty', 'text', 'Write something first.');
}

/** Keeps HTML as text. Headings, images and indented code are not supported in comments. */
const disabledSyntax = {
  disable: {
    null: [
      'htmlFlow',
      'htmlText',
      'headingAtx',
      'setextUnderline',
      'labelStartImage',
      'codeIndented',
      'definition',
      'thematicBreak',
      'characterReference',
    ],
  },
} as never;

/** The chunk that a block node is of, and the number of lists and quotes that it is in. */
interface BlockContext {
  readonly source: string;
  readonly depth: number;
}

function toBlockNodes(node: MarkdownNode, context: BlockContext): CommentNode[] {
  const inner = { ...context, depth: context.depth + 1 };
  const isTooDeep = context.depth >= maxBlockDepth;
  switch (node.type) {
    case 'blockquote': {
      const children = node.children.flatMap((child) => toBlockNodes(child, inner));
      return isTooDeep ? children : [{ type: 'quote', children }];
    }
    case 'list':
      if (isTooDeep) return node.children.flatMap((item) => toItemNodes(item, inner));
      if (node.ordered) return toOrderedLists(node.children, inner);
      return [{ type: 'list', ordered: false, children: node.children.map((item) => toItem(item, inner)) }];
    case 'code':
      return [{ type: 'code-block', value: node.value }];
    case 'paragraph':
      return [{ type: 'paragraph', children: node.children.flatMap((child) => toInlineNodes(child)) }];
    default:
      return [{ type: 'paragraph', children: toInlineNodes(node) }];
  }
}

function toItem(item: ListItem, context: BlockContext): CommentNode {
  return { type: 'item', children: toItemNodes(item, context) };
}

function toItemNodes(item: ListItem, context: BlockContext): CommentNode[] {
  return item.children.flatMap((child) => toBlockNodes(child, context));
}

/** Shows items with the numbers typed: a number that is not the next one starts a list. `1. 1. 1.` counts on. */
function toOrderedLists(items: readonly ListItem[], context: BlockContext): CommentNode[] {
  const lists: { start: number; isCounted: boolean; children: CommentNode[] }[] = [];
  for (const item of items) {
    const number = numberOf(item, context.source);
    const list = lists.at(-1);
    const isNext = list && number === list.start + list.children.length;
    if (list && (isNext || (!list.isCounted && number === list.start))) {
      list.isCounted ||= isNext === true;
      list.children.push(toItem(item, context));
    } else lists.push({ start: number, isCounted: false, children: [toItem(item, context)] });
  }
  return lists.map(({ start, children }) => ({ type: 'list', ordered: true, ...(start !== 1 && { start }), children }));
}

function numberOf({ position }: ListItem, source: string): number {
  itemNumber.lastIndex = position?.start.offset ?? 0;
  return Number(itemNumber.exec(source)?.[0] ?? 1);
}

/** @param isInLink text is not searched for addresses: a link in a link would not be reachable */
function toInlineNodes(node: MarkdownNode, depth = 0, isInLink = false): CommentNode[] {
  const toText = isInLink ? toLines : toTextNodes;
  if (depth >= maxInlineDepth) return toText(plainText(node));
  const children = (isLink = isInLink) =>
    'children' in node ? node.children.flatMap((child) => toInlineNodes(child, depth + 1, isLink)) : [];
  switch (node.type) {
    case 'break':
      return [{ type: 'break' }];
    case 'inlineCode':
      return [{ type: 'code', value: node.value }];
    case 'emphasis':
    case 'strong':
      return [{ type: node.type, children: children() }];
    case 'link':
      return isInLink ? children() : toLink(node.url, plainText(node), children(true));
    default:
      return 'value' in node ? toText(node.value) : children();
  }
}

function toLink(url: string, label: string, children: CommentNode[]): CommentNode[] {
  const href = safeHref(url);
  if (href === undefined) return children;
  // A link with an empty label shows its URL, so that it is visible and has an accessible name.
  if (isBlank(label)) return [{ type: 'link', href, children: [{ type: 'text', value: url }] }];
  const hidden = findHiddenDestination(label, href);
  if (hidden !== undefined) children.push({ type: 'text', value: ` (${hidden})` });
  return [{ type: 'link', href, children }];
}

/** Collects the text below a node. Iterative: trees may be deeper than the call stack. */
function plainText(root: MarkdownNode): string {
  const pieces: string[] = [];
  const stack: MarkdownNode[] = [root];
  for (let node = stack.pop(); node; node = stack.pop()) {
    if ('value' in node) pieces.push(node.value);
    else if (node.type === 'break') pieces.push('\n');
    else if ('children' in node) stack.push(...node.children.toReversed());
  }
  return pieces.join('');
}

/** Keeps line breaks as typed and turns bare addresses into links. */
function toTextNodes(text: string): CommentNode[] {
  return toLines(text, linkify);
}

function toLines(text: string, toNodes = toText): CommentNode[] {
  // Fast path for single lines without an address.
  if (!/\n|:\/\//.test(text)) return toText(text);
  return text
    .split('\n')
    .flatMap((line, index) => [...(index > 0 ? [{ type: 'break' as const }] : []), ...toNodes(line)]);
}

function toText(value: string): CommentNode[] {
  return value === '' ? [] : [{ type: 'text', value }];
}
