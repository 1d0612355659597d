import { html, nothing } from 'lit';
import type { CommentNode } from '../../../contract/types.js';

const safeScheme = /^(https?|mailto):/i;

/**
 * Renders the node tree of a comment's text. No HTML string is involved. Each block takes its own direction.
 *
 * @param isNested the nodes are of a block whose direction is that of its text, which a child with its own would hide
 */
export function renderRichText(nodes: readonly CommentNode[], isNested?: boolean): unknown {
  return nodes.length === 1 ? renderNode(nodes[0]!, isNested) : nodes.map((node) => renderNode(node, isNested));
}

function renderNode(node: CommentNode, isNested?: boolean): unknown {
  switch (node.type) {
    case 'text':
      return node.value;
    case 'break':
      return html`<br />`;
    case 'code':
      return html`<code>${node.value}</code>`;
    case 'code-block':
      // Focusable, so that a wide block can be scrolled by keyboard.
      return html`<pre tabindex="0"><code>${node.value}</code></pre>`;
    case 'mention':
      return html`<span class="mention">@<bdi>${node.name}</bdi></span>`;
  }
  const children = renderRichText(node.children, true);
  switch (node.type) {
    case 'paragraph':
      return html`<p dir=${isNested ? nothing : 'auto'}>${children}</p>`;
    case 'emphasis':
      return html`<em>${children}</em>`;
    case 'strong':
      return html`<strong>${children}</strong>`;
    case 'quote':
      return html`<blockquote dir="auto">${children}</blockquote>`;
    case 'item':
      return html`<li>${children}</li>`;
    case 'list': {
      const { start = 1 } = node;
      return node.ordered
        ? html`<ol dir="auto" start=${start} class=${start + node.children.length > 100 ? 'wide' : ''}>
            ${children}
          </ol>`
        : html`<ul dir="auto">
            ${children}
          </ul>`;
    }
    case 'link':
      return safeScheme.test(node.href)
        ? html`<a href=${node.href} target="_blank" rel="ugc nofollow noopener noreferrer">${children}</a>`
        : children;
  }
}
