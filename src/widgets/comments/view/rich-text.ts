import { html } from 'lit';
import type { CommentNode } from '../../../contract/types.js';

const safeScheme = /^(https?|mailto):/i;

/** Renders the node tree of a comment's text. No HTML string is involved. */
export function renderRichText(nodes: readonly CommentNode[]): unknown {
  return nodes.length === 1 ? renderNode(nodes[0]!) : nodes.map(renderNode);
}

function renderNode(node: CommentNode): unknown {
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
  const children = renderRichText(node.children);
  switch (node.type) {
    case 'paragraph':
      return html`<p>${children}</p>`;
    case 'emphasis':
      return html`<em>${children}</em>`;
    case 'strong':
      return html`<strong>${children}</strong>`;
    case 'quote':
      return html`<blockquote>${children}</blockquote>`;
    case 'item':
      return html`<li>${children}</li>`;
    case 'list':
      return node.ordered
        ? html`<ol>
            ${children}
          </ol>`
        : html`<ul>
            ${children}
          </ul>`;
    case 'link':
      return safeScheme.test(node.href)
        ? html`<a href=${node.href} target="_blank" rel="ugc nofollow noopener noreferrer">${children}</a>`
        : children;
  }
}
