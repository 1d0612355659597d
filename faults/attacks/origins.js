/** Pages of others: origins, forms of other sites, redirects, and scripts stored in names, texts and titles. */
import { attackOf, isRefused, mapSome } from './target.js';

const payloads = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "'-alert(1)-'",
  '</title><svg onload=alert(1)>',
  '</script><script>alert(1)</script>',
  '{{7*7}}${7*7}',
  'javascript:alert(1)',
  '<!--<img src="--><img src=x onerror=alert(1)>',
];

/** Markup that would run: a tag of ours or theirs, unescaped. */
const live = /<(?:script>alert|img src=x|svg onload)/i;

/**
 * @param {import('./target.js').Target} target
 * @returns {Promise<import('./target.js').Attack[]>}
 */
export async function attack(target) {
  return [...(await attackCors(target)), ...(await attackForms(target)), ...(await attackScripts(target))];
}

/** @param {import('./target.js').Target} target */
async function attackCors(target) {
  const token = await target.guest();
  const own = new URL(target.url).origin;
  const { hostname, port } = new URL(own);
  const origins = [
    'null',
    '',
    'https://evil.example',
    `${own}.evil.example`,
    `${own}:80`,
    `${own}/`,
    `${own}@evil.example`,
    `http://evil.example#${own}`,
    `https://${hostname}:${port}`,
    `http://x.${hostname}:${port}`,
    `http://${hostname}.:${port}`,
    `HTTP://${hostname}:${port}`,
    `http://localhost:1`,
    `http://${hostname}`,
    `http://${hostname}:${port}, https://evil.example`,
    `http://2130706433:${port}`,
    'file://',
    'chrome-extension://x',
  ];
  const story = 'origins';
  /** @param {string} origin */
  const writes = async (origin) => [
    await target.ask('/reactions', { method: 'PUT', token, origin, json: { story, choice: 'great' } }),
    await target.ask('/reactions?lang=vi', { method: 'PUT', token, origin, json: { story, choice: 'great' } }),
    await target.ask('/comments', { method: 'POST', token, origin, json: { story, text: 'x' } }),
    await target.ask('/me', { token, origin }),
    await target.ask('/readers', { method: 'POST', origin, json: {} }),
    await target.ask('/signals', {
      method: 'POST',
      origin,
      body: JSON.stringify({ signals: [{ type: 'read', story }] }),
    }),
    await target.ask('/subscriptions', {
      method: 'POST',
      origin,
      json: { email: 'a@b.example', lists: ['x'], consent: 'x' },
    }),
  ];
  const answers = (await mapSome(origins, writes, 4)).flat();
  const allowed = [
    await target.ask('/reactions', { method: 'PUT', token, origin: own, json: { story, choice: 'great' } }),
  ];
  const preflights = await mapSome(origins.filter(Boolean), (origin) =>
    target.ask('/reactions', { method: 'OPTIONS', origin, headers: { 'access-control-request-method': 'PUT' } }),
  );
  const all = [...answers, ...preflights, ...allowed];
  const counted = (await target.ask(`/reactions?story=${story}`)).body.total;
  return [
    attackOf('control: the own origin', 'PUT /reactions', allowed, allowed[0]?.status === 200),
    attackOf(
      'other origins write and read what is personal',
      '18 origins, 7 routes',
      answers,
      answers.every(({ status }) => status === 403) && counted === 1,
    ),
    attackOf(
      'credentials and reflected origins',
      'every answer and preflight',
      all,
      all.every(
        ({ headers }) =>
          !headers.has('access-control-allow-credentials') &&
          !headers.has('set-cookie') &&
          ['*', null].includes(headers.get('access-control-allow-origin')),
      ),
    ),
  ];
}

/** @param {import('./target.js').Target} target */
async function attackForms(target) {
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  const evil = 'https://evil.example';
  const { lists } = (await target.ask('/newsletters')).body;
  const fields = new URLSearchParams({
    site: 'demo',
    email: 'victim@reader.example',
    list: lists[0].id,
    consent: lists[0].consent.id,
  }).toString();
  const before = target.mails().length;
  const answers = [
    await target.open('/newsletter/subscribe', { method: 'POST', origin: evil, headers: form, body: fields }),
    await target.open('/newsletter/subscribe', { method: 'POST', origin: 'null', headers: form, body: fields }),
    await target.open('/newsletter/subscribe', {
      method: 'POST',
      origin: evil,
      headers: { 'content-type': 'text/plain' },
      body: fields,
    }),
    ...(await mapSome(['confirm', 'preferences', 'unsubscribe'], (page) =>
      target.open(`/newsletter/${page}`, { method: 'POST', origin: evil, headers: form, body: 'token=x&list=x' }),
    )),
  ];
  const redirects = await mapSome(
    ['confirm', 'unsubscribe', 'preferences', 'subscribe'].flatMap((page) =>
      ['next', 'return_to', 'redirect', 'url', 'token'].map(
        (name) => `/newsletter/${page}?${name}=${encodeURIComponent('//evil.example/')}`,
      ),
    ),
    (path) => target.open(path, { origin: evil }),
  );
  const others = await mapSome(
    [
      '//evil.example',
      '/demo//evil.example',
      '/outbox//evil.example',
      '/docs/%2e%2e//evil.example',
      '/%5cevil.example',
    ],
    (path) => target.open(path),
  );
  const all = [...redirects, ...others];
  return [
    attackOf(
      'CSRF: forms of other pages',
      'subscribe, confirm, unsubscribe',
      answers,
      answers.slice(0, 3).every(isRefused) &&
        answers.every(({ status }) => status < 500) &&
        target.mails().length === before,
    ),
    attackOf(
      'open redirects',
      'pages, parameters, double slashes',
      all,
      all.every(({ headers, status }) => status < 500 && !(headers.get('location') ?? '').includes('evil')),
    ),
  ];
}

/** @param {import('./target.js').Target} target */
async function attackScripts(target) {
  const key = await target.serverKey();
  const story = 'scripts';
  const api = [];
  for (const payload of payloads) {
    const token = await target.guest(payload).catch(() => target.guest());
    api.push(await target.comment(token, story, payload));
    api.push(
      await target.comment(
        token,
        story,
        `[x](https://a.example/?q=${encodeURIComponent(payload)}) [x](${payload}) <${payload}> \`${payload}\``,
      ),
    );
  }
  const titles = { url: `${target.url}/scripts`, publishedAt: new Date().toISOString() };
  api.push(
    await target.ask('/stories', {
      method: 'PUT',
      token: key,
      json: {
        stories: payloads.map((title, index) => ({
          ...titles,
          id: `scripts-${index}`,
          title,
          summary: title,
          byline: title,
        })),
      },
    }),
  );
  api.push(await target.ask(`/comments?story=${story}&limit=100`), await target.ask('/stories/latest?limit=100'));
  /** @param {any} nodes @returns {string[]} */
  const links = (nodes) =>
    (nodes ?? []).flatMap((/** @type {any} */ node) => [...(node.href ? [node.href] : []), ...links(node.children)]);
  const hrefs = api.flatMap(({ body }) =>
    (body?.comments ?? [body?.comment]).flatMap((/** @type {any} */ comment) => links(comment?.nodes)),
  );
  const isJson = api.every(
    ({ headers }) =>
      (headers.get('content-type') ?? '').includes('json') && headers.get('x-content-type-options') === 'nosniff',
  );

  const set = await target.cli(
    'sites',
    'set',
    'demo',
    'name',
    `<img src=x onerror=alert(1)>\r\nBcc: victim@reader.example`,
  );
  const queries = payloads.map(encodeURIComponent);
  const pages = await mapSome(
    [
      ...queries.flatMap((query) => [
        `/newsletter/subscribe?site=demo&list=${query}&lang=${query}`,
        `/newsletter/subscribe?site=${query}`,
        `/newsletter/confirm?token=${query}`,
        `/newsletter/unsubscribe?token=${query}`,
        `/newsletter/preferences?token=${query}`,
        `/outbox/${query}`,
        `/${query}`,
        `/v1/sites/demo/${query}`,
      ]),
      '/newsletter/subscribe?site=demo',
    ],
    (path) => target.open(path),
  );
  const forms = await mapSome(payloads, (payload) =>
    target.open('/newsletter/subscribe', {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({
        site: 'demo',
        email: payload,
        list: payload,
        consent: payload,
        lang: payload,
      }).toString(),
    }),
  );
  const shown = [...pages, ...forms];
  const html = shown.filter(({ headers }) => (headers.get('content-type') ?? '').includes('html'));
  const named = shown.filter(({ text }) => text.includes('&lt;img src=x'));
  return [
    attackOf(
      'stored scripts: the API',
      'names, texts, links, titles',
      api,
      isJson &&
        hrefs.length > 0 &&
        api.every(({ status }) => status < 400) &&
        hrefs.every((/** @type {string} */ href) => /^(?:https?|mailto):/i.test(href)),
      `${hrefs.length} links`,
    ),
    attackOf(
      'scripts on pages',
      'queries, paths, forms, the name of the site',
      shown,
      set.code === 0 &&
        named.length > 0 &&
        html.every(
          ({ text, headers }) =>
            !live.test(text) && /(?:default|script)-src/.test(headers.get('content-security-policy') ?? ''),
        ) &&
        shown.every(({ status }) => status < 500),
      `${html.length} pages`,
    ),
  ];
}
