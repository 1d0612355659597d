import { html, LitElement } from 'lit';
import { afterEach, describe, expect, it } from 'vitest';
import type { Comment } from '../../../src/contract/types.js';
import { CommentList } from '../../../src/widgets/comments/view/comment-list.js';
import { comment } from './thread.js';

/** Renders a list of comments, each as an article with its id. */
class ListElement extends LitElement {
  roots: Comment[] = [];
  declare readonly renderRoot: ShadowRoot;
  readonly list = new CommentList(this);

  protected override render(): unknown {
    return this.list.render({
      roots: this.roots,
      topOf: (root) => root,
      renderItem: ({ id }) => html`<article>${id}</article>`,
      dependencies: [],
      changedRoots: new Set(),
    });
  }

  /** Shows the comments, and resolves when all are rendered. */
  async show(ids: readonly string[]): Promise<void> {
    this.roots = ids.map((id) => comment(id));
    this.requestUpdate();
    do {
      await this.updateComplete;
      await new Promise((resolve) => setTimeout(resolve));
    } while (this.rendered.length < ids.length);
  }

  get rendered(): string[] {
    return [...this.renderRoot.querySelectorAll('article')].map(({ textContent }) => textContent);
  }
}
customElements.define('test-list', ListElement);

describe('CommentList', () => {
  const ids = Array.from({ length: 60 }, (_, index) => `c${index}`);
  const create = () => document.body.appendChild(document.createElement('test-list') as ListElement);
  afterEach(() => document.body.replaceChildren());

  it('renders any order after any other', async () => {
    const list = create();
    for (const order of [
      ids.slice(0, 20),
      ids,
      ids.toReversed(),
      ids.slice(30),
      [...ids.slice(50), ...ids.slice(0, 5)],
    ]) {
      await list.show(order);
      expect(list.rendered).toEqual(order);
    }
  });

  it('keeps the elements of comments when others are added before and after them', async () => {
    const list = create();
    await list.show(ids.slice(20, 40));
    const articles = new Map([...list.renderRoot.querySelectorAll('article')].map((one) => [one.textContent, one]));
    await list.show(ids);
    const after = [...list.renderRoot.querySelectorAll('article')];
    for (const [id, article] of articles) expect(after.find(({ textContent }) => textContent === id)).toBe(article);
  });

  it('keeps chunks and groups small', async () => {
    const list = create();
    const many = Array.from({ length: 340 }, (_, index) => `c${index}`);
    for (let count = 40; count <= many.length; count += 100) await list.show(many.slice(0, count));
    const { renderRoot } = list;
    for (const chunk of renderRoot.querySelectorAll('.chunk')) expect(chunk.childElementCount).toBeLessThanOrEqual(12);
    for (const group of renderRoot.querySelectorAll('.chunk-group'))
      expect(group.childElementCount).toBeLessThanOrEqual(12);
    expect(renderRoot.querySelectorAll('.chunk-group').length).toBeLessThan(5);
  });
});
