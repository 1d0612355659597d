import type { CommentNode } from 'afterword/contract';
import { fromMarkdown } from 'mdast-util-from-markdown';

type MarkdownNode = ReturnType<typeof fromMarkdown>['children'][number];

/** Without one of these, nothing in a text can mean more than itself: most comments never see the parser. */
const markup =
  /[*_`>[\]<\\&#~]|^\s{0,3}(?:[-+]|\d{1,9}[.)])\s|^ {0,3}(?:-{3,}|={2,})\s*$|^(?: {4}|\t)|https?:\/\/|\n\n| {2}$/im;
const address = /https?:\/\/[^\s<>"'“”‘’]+/gi;
const trailing = /[.,;:!?)\]}…]+$/;
const linkProtocols = new Set(['http:', 'https:', 'mailto:']);

/** What a comment's source means: a small markdown, as a tree of nodes. Never HTML. */
export function commentNodes(text: string): CommentNode[] {
  if (!markup.test(text)) return [{ type: 'paragraph', children: lines(text) }];
  const tree = fromMarkdown(text, { extensions: [withoutHtml] });
  return tree.children.flatMap(block);
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

function block(node: MarkdownNode): CommentNode[] {
  switch (node.type) {
    case 'paragraph':
      return [{ type: 'paragraph', children: node.children.flatMap(inline) }];
    case 'blockquote':
      return [{ type: 'quote', children: node.children.flatMap(block) }];
    case 'list':
      return [{ type: 'list', ordered: node.ordered === true, children: node.children.flatMap(block) }];
    case 'listItem':
      return [{ type: 'item', children: node.children.flatMap(block) }];
    case 'code':
      return [{ type: 'code-block', value: node.value }];
    default:
      return [{ type: 'paragraph', children: inline(node) }];
  }
}

function inline(node: MarkdownNode): CommentNode[] {
  switch (node.type) {
    case 'text':
      return lines(node.value);
    case 'break':
      return [{ type: 'break' }];
    case 'inlineCode':
      return [{ type: 'code', value: node.value }];
    case 'emphasis':
    case 'strong':
      return [{ type: node.type, children: node.children.flatMap(inline) }];
    case 'link': {
      const children = node.children
        .flatMap(inline)
        .flatMap((child) => (child.type === 'link' ? child.children : [child]));
      const href = safeHref(node.url);
      return href === undefined ? children : [{ type: 'link', href, children }];
    }
    default:
      return 'children' in node
        ? (node.children as MarkdownNode[]).flatMap(inline)
        : 'value' in node
          ? lines(node.value)
          : [];
  }
}

/** A line break typed is a line break meant, and a bare address is a link. */
function lines(text: string): CommentNode[] {
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
  const url = new URL(given);
  return linkProtocols.has(url.protocol) ? url.href : undefined;
}
