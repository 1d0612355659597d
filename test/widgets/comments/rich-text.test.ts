import { render } from 'lit';
import { describe, expect, it } from 'vitest';
import type { CommentNode } from '../../../src/contract/types.js';
import { hueOf } from '../../../src/widgets/comments/view/comment.js';
import { renderRichText } from '../../../src/widgets/comments/view/rich-text.js';

const text = (value: string): CommentNode => ({ type: 'text', value });

function rendered(nodes: CommentNode[]): HTMLElement {
  const root = document.createElement('div');
  render(renderRichText(nodes), root);
  return root;
}

describe('comment nodes', () => {
  it('renders every kind of node', () => {
    const root = rendered([
      { type: 'quote', children: [{ type: 'paragraph', children: [text('hỏi')] }] },
      {
        type: 'paragraph',
        children: [
          { type: 'strong', children: [text('đậm')] },
          { type: 'break' },
          { type: 'emphasis', children: [text('nghiêng')] },
          { type: 'code', value: 'x' },
        ],
      },
      { type: 'code-block', value: 'y' },
      { type: 'list', ordered: true, children: [{ type: 'item', children: [text('một')] }] },
      { type: 'list', ordered: false, children: [{ type: 'item', children: [text('hai')] }] },
    ]);
    expect([...root.querySelectorAll('*')].map(({ localName }) => localName)).toEqual(
      'blockquote p p strong br em code pre code ol li ul li'.split(' '),
    );
    expect(root.querySelector('blockquote')!.textContent).toBe('hỏi');
  });

  it('renders markup in text as literal text', () => {
    const root = rendered([text('<img src=x onerror=alert(1)>')]);
    expect(root.querySelector('img')).toBeNull();
    expect(root.textContent).toBe('<img src=x onerror=alert(1)>');
  });

  it('links absolute http URLs only, with a restrictive rel', () => {
    const link = (href: string): CommentNode => ({ type: 'link', href, children: [text('đây')] });
    const anchor = rendered([link('https://example.com/')]).querySelector('a')!;
    expect(anchor.rel).toBe('ugc nofollow noopener noreferrer');
    expect(anchor.target).toBe('_blank');
    for (const href of ['javascript:alert(1)', ' javascript:alert(1)', 'data:text/html,x', '/here']) {
      const root = rendered([link(href)]);
      expect(root.querySelector('a')).toBeNull();
      expect(root.textContent).toBe('đây');
    }
  });
});

describe('hueOf', () => {
  it('returns one of eight hues, stable for a name', () => {
    for (const name of ['', 'Lan', 'Nguyễn Thị Kim Ngân', '🙂']) {
      expect(hueOf(name)).toBe(hueOf(name));
      expect(hueOf(name)).toBeGreaterThanOrEqual(0);
      expect(hueOf(name)).toBeLessThan(8);
    }
  });
});
