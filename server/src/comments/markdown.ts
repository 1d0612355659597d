import type { CommentNode } from 'afterword/contract';
import type { fromMarkdown } from 'mdast-util-from-markdown';
import { withMentions, type Person } from './mentions.js';

type MarkdownNode = ReturnType<typeof fromMarkdown>['children'][number];

/** Without one of these, nothing in a text can mean more than itself: most comments never see the parser. */
const markup =
  /[*_`>[\]<\\&#~]|^\s{0,3}(?:[-+]|\d{1,9}[.)])\s|^ {0,3}(?:-{3,}|={2,})\s*$|^(?: {4}|\t)|https?:\/\/|\n\n| {2}$/im;
/** Parsers take time by the square of some of this; a text with more of it than any writer needs is shown as typed. */
const marks = /[*_`>[\]<\\&#~\n]/g;
const mostMarks = 500;
/** A line that opens containers within containers, or that is indented as deep. */
const tower = /^(?:(?:[ \t]*(?:>|[-+*]|\d{1,9}[.)])){5}|[ \t]{9,}(?:>|[-+*]|\d{1,9}[.)]))/m;
const address = /https?:\/\/[^\s<>"'“”‘’]+/gi;
const trailing = /[.,;:!?)\]}…]+$/;
/** Nobody quotes a quote of a quote this often in earnest; what lies deeper is shown as plain text. */
const deepest = 8;
const linkProtocols = new Set(['http:', 'https:', 'mailto:']);

/**
 * What a comment's source means: a small markdown, as a tree of nodes. Never HTML.
 *
 * @param people whoever of these is called `@name` in it becomes a mention
 */
export async function commentNodes(text: string, people: readonly Person[] = []): Promise<CommentNode[]> {
  const nodes = await parsed(text);
  return people.length > 0 ? withMentions(nodes, people) : nodes;
}

async function parsed(text: string): Promise<CommentNode[]> {
  if (!markup.test(text) || isTooMuch(text)) return [{ type: 'paragraph', children: lines(text) }];
  // The parser comes with the first text that needs it, not with the server.
  const { fromMarkdown } = await import('mdast-util-from-markdown');
  const tree = fromMarkdown(text, { extensions: [withoutHtml] });
  return tree.children.flatMap((node) => block(node, 0));
}

function isTooMuch(text: string): boolean {
  return tower.test(text) || (text.match(marks)?.length ?? 0) > mostMarks;
}

/** HTML stays text, headings and images have no place in a comment, and an indent is not code in a chat. */
const withoutHtml = {
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

function block(node: MarkdownNode, depth: number): CommentNode[] {
  if (depth >= deepest) return [{ type: 'paragraph', children: lines(plainText(node)) }];
  const children = () => ('children' in node ? node.children.flatMap((child) => block(child, depth + 1)) : []);
  switch (node.type) {
    case 'paragraph':
      return [{ type: 'paragraph', children: node.children.flatMap((child) => inline(child, depth)) }];
    case 'blockquote':
      return [{ type: 'quote', children: children() }];
    case 'list':
      return [{ type: 'list', ordered: node.ordered === true, children: children() }];
    case 'listItem':
      return [{ type: 'item', children: children() }];
    case 'code':
      return [{ type: 'code-block', value: node.value }];
    default:
      return [{ type: 'paragraph', children: inline(node, depth) }];
  }
}

function inline(node: MarkdownNode, depth: number): CommentNode[] {
  if (depth >= deepest) return lines(plainText(node));
  const children = () => ('children' in node ? node.children.flatMap((child) => inline(child, depth + 1)) : []);
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
      // A link that shows nothing would be one that nobody sees, and that a screen reader reads without a name.
      const shown = plainText(node).trim() === '' ? [{ type: 'text' as const, value: node.url }] : label;
      return [{ type: 'link', href, children: shown }];
    }
    default:
      return 'value' in node ? lines(node.value) : children();
  }
}

/** All text below a node. Without recursion: this is for trees deeper than the stack. */
function plainText(root: MarkdownNode): string {
  const pieces: string[] = [];
  const open: MarkdownNode[] = [root];
  for (let node = open.pop(); node; node = open.pop()) {
    if ('value' in node) pieces.push(node.value);
    else if (node.type === 'break') pieces.push('\n');
    else if ('children' in node) open.push(...node.children.toReversed());
  }
  return pieces.join('');
}

/** A line break typed is a line break meant, and a bare address is a link. */
function lines(text: string): CommentNode[] {
  // Most texts are one line without an address.
  if (!/\n|:\/\//.test(text)) return text === '' ? [] : [{ type: 'text', value: text }];
  return text
    .split('\n')
    .flatMap((line, index) => [...(index > 0 ? [{ type: 'break' as const }] : []), ...withLinks(line)]);
}

function withLinks(line: string): CommentNode[] {
  const nodes: CommentNode[] = [];
  let from = 0;
  for (const match of line.matchAll(address)) {
    const shown = match[0].replace(trailing, '');
    const href = safeHref(shown);
    if (href === undefined) continue;
    if (match.index > from) nodes.push({ type: 'text', value: line.slice(from, match.index) });
    nodes.push({ type: 'link', href, children: [{ type: 'text', value: shown }] });
    from = match.index + shown.length;
  }
  if (from < line.length) nodes.push({ type: 'text', value: line.slice(from) });
  return nodes;
}

function safeHref(given: string): string | undefined {
  if (!URL.canParse(given)) return undefined;
  const { protocol, username, password, href } = new URL(given);
  // A name before the host has no use in an answer to a story but to look like another host.
  return linkProtocols.has(protocol) && username === '' && password === '' ? href : undefined;
}
