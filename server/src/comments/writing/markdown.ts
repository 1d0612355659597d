import { limits, type CommentNode } from 'afterword/contract';
import type { fromMarkdown } from 'mdast-util-from-markdown';
import { fieldProblem } from '../../problem.js';
import { byteLength, hasMoreGraphemes, sanitizeText } from '../../text.js';
import { insertMentions, type Mentionable } from './mentions.js';
import { splitForParser } from './parser-work.js';

type MarkdownNode = ReturnType<typeof fromMarkdown>['children'][number];

/** Texts without any of these are plain text and skip the parser, as most comments do. */
const markupPattern =
  /[*_`>[\]<\\&#~]|^\s{0,3}(?:[-+]|\d{1,9}[.)])\s|^ {0,3}(?:-{3,}|={2,})\s*$|^(?: {4}|\t)|https?:\/\/|\n\n| {2}$/im;
const bareUrl = /https?:\/\/[^\s<>"'“”‘’]+/gi;
const trailingPunctuation = '.,;:!?)]}…';
/** Maximum nesting; deeper nodes are flattened to plain text. */
const maxDepth = 8;
/** Longer addresses stay text. The conversion of a host of other scripts takes quadratic time. */
const maxHrefChars = 2048;
const linkProtocols = new Set(['http:', 'https:', 'mailto:']);

/**
 * Normalizes the text of a comment for storage and checks its length. Bytes come first: they bound all later work.
 *
 * @throws Problem `comment-empty` or `comment-too-long`
 */
export function normalizeCommentText(given: string): string {
  if (byteLength(given) > limits.commentBytes)
    throw fieldProblem('comment-too-long', 'text', `At most ${limits.commentBytes} bytes.`);
  const text = sanitizeText(given);
  if (text === '') throw fieldProblem('comment-empty', 'text', 'Write something first.');
  if (hasMoreGraphemes(text, limits.commentGraphemes))
    throw fieldProblem('comment-too-long', 'text', `At most ${limits.commentGraphemes} characters.`);
  return text;
}

/**
 * Parses a comment's source, a subset of markdown, into nodes. Never produces HTML.
 *
 * @param mentionable readers whose `@name` becomes a mention
 */
export async function parseMarkdown(text: string, mentionable: readonly Mentionable[] = []): Promise<CommentNode[]> {
  const nodes = await parseText(text);
  return mentionable.length > 0 ? insertMentions(nodes, mentionable) : nodes;
}

async function parseText(text: string): Promise<CommentNode[]> {
  const chunks = markupPattern.test(text) ? splitForParser(text) : undefined;
  // Plain texts, and those that would take the parser too long, are shown as typed.
  if (!chunks) return [{ type: 'paragraph', children: toTextNodes(text) }];
  // Loads the parser on first use instead of at server start.
  const { fromMarkdown } = await import('mdast-util-from-markdown');
  return chunks.flatMap((chunk) =>
    fromMarkdown(chunk, { extensions: [disabledSyntax] }).children.flatMap((node) => toBlockNodes(node, 0)),
  );
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

function toBlockNodes(node: MarkdownNode, depth: number): CommentNode[] {
  if (depth >= maxDepth) return [{ type: 'paragraph', children: toTextNodes(plainText(node)) }];
  const children = () => ('children' in node ? node.children.flatMap((child) => toBlockNodes(child, depth + 1)) : []);
  switch (node.type) {
    case 'paragraph':
      return [{ type: 'paragraph', children: node.children.flatMap((child) => toInlineNodes(child, depth)) }];
    case 'blockquote':
      return [{ type: 'quote', children: children() }];
    case 'list':
      return [{ type: 'list', ordered: node.ordered === true, children: children() }];
    case 'listItem':
      return [{ type: 'item', children: children() }];
    case 'code':
      return [{ type: 'code-block', value: node.value }];
    default:
      return [{ type: 'paragraph', children: toInlineNodes(node, depth) }];
  }
}

function toInlineNodes(node: MarkdownNode, depth: number): CommentNode[] {
  if (depth >= maxDepth) return toTextNodes(plainText(node));
  const children = () => ('children' in node ? node.children.flatMap((child) => toInlineNodes(child, depth + 1)) : []);
  switch (node.type) {
    case 'break':
      return [{ type: 'break' }];
    case 'inlineCode':
      return [{ type: 'code', value: node.value }];
    case 'emphasis':
    case 'strong':
      return [{ type: node.type, children: children() }];
    case 'link': {
      const label = children().flatMap((child) => (child.type === 'link' ? child.children : [child]));
      const href = safeHref(node.url);
      if (href === undefined) return label;
      // A link with an empty label shows its URL, so that it is visible and has an accessible name.
      const shown = plainText(node).trim() === '' ? [{ type: 'text' as const, value: node.url }] : label;
      return [{ type: 'link', href, children: shown }];
    }
    default:
      return 'value' in node ? toTextNodes(node.value) : children();
  }
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

/** Keeps line breaks as typed and turns bare URLs into links. */
function toTextNodes(text: string): CommentNode[] {
  // Fast path for single lines without a URL.
  if (!/\n|:\/\//.test(text)) return text === '' ? [] : [{ type: 'text', value: text }];
  return text
    .split('\n')
    .flatMap((line, index) => [...(index > 0 ? [{ type: 'break' as const }] : []), ...linkify(line)]);
}

function linkify(line: string): CommentNode[] {
  const nodes: CommentNode[] = [];
  let from = 0;
  for (const match of line.matchAll(bareUrl)) {
    const shown = trimPunctuation(match[0]);
    const href = safeHref(shown);
    if (href === undefined) continue;
    if (match.index > from) nodes.push({ type: 'text', value: line.slice(from, match.index) });
    nodes.push({ type: 'link', href, children: [{ type: 'text', value: shown }] });
    from = match.index + shown.length;
  }
  if (from < line.length) nodes.push({ type: 'text', value: line.slice(from) });
  return nodes;
}

function trimPunctuation(url: string): string {
  let end = url.length;
  while (end > 0 && trailingPunctuation.includes(url.charAt(end - 1))) end--;
  return url.slice(0, end);
}

function safeHref(given: string): string | undefined {
  if (given.length > maxHrefChars || !URL.canParse(given)) return undefined;
  const { protocol, username, password, href } = new URL(given);
  // Rejects URLs with user info: `https://bank.example@evil.example` imitates another host.
  return linkProtocols.has(protocol) && username === '' && password === '' ? href : undefined;
}
