import { html } from 'lit/html.js';
import type { CommentNode } from '../../contract/types.js';

const safe = /^(https?|mailto):/i;

/** A comment's text as elements: data in, templates out, no HTML between. */
export function renderNodes(nodes: readonly CommentNode[]): unknown {
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
      // What is wider than the comment scrolls in itself, by keyboard too.
      return html`<pre tabindex="0"><code>${node.value}</code></pre>`;
    case 'mention':
      return html`<span class="mention">@<bdi>${node.name}</bdi></span>`;
  }
  const children = renderNodes(node.children);
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
      return safe.test(node.href)
        ? html`<a href=${node.href} target="_blank" rel="ugc nofollow noopener noreferrer">${children}</a>`
        : children;
  }
}
