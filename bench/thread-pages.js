/**
 * Serves the same thread as three pages, and the API of the third: static HTML (the lower bound), a bare Lit list without
 * form, styles or state, and ours. All responses are sent without delay.
 */
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';
import { build } from 'vite';
import { root } from '../scripts/commands.js';

/** @typedef {{ id: string, parent: string | null, name: string, text: string, at: string, up: number, replies: SampleComment[] }} SampleComment */

const types = /** @type {Record<string, string>} */ ({ '.js': 'text/javascript', '.css': 'text/css' });
const words =
  'the of council vote budget city river station people said after years report local plan school hospital water energy price rent market minister open bridge road night morning team match second goal award film music street house green'.split(
    ' ',
  );
const names = ['Anna K.', 'Marek', 'Ioana', 'Tom Hughes', 'Yusuf', 'Lea', 'P. Novak', 'Sara Lind', 'Giorgos', 'Minh'];
const passage =
  'The council voted on Tuesday to keep the river station open for another five years, after a long debate about its cost and about the price of water in the city. Residents who spoke at the meeting said the plan came late.';

/** @type {Map<number, SampleComment[]>} */
const threads = new Map();

/**
 * Generates a thread: six of ten comments are roots, four are replies, of about 200 characters each.
 *
 * @param {number} count
 */
function threadOf(count) {
  const generated = threads.get(count);
  if (generated) return generated;
  let seed = 7;
  const random = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
  /** @type {SampleComment[]} */
  const roots = [];
  for (let index = 0; index < count; index++) {
    const parent = index > 2 && random() < 0.4 ? roots[Math.floor(random() * roots.length)] : undefined;
    const length = 8 + Math.floor(random() * random() * 100);
    const text = Array.from({ length }, () => words[Math.floor(random() * words.length)]).join(' ');
    const comment = {
      id: `01930000-0000-7000-8000-${String(index).padStart(12, '0')}`,
      parent: parent?.id ?? null,
      name: names[Math.floor(random() * names.length)] ?? '',
      text: `${text.charAt(0).toUpperCase()}${text.slice(1)}.`,
      at: new Date(1780000000000 - index * 427_000).toISOString(),
      up: Math.floor(random() * 40),
      replies: [],
    };
    (parent?.replies ?? roots).push(comment);
  }
  threads.set(count, roots);
  return roots;
}

/** @param {SampleComment} comment @returns {object} */
const asComment = ({ id, parent, name, text, at, up, replies }) => ({
  id,
  parentId: parent,
  author: { id: `r-${name}`, name, badges: [] },
  nodes: [{ type: 'paragraph', children: [{ type: 'text', value: text }] }],
  text,
  createdAt: at,
  editedAt: null,
  state: 'visible',
  votes: { up, down: 0 },
  pinned: false,
  featured: false,
  replies: { comments: replies.map(asComment), nextCursor: null, total: replies.length },
});

/** @param {number} count @param {number} limit @param {number} from */
function pageOf(count, limit, from) {
  const roots = threadOf(count);
  return {
    comments: roots.slice(from, from + limit).map(asComment),
    prevCursor: null,
    nextCursor: from + limit < roots.length ? String(from + limit) : null,
    total: count,
    version: 1,
    thread: {
      state: 'open',
      closesAt: null,
      question: null,
      rules: { who: 'guest', votes: 'up', editSeconds: 300, maxGraphemes: 5000, moderation: 'post' },
    },
  };
}

/** @param {SampleComment} comment @returns {string} */
const asHtml = ({ name, at, text, up, replies }) =>
  `<li class="c"><img src="/avatar.svg" width="32" height="32" alt="" loading="lazy"><div><b>${name}</b> <time>${at.slice(0, 10)}</time><p>${text}</p><button>Like ${up}</button> <button>Reply</button>${replies.length ? `<ul>${replies.map(asHtml).join('')}</ul>` : ''}</div></li>`;

/** Gives the thread a window's height from the start, so that it can open at once without layout shift. */
const host = (/** @type {string} */ title, /** @type {string} */ widget) => `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title>
<style>body{font:16px/1.5 sans-serif;margin:0 auto;max-width:760px;padding:16px}.c{display:flex;gap:8px;margin:0 0 12px}ul{list-style:none;padding:0}.thread{display:block;min-block-size:100vh}</style>
<h1>River station stays open</h1><p>${passage}</p>
${widget}
<p id="after">${passage}</p><p>${passage}</p></html>`;

const litList = `
  import { LitElement, html, css } from 'lit';
  import { repeat } from 'lit/directives/repeat.js';
  const one = (c) => html\`<li class="c"><img src="/avatar.svg" width="32" height="32" alt="" loading="lazy"><div><b>\${c.name}</b> <time>\${c.at.slice(0, 10)}</time><p>\${c.text}</p><button @click=\${() => {}}>Like \${c.up}</button> <button @click=\${() => {}}>Reply</button>\${c.replies.length ? html\`<ul>\${repeat(c.replies, (x) => x.id, one)}</ul>\` : ''}</div></li>\`;
  class LitList extends LitElement {
    static properties = { list: { state: true } };
    static styles = css\`.c{display:flex;gap:8px;margin:0 0 12px}ul{list-style:none;padding:0}\`;
    constructor() { super(); this.list = []; }
    async connectedCallback() { super.connectedCallback(); this.list = await (await fetch('/list.json' + location.search)).json(); }
    render() { return html\`<ul>\${repeat(this.list, (c) => c.id, one)}</ul>\`; }
  }
  customElements.define('lit-list', LitList);`;

/** Serves all pages until `close`. */
export async function servePages() {
  const lit = await bundle(litList);
  /** @type {Map<string, Buffer>} */
  const compressed = new Map();
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const [type, body] = responseFor(url, lit);
    if (body === undefined) return response.writeHead(404).end();
    let bytes = compressed.get(url.href);
    if (!bytes) {
      bytes = brotliCompressSync(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } });
      compressed.set(url.href, bytes);
    }
    response.writeHead(200, { 'content-type': type, 'content-encoding': 'br', 'cache-control': 'no-store' }).end(bytes);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    url: `http://127.0.0.1:${port}`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/**
 * @param {URL} url
 * @param {string} lit
 * @returns {[type: string, body?: string]}
 */
function responseFor({ pathname, searchParams: query }, lit) {
  const count = Number(query.get('n') ?? /n-(\d+)/.exec(query.get('story') ?? '')?.[1] ?? 100);
  const html = 'text/html; charset=utf-8';
  const json = 'application/json';
  const size = query.get('size') ?? '100';
  switch (pathname) {
    case '/blank':
      return [html, host('Blank', '')];
    case '/static':
      return [html, host('Static', `<ul class="thread">${threadOf(count).map(asHtml).join('')}</ul>`)];
    case '/lit':
      return [html, host('Lit', '<lit-list class="thread"></lit-list><script type="module" src="/lit.js"></script>')];
    case '/ours':
      return [
        html,
        host(
          'Ours',
          `<script type="module" src="/afterword.js" data-site="bench" data-story="n-${count}"></script><aw-comments class="thread" page-size="${size}"></aw-comments>`,
        ),
      ];
    case '/lit.js':
      return ['text/javascript', lit];
    case '/list.json':
      return [json, JSON.stringify(threadOf(count))];
    case '/avatar.svg':
      return [
        'image/svg+xml',
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><circle cx="16" cy="16" r="16"/></svg>',
      ];
    case '/v1/sites/bench/page': {
      const entry = query.get('parts') ?? '';
      return [json, JSON.stringify({ parts: { [entry]: pageOf(count, Number(entry.split(':')[2] ?? 20), 0) } })];
    }
    case '/v1/sites/bench/comments':
      return [json, JSON.stringify(pageOf(count, Number(query.get('limit')), Number(query.get('cursor') ?? 0)))];
  }
  const file = join(root, 'dist/cdn', pathname);
  return extname(file) in types && existsSync(file) ? [types[extname(file)] ?? '', readFileSync(file, 'utf8')] : [''];
}

/** @param {string} code */
async function bundle(code) {
  const entry = '\0entry';
  const output = await build({
    root,
    configFile: false,
    logLevel: 'warn',
    plugins: [
      {
        name: 'entry',
        resolveId: (id) => (id === 'entry' ? entry : undefined),
        load: (id) => (id === entry ? code : undefined),
      },
    ],
    build: { write: false, target: 'es2022', rolldownOptions: { input: 'entry', output: { format: 'es' } } },
  });
  const [built] = /** @type {import('vite').Rolldown.RolldownOutput[]} */ ([output].flat());
  return built?.output[0].code ?? '';
}
