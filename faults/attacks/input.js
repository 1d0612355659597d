/** Values that a contract must refuse, and bodies that a parser must survive. */
import { connect } from 'node:net';
import { attackOf, isRefused, mapSome, range } from './target.js';

const story = 'input';
const otherId = '01990000-0000-7000-8000-000000000000';

/**
 * @param {import('./target.js').Target} target
 * @returns {Promise<import('./target.js').Attack[]>}
 */
export async function attack(target) {
  const key = await target.serverKey();
  const token = await target.guest();
  return [
    ...(await attackStories(target, key)),
    ...(await attackQueries(target, token)),
    ...(await attackCursors(target)),
    ...(await attackBodies(target, token)),
  ];
}

/** @param {import('./target.js').Target} target @param {string} key */
async function attackStories(target, key) {
  const valid = { url: `${target.url}/x`, title: 'T', publishedAt: '2026-11-24T07:00:00Z' };
  const image = { src: `${target.url}/x.svg` };
  const refused = [
    ...[
      'javascript:alert(1) 1x',
      'data:text/html,x 1x',
      'https://a.b/x 99999999999w',
      'https://a.b/x 1x, javascript:alert(1) 2x',
      'https://a.b/x 1q',
      range(31)
        .map((at) => `https://a.b/${at} ${at + 1}w`)
        .join(', '),
      `https://a.b/${'x'.repeat(9_000)} 1x`,
      '\0 1x',
    ].map((srcset) => ({ image: { ...image, srcset } })),
    { image: { ...image, alt: 'a'.repeat(1_001) } },
    { image: { ...image, width: 2 ** 31 } },
    { image: { ...image, height: 1.5 } },
    { image: { src: 'javascript:alert(1)' } },
    { image: { ...image, focal: { x: 1e308 * 10, y: 0 } } },
    { url: 'javascript:alert(1)' },
    { url: `https://a.b/${'x'.repeat(3_000)}` },
    { durationSec: 2 ** 31 },
    { durationSec: -1 },
    { title: '' },
    { title: 'a'.repeat(501) },
    { publishedAt: '2026-99-99T00:00:00Z' },
    { publishedAt: '+275760-09-13T00:00:00.001Z' },
    { sponsor: { name: 'x', url: 'javascript:alert(1)' } },
    { kind: '__proto__' },
    { lang: '\0' },
    { id: 'a\0b' },
    { id: '\ud800' },
  ];
  /** @param {object} each */
  const put = (each) =>
    target.ask('/stories', { method: 'PUT', token: key, json: { stories: [{ ...valid, ...each }] } });
  const answers = await mapSome(refused, put, 4);
  // These are stored, without what no database stores.
  const sanitized = await mapSome(
    [
      { title: 'a\0b' },
      { title: 'a\ud800b' },
      { summary: '\0' },
      { image: { ...image, alt: 'x\0' } },
      { byline: '\udfff' },
    ],
    put,
    4,
  );
  return [
    attackOf(
      'stories: srcset, alt, sizes, times, addresses',
      'PUT /stories with the key',
      answers,
      answers.every(isRefused),
    ),
    attackOf(
      'stories: NUL and lone surrogates',
      'PUT /stories with the key',
      sanitized,
      sanitized.every(({ status }) => status < 500),
    ),
  ];
}

/** @param {import('./target.js').Target} target @param {string} token */
async function attackQueries(target, token) {
  const numbers = [
    '0',
    '-1',
    '101',
    '1e9',
    '1e400',
    '2147483648',
    '9007199254740993',
    'NaN',
    '0x10',
    '1.5',
    '',
    '٣',
    ' ',
  ];
  const paths = [
    ...numbers.flatMap((number) => [
      `/comments?story=x&limit=${encodeURIComponent(number)}`,
      `/stories/latest?limit=${encodeURIComponent(number)}`,
    ]),
    ...['-1', '101', '1e9', '2147483648', 'NaN'].map((number) => `/comments?story=x&replies=${number}`),
    `/counts?${range(101)
      .map((at) => `story=${at}`)
      .join('&')}`,
    `/live?${range(21)
      .map((at) => `story=${at}`)
      .join('&')}`,
    `/page?story=x&parts=${range(21)
      .map((at) => `comments:best:${at + 1}`)
      .join(',')}`,
    '/comments?story=%00',
    `/comments?story=${'x'.repeat(2_049)}`,
    '/comments?story=x&sort=__proto__',
    '/comments?story=x&parent=1',
    '/comments?story=x&anchor=%00',
    '/reactions?story=x&poll=__proto__',
    '/reactions?story=x&poll=%00',
    '/stories/__proto__',
    '/reactions?story=x&lang=%00',
    '/comments/%00/history',
    `/comments/${otherId}/history`,
  ];
  const answers = await mapSome(paths, (path) => target.ask(path));
  const accepted = paths.filter(
    (_, index) => (answers[index]?.status ?? 500) < 400 && !/limit=(?:0x10|%20|)$/.test(paths[index] ?? ''),
  );
  const withToken = await mapSome(
    ['\0', '\ud800', 'x'.repeat(2_049)].map((bad) => ({ story: bad, text: 'x' })),
    (json) => target.ask('/comments', { method: 'POST', token, json }),
  );
  return [
    attackOf(
      'numbers, pages, keys and ids in queries',
      'GET',
      answers,
      accepted.length === 0 && answers.every(({ status }) => status < 500),
      accepted.join(' '),
    ),
    attackOf('story keys in bodies', 'POST /comments', withToken, withToken.every(isRefused)),
  ];
}

/** @param {import('./target.js').Target} target */
async function attackCursors(target) {
  for (const name of ['cursors', 'elsewhere'])
    for (const index of range(4)) await target.comment(await target.guest(), name, `${name} ${index}`);
  /** @param {unknown} parts */
  const forge = (parts) => Buffer.from(JSON.stringify(parts)).toString('base64url');
  const path = '/comments?story=cursors&limit=1';
  const forged = [
    '',
    'x',
    '=',
    'e30',
    'A'.repeat(513),
    ...[null, {}, [], [2], [1, 'newest', null, false, 1, otherId], [2, 'newest', null, false, -1, otherId]].map(forge),
    ...[1.5, 1e300, 2 ** 53, '1', null].map((at) => forge([2, 'newest', null, false, at, otherId])),
    ...[-1, 2 ** 31, 1.5].map((at) => forge([2, 'best', false, 1, at])),
    forge([2, 'newest', 'x', false, 1, otherId]),
    forge([2, 'newest', null, false, 1, "' or 1=1 --"]),
    `${forge([2, 'newest', null, false, 1, ''])}=`,
  ];
  const answers = await mapSome(
    ['newest', 'oldest', 'best', 'discussed'].flatMap((sort) =>
      forged.map((cursor) => `${path}&sort=${sort}&cursor=${encodeURIComponent(cursor)}`),
    ),
    (each) => target.ask(each),
  );
  // Cursors of another story, order and site lead to no comment of theirs.
  const foreign = [];
  for (const sort of ['newest', 'oldest', 'best', 'discussed']) {
    const { body } = await target.ask(`/comments?story=elsewhere&limit=1&sort=${sort}`);
    const cursor = encodeURIComponent(body.nextCursor ?? '');
    for (const other of ['newest', 'oldest', 'best', 'discussed'])
      foreign.push(await target.ask(`${path}&sort=${other}&cursor=${cursor}`));
  }
  return [
    attackOf('cursors: forged', 'GET /comments in every order', answers, answers.every(isRefused)),
    attackOf(
      'cursors: of another story or order',
      'GET /comments',
      foreign,
      foreign.every(({ status, text }) => status < 500 && !text.includes('elsewhere')),
    ),
  ];
}

/** @param {import('./target.js').Target} target @param {string} token */
async function attackBodies(target, token) {
  const vote = { method: 'PUT', token };
  const json = { 'content-type': 'application/json' };
  const valid = JSON.stringify({ story, choice: 'great' });
  const refused = [
    { body: valid, headers: { 'content-type': 'text/plain' } },
    { body: valid, headers: { 'content-type': 'application/x-www-form-urlencoded' } },
    { body: valid, headers: { 'content-type': 'multipart/form-data; boundary=x' } },
    { body: valid, headers: { 'content-type': 'application/jsonp' } },
    { body: valid, headers: { 'content-type': 'text/json; application/json' } },
    { body: Buffer.from(valid, 'utf16le'), headers: { 'content-type': 'application/json; charset=utf-16' } },
    { body: '['.repeat(60_000), headers: json },
    { body: '{"a":'.repeat(10_000), headers: json },
    { body: `${'['.repeat(30_000)}${']'.repeat(30_000)}`, headers: json },
    { body: `{"story":"x","choice":${'['.repeat(20_000)}${']'.repeat(20_000)}}`, headers: json },
    { body: `{"__proto__":{"story":"${story}","choice":"great"}}`, headers: json },
    { body: `{"constructor":{"prototype":{"story":"${story}","choice":"great"}}}`, headers: json },
    { body: JSON.stringify({ story, choice: '__proto__' }), headers: json },
    { body: JSON.stringify({ story, choice: 'constructor' }), headers: json },
    { body: JSON.stringify({ story, poll: 'toString', choice: 'great' }), headers: json },
    { body: JSON.stringify({ story, choice: 'great', pad: 'x'.repeat(65_536) }), headers: json },
    { body: '', headers: json },
    { body: 'null', headers: json },
    { body: `\ufeff`, headers: json },
    { body: `{"story":"${story}","choice":1e999}`, headers: json },
  ];
  const answers = await mapSome(refused, (init) => target.ask('/reactions', { ...vote, ...init }));
  // Both ways into the server take the same one of two keys.
  const twice = `{"story":"twice","choice":"great","choice":"sad"}`;
  const ways = [
    await target.ask('/reactions', { ...vote, token: await target.guest(), body: twice, headers: json }),
    await target.ask('/reactions?lang=vi', { ...vote, token: await target.guest(), body: twice, headers: json }),
  ];
  const counted = (await target.ask('/reactions?story=twice')).body.counts;
  const endless = await sendEndlessly(target, token);
  return [
    attackOf('bodies: types, depth, prototypes, size', 'PUT /reactions', answers, answers.every(isRefused)),
    attackOf(
      'bodies: a key twice',
      'PUT /reactions, both entries',
      ways,
      ways.every(({ body }) => body?.choice === ways[0]?.body?.choice),
      JSON.stringify(counted),
    ),
    attackOf(
      'bodies: chunks without end',
      'PUT /reactions',
      endless.answers,
      endless.held,
      `closed after ${endless.sentBytes} bytes at most`,
    ),
  ];
}

/** Sends chunks until the server ends the connection. @param {import('./target.js').Target} target @param {string} token */
async function sendEndlessly(target, token) {
  const maxBytes = 8 * 1024 * 1024;
  const results = await Promise.all(
    [
      'reactions',
      'comments',
      'signals',
      'subscriptions',
      '../../../newsletter/subscribe',
      '../../../newsletter/confirm',
    ].map(
      (path) =>
        /** @type {Promise<{ status: number, sentBytes: number }>} */ (
          new Promise((resolve) => {
            const socket = connect(target.port, '127.0.0.1');
            const { pathname } = new URL(`${target.url}/v1/sites/demo/${path}`);
            const method = path === 'reactions' ? 'PUT' : 'POST';
            const type = path.includes('newsletter/') ? 'application/x-www-form-urlencoded' : 'application/json';
            let sentBytes = 0;
            let received = '';
            const chunk = `1000\r\n${'x'.repeat(4096)}\r\n`;
            const send = () => {
              while (sentBytes < maxBytes && socket.writable && socket.write(chunk)) sentBytes += 4096;
              if (sentBytes >= maxBytes) socket.destroy();
            };
            socket.on('data', (data) => (received += data.toString()));
            socket.on('drain', send);
            socket.on('error', () => undefined);
            socket.on('close', () =>
              resolve({ status: Number(/^HTTP\/1\.1 (\d+)/.exec(received)?.[1] ?? 0), sentBytes }),
            );
            socket.write(
              `${method} ${pathname} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nContent-Type: ${type}\r\nTransfer-Encoding: chunked\r\n\r\n`,
              send,
            );
          })
        ),
    ),
  );
  return {
    answers: results.map(({ status }) => ({ status, body: undefined })),
    sentBytes: Math.max(...results.map(({ sentBytes }) => sentBytes)),
    held: results.every(
      ({ status, sentBytes }) => status < 500 && (status >= 400 || status === 0) && sentBytes < maxBytes,
    ),
  };
}
