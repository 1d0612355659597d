import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Window } from 'happy-dom';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { root } from '../../scripts/commands.js';
import { slim, unreadable } from '../../scripts/slim-lit.js';

interface Lit {
  html(strings: TemplateStringsArray, ...values: unknown[]): unknown;
  nothing: unknown;
  render(value: unknown, root: unknown, options: object): void;
}

/** What a browser takes, not what Node would. */
const source = readFileSync(join(root, 'node_modules/lit-html/lit-html.js'), 'utf8').replace(/\n\/\/#.*/, '');
const folder = mkdtempSync(join(tmpdir(), 'slim-lit-'));
const window = new Window();
let both: [whole: Lit, slim: Lit];

beforeAll(async () => {
  // Both take the page's document when they are loaded.
  vi.stubGlobal('document', window.document);
  const load = async (name: string, code: string): Promise<Lit> => {
    writeFileSync(join(folder, name), code);
    return (await import(/* @vite-ignore */ pathToFileURL(join(folder, name)).href)) as Lit;
  };
  both = [await load('whole.mjs', source), await load('slim.mjs', slim(source))];
});
beforeEach(() => vi.stubGlobal('document', window.document));
afterAll(() => {
  vi.unstubAllGlobals();
  rmSync(folder, { recursive: true });
});

/** What is drawn, one value after another into the same place, without the comments that mark places. */
function drawn(lit: Lit, values: unknown[], act: (main: HTMLElement) => unknown = () => undefined): unknown[] {
  const main = window.document.createElement('main') as unknown as HTMLElement;
  const host = { name: 'host' };
  return values.map((value) => {
    lit.render(value, main, { host });
    return [main.innerHTML.replace(/<!--.*?-->/g, ''), act(main)];
  });
}

const series: Record<string, (lit: Lit) => unknown[]> = {
  'words and what is none': ({ html, nothing }) =>
    ['a', '', 0, null, false, undefined, nothing, '<b>'].map((value) => html`<p>${value}</p>`),
  'attributes that change and go': ({ html, nothing }) =>
    ['a', '"', nothing, 'b', null, undefined, 1].map(
      (value) => html`<p class=${value} id="x" title=${value}>${value}</p>`,
    ),
  'attributes that are there or not': ({ html, nothing }) =>
    [true, false, nothing, 'x', null].map((value) => html`<button ?hidden=${value} class="a">a</button>`),
  'lists that grow, shrink and turn to words': ({ html }) =>
    [[1, 2], [1, 2, 3], [], new Set([4, 5]), 'none', [6]].map(
      (list) =>
        html`<ul>
          ${typeof list === 'string' ? list : [...list].map((one) => html`<li>${one}</li>`)}${list}
        </ul>`,
    ),
  'templates that take turns': ({ html, nothing }) =>
    [true, false, true].map(
      (on) => html`${on ? html`<a href=${'/x'}>${'on'}</a>` : nothing}<i>${on ? 'a' : html`<b>${'off'}</b>`}</i>`,
    ),
  drawings: ({ html }) =>
    ['m1 1', 'm2 2'].map(
      (d) =>
        html`<svg viewBox="0 0 1 1">
          <path class="a" d=${d} />
          <path d=${d} />
        </svg>`,
    ),
};

test.each(Object.entries(series))('%s are drawn as by the whole lit-html', (_, templates) => {
  const [whole, slimmed] = both.map((lit) => drawn(lit, templates(lit)));
  expect(slimmed).toEqual(whole);
});

test('listeners come, change, go, and know their host', () => {
  const heard = both.map((lit) => {
    const calls: unknown[] = [];
    const listener = (name: string) =>
      function (this: { name: string }) {
        calls.push(name + this.name);
      };
    const listeners = [listener('one '), listener('two '), null, listener('three '), lit.nothing, undefined];
    const templates = listeners.map((one) => lit.html`<button @click=${one}>a</button>`);
    drawn(lit, templates, (main) => main.querySelector('button')!.click());
    return calls;
  });
  expect(heard).toEqual([
    ['one host', 'two host', 'three host'],
    ['one host', 'two host', 'three host'],
  ]);
});

test('what only looks like a template is none', () => {
  for (const lit of both) {
    const forged = JSON.parse('{"_$litType$":1,"litType$":1,"strings":["<b>forged</b>"],"values":[]}') as object;
    expect(() => drawn(lit, [forged])).toThrow();
  }
});

test.each([
  ['a binding beside others in one attribute', 'html`<p class="a ${b}"></p>`'],
  ['a binding in a comment', 'html`<!-- ${a} -->`'],
  ['a binding in a field', 'html`<textarea>${a}</textarea>`'],
  ['a binding on an element', 'html`<p ${a}></p>`'],
  ['a property', 'html`<input .value=${a} />`'],
  ['a name of a tag', 'html`<${a}></p>`'],
  ['SVG', 'svg`<path />`'],
])('%s does not get past the build', (_, template) => {
  expect(unreadable(`const page = ${template};`)).toBe(template);
  expect(
    unreadable('const page = html`<p class=${a} ?hidden=${b} @click=${c}>${d}<textarea></textarea></p>`;'),
  ).toBeUndefined();
});

test('a release that is another one does not get past the build', () => {
  expect(() => slim(source.replace('hasAttributes', 'hasAny'))).toThrow('lit-html is not what it was');
});
