import { nothing } from 'lit/html.js';
import { afterEach, expect, test } from 'vitest';
import { property, state } from '../../src/base/property.js';
import { type Changes, ReactiveElement } from '../../src/base/reactive-element.js';

class NoteElement extends ReactiveElement {
  static override styles = ['p { color: red; }'];
  @property() text?: string | null = 'none';
  @property({ reflect: true }) tone?: string;
  @property({ type: Number, attribute: 'how-many' }) many = 1;
  @property({ type: Boolean }) open = false;
  @state() inner = 0;
  readonly drawn: Changes[] = [];
  readonly failures: unknown[] = [];

  protected override willUpdate(): void {
    // Of the same drawing.
    this.inner = this.many * 2;
  }

  protected override updated(changed: Changes): void {
    this.drawn.push(changed);
  }

  protected override render(): unknown {
    if (this.text === 'throws') throw new Error('no');
    return [this.text ?? nothing, this.many, this.open, this.inner].join();
  }

  protected override renderFailed(error: unknown): void {
    this.failures.push(error);
  }
}
customElements.define('test-note', NoteElement);

async function put(markup = '<test-note></test-note>'): Promise<NoteElement> {
  document.body.innerHTML = markup;
  const note = document.querySelector<NoteElement>('test-note')!;
  await note.updateComplete;
  return note;
}
const shown = (note: NoteElement) => note.renderRoot.textContent;
afterEach(() => document.body.replaceChildren());

test('draws what its attributes say, each as its kind', async () => {
  const note = await put('<test-note text="a" how-many="3" open></test-note>');
  expect(shown(note)).toBe('a,3,true,6');
  note.removeAttribute('open');
  note.removeAttribute('text');
  await note.updateComplete;
  expect([note.open, note.text]).toEqual([false, null]);
});

test('draws once for all that changes in a task, and knows what it was', async () => {
  const note = await put();
  note.text = 'b';
  note.text = 'c';
  note.many = 4;
  expect(note.drawn).toHaveLength(1);
  await note.updateComplete;
  expect(note.drawn).toHaveLength(2);
  expect([...note.drawn[1]!]).toEqual([
    ['text', 'none'],
    ['many', 1],
    ['inner', 2],
  ]);
  expect(shown(note)).toBe('c,4,false,8');
});

test('draws nothing anew where nothing has changed', async () => {
  const note = await put();
  note.many = 1;
  note.setAttribute('how-many', '1');
  await note.updateComplete;
  expect(note.drawn).toHaveLength(1);
});

test('keeps an attribute in step where it is told to', async () => {
  const note = await put();
  expect(note.hasAttribute('tone')).toBe(false);
  note.tone = 'dark';
  await note.updateComplete;
  expect(note.getAttribute('tone')).toBe('dark');
  note.tone = undefined;
  await note.updateComplete;
  expect([note.hasAttribute('tone'), note.tone]).toEqual([false, undefined]);
});

test('takes over what the page has set before the code was here', async () => {
  const early = document.createElement('test-late') as NoteElement & { own?: string };
  Object.assign(early, { text: 'early', many: 5, own: 'the page’s' });
  early.setAttribute('text', 'attribute');
  document.body.append(early);
  customElements.define('test-late', class extends NoteElement {});
  customElements.upgrade(early);
  await early.updateComplete;
  expect([shown(early), early.own]).toEqual(['early,5,false,10', 'the page’s']);
  early.text = 'later';
  await early.updateComplete;
  expect(shown(early)).toBe('later,5,false,10');
});

test('draws when it is first in a page, with its styles, and not again for a move', async () => {
  const note = document.createElement('test-note') as NoteElement;
  note.text = 'apart';
  await note.updateComplete;
  expect(note.shadowRoot).toBeNull();
  document.body.append(note);
  await note.updateComplete;
  expect(note.renderRoot.adoptedStyleSheets).toHaveLength(1);
  const root = note.renderRoot;
  document.body.append(document.createElement('div'));
  document.body.lastElementChild!.append(note);
  await note.updateComplete;
  expect([note.renderRoot === root, shown(note)]).toEqual([true, 'apart,1,false,2']);
});

test('a class of its own leaves the properties of the class it is made from alone', () => {
  class MoreElement extends NoteElement {
    declare more?: string;
  }
  MoreElement.createProperty('more');
  expect(MoreElement.observedAttributes).toEqual([...NoteElement.observedAttributes, 'more']);
  expect(NoteElement.observedAttributes).not.toContain('more');
});

test('an error while drawing is told once, and nothing is drawn after it', async () => {
  const note = await put();
  note.text = 'throws';
  await note.updateComplete;
  note.text = 'again';
  await note.updateComplete;
  expect(note.failures).toEqual([new Error('no')]);
  expect(shown(note)).toBe('none,1,false,2');
});
