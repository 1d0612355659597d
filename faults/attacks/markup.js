/** Texts that cost CPU: markup, marks, long runs, lists of banned words, and previews in bulk. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { attackOf, mapSome, range, until } from './target.js';

const maxCpuMs = 50;
const maxTries = 8;
const maxBytes = 20_000;
const maxGraphemes = 5_000;

/** @param {string} piece @param {number} [bytes] */
function fill(piece, bytes = maxBytes) {
  const graphemes = [...new Intl.Segmenter('vi').segment(piece)].length;
  return piece.repeat(Math.min(bytes / Buffer.byteLength(piece), maxGraphemes / graphemes));
}

/** @type {Record<string, string[]>} */
const texts = {
  'lists of 2 kB': ['- a\n', '1. a\n', '- a\n\n', '* a\n- a\n', '- - - a\n', '-\n'].map((piece) => fill(piece, 2_000)),
  'lists of 20 kB': ['- a\n', '1. a\n', '- a\n\n', '* a\n- a\n'].map((piece) => fill(piece)),
  nesting: [
    ...['> ', '- ', '> - ', '[', '**', '*a _b ', '> 1. '].map((piece) => fill(piece)),
    range(60)
      .map((depth) => `${'  '.repeat(depth)}- a\n`)
      .join(''),
    range(90)
      .map((depth) => `${'>'.repeat(depth)} a\n`)
      .join(''),
  ],
  'combining marks': [`e${'\u0301\u0316'.repeat(5_000)}`, fill('\u0301\u0316\u0345\u0327'), fill('a\u0323\u0302')],
  'long runs': [
    fill('a'),
    fill('ệ'),
    fill('`'),
    fill('`a '),
    fill('-'),
    fill(' \n'),
    fill('\\*'),
    fill('&amp;'),
    fill('<a '),
  ],
  links: [
    ...['http://a.b ', 'http://a.b,', '[a](b)', '[a](<b', '![a](b)', 'www.a.b/(', 'a@b.c ', '[a][b]'].map((piece) =>
      fill(piece),
    ),
    `http://a${'.'.repeat(4_900)}x`,
    `${'['.repeat(1_200)}a${'](b)'.repeat(900)}`,
  ],
  mentions: ['@', '@Lan ', '@a@', `@${'a'.repeat(60)} `].map((piece) => fill(piece)),
};

/**
 * @param {import('./target.js').Target} target
 * @returns {Promise<import('./target.js').Attack[]>}
 */
export async function attack(target) {
  const attacks = [];
  for (const text of ['a', fill('ấm áp **đậm** ', 4_000)]) for (const _ of range(5)) await preview(text);

  /** @param {string} text */
  async function preview(text) {
    return target.ask('/comments/preview', { method: 'POST', token: await target.guest(), json: { text } });
  }

  /** Returns the least CPU time of several tries: others include compilation and collection. @param {() => Promise<any>} run */
  async function leastCpuMs(run) {
    let least = Infinity;
    for (let tries = 0; tries < maxTries && least > maxCpuMs; tries++) {
      const before = target.cpuMs();
      await run();
      least = Math.min(least, target.cpuMs() - before);
    }
    return least;
  }

  for (const [name, given] of Object.entries(texts)) {
    /** @type {import('./target.js').Answer[]} */
    const answers = [];
    const times = [];
    for (const text of given) {
      const reader = await target.guest();
      times.push(
        await leastCpuMs(async () =>
          answers.push(await target.ask('/comments/preview', { method: 'POST', token: reader, json: { text } })),
        ),
      );
    }
    const worst = Math.max(...times);
    const held = worst <= maxCpuMs && answers.every(({ status }) => status === 200 || status === 422);
    attacks.push(attackOf(`CPU: ${name}`, 'previews', answers, held, `at most ${worst.toFixed(0)} ms of CPU`));
  }

  attacks.push(...(await attackBannedWords(target, leastCpuMs)), ...(await attackRequests(target, leastCpuMs)));

  const address = target.newAddress();
  const readers = await Promise.all(range(8).map(() => target.guest()));
  const answers = await mapSome(range(400), (index) =>
    target.ask('/comments/preview', {
      method: 'POST',
      token: readers[index % readers.length],
      address,
      json: { text: texts['lists of 20 kB']?.[0] },
    }),
  );
  const accepted = answers.filter(({ status }) => status === 200).length;
  attacks.push(attackOf('previews in bulk', '8 readers of one network', answers, accepted <= 240));
  return attacks;
}

/**
 * Requests without markup: long queries, headers and forms.
 *
 * @param {import('./target.js').Target} target
 * @param {(run: () => Promise<any>) => Promise<number>} leastCpuMs
 */
async function attackRequests(target, leastCpuMs) {
  const long = 60_000;
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  const parts = range(900).map((index) => `--x\r\nContent-Disposition: form-data; name="${index}"\r\n\r\n\r\n`);
  /** @type {Record<string, [string, import('./target.js').AskInit][]>} */
  const requests = {
    queries: [
      [`/v1/sites/demo/comments?story=https://a.b/?${'a&'.repeat(1_000)}`, {}],
      [`/v1/sites/demo/comments?story=x&${'a=b&'.repeat(long / 4)}`, {}],
      [
        `/v1/sites/demo/counts?${range(100)
          .map((at) => `story=https://a.b/${at}?${'%C3%A9'.repeat(60)}`)
          .join('&')}`,
        {},
      ],
      [
        `/v1/sites/demo/page?story=x&parts=${range(20)
          .map((at) => `comments:best:${at + 1}`)
          .join(',')}`,
        {},
      ],
      [`/v1/sites/demo/comments?story=x&lang=${'a-'.repeat(long / 2)}`, {}],
      [`/${'a/'.repeat(long / 2)}`, {}],
      [`/v1/sites/${'a-'.repeat(long / 2)}/comments?story=x`, {}],
    ],
    headers: [
      ['if-none-match', '"a",'.repeat(long / 4)],
      ['accept-encoding', 'gzip;q=0.000,'.repeat(long / 13)],
      ['accept-encoding', `gzip${' '.repeat(long)};q`],
      ['authorization', `Bearer ${' '.repeat(long)}x x`],
      ['authorization', `Bearer ${'a.'.repeat(long / 2)}`],
      ['x-forwarded-for', '127.0.0.1,'.repeat(long / 10)],
      ['x-forwarded-for', '['.repeat(long)],
      ['content-type', `application/json;${' '.repeat(long)}x`],
      ['last-event-id', '9'.repeat(long)],
      ['traceparent', '00-'.repeat(long / 3)],
      ['cookie', 'a=b;'.repeat(long / 4)],
    ].map(([name = '', value = '']) => ['/v1/sites/demo/me', { headers: { [name]: value } }]),
    forms: [
      ['/newsletter/subscribe', { method: 'POST', headers: form, body: 'list=x&'.repeat(9_000) }],
      ['/newsletter/subscribe', { method: 'POST', headers: form, body: `site=demo&email=${'a@'.repeat(30_000)}` }],
      ['/newsletter/subscribe', { method: 'POST', headers: form, body: `site=demo&lang=${'a-'.repeat(30_000)}` }],
      [
        '/newsletter/confirm',
        { method: 'POST', headers: form, body: `site=demo&email=a@b.example&code=${'1 '.repeat(30_000)}` },
      ],
      [
        '/newsletter/subscribe',
        {
          method: 'POST',
          headers: { 'content-type': 'multipart/form-data; boundary=x' },
          body: `${parts.join('')}--x--`,
        },
      ],
    ],
    bodies: [
      [
        '/v1/sites/demo/subscriptions',
        { method: 'POST', json: { email: `${'á.'.repeat(15_000)}@a.b`, lists: ['x'], consent: '' } },
      ],
      [
        '/v1/sites/demo/subscriptions/code',
        { method: 'POST', json: { email: `a@${'é.'.repeat(15_000)}b`, code: '1' } },
      ],
      ['/v1/sites/demo/readers', { method: 'POST', json: { name: '\u0301\u0316'.repeat(200) } }],
      ['/v1/sites/demo/readers', { method: 'POST', json: { name: 'tòa sọạn '.repeat(20) } }],
      [
        '/v1/sites/demo/signals',
        {
          method: 'POST',
          json: { signals: range(50).map((at) => ({ type: 'read', story: `https://a.b/${at}?${'é'.repeat(300)}` })) },
        },
      ],
      ['/v1/sites/demo/reactions', { method: 'PUT', json: { story: 'x', choice: range(5_000).map((at) => `a${at}`) } }],
      ['/v1/sites/demo/reactions', { method: 'PUT', json: { story: `https://${'é'.repeat(15_000)}`, choice: 'a' } }],
    ],
  };
  const attacks = [];
  for (const [name, given] of Object.entries(requests)) {
    /** @type {import('./target.js').Answer[]} */
    const answers = [];
    const times = [];
    for (const [path, init] of given)
      times.push(await leastCpuMs(async () => answers.push(await target.open(path, init))));
    const worst = Math.max(...times);
    const held = worst <= maxCpuMs && answers.every(({ status }) => status < 500);
    const at = given[times.indexOf(worst)]?.[0].slice(0, 40);
    attacks.push(
      attackOf(`CPU: ${name}`, 'requests of 60 kB', answers, held, `at most ${worst.toFixed(0)} ms of CPU: ${at}`),
    );
  }
  return attacks;
}

/**
 * @param {import('./target.js').Target} target
 * @param {(run: () => Promise<any>) => Promise<number>} leastCpuMs
 */
async function attackBannedWords(target, leastCpuMs) {
  const attacks = [];
  const lists = {
    'words of their own': range(20_000).map((index) => `cấm${index} từ${index}`),
    'with one beginning': range(20_000).map((index) => `a a a a a a a ${index}`),
  };
  for (const [name, words] of Object.entries(lists)) {
    const file = join(target.data, 'words.txt');
    writeFileSync(file, [...words, `sentinel ${name}`].slice(1).join('\n'));
    const set = await target.cli('sites', 'set', 'demo', 'rules.words', `@${file}`);
    if (set.code !== 0) throw new Error(set.output);
    let longestMs = 0;
    const compiled = until(async () => {
      const { body } = await target.comment(await target.guest(), `words-${name.length}`, `sentinel ${name}`);
      return body?.comment?.state === 'pending' || undefined;
    });
    let isCompiled = false;
    const watched = compiled.then(() => (isCompiled = true));
    // While the list is compiled, another reader waits for no more than a turn.
    while (!isCompiled) {
      const before = target.cpuMs();
      await target.open('/healthz');
      longestMs = Math.max(longestMs, target.cpuMs() - before);
    }
    await watched;
    /** @type {import('./target.js').Answer[]} */
    const answers = [];
    const worst = [];
    for (const text of [fill('a '), fill('cấm1 từ'), fill('c.ấ.m.')]) {
      worst.push(
        await leastCpuMs(async () =>
          answers.push(await target.comment(await target.guest(), `words-${name.length}`, text)),
        ),
      );
    }
    const ms = Math.max(...worst);
    attacks.push(
      attackOf(
        `CPU: 20,000 banned phrases ${name}`,
        'comments',
        answers,
        ms <= maxCpuMs,
        `at most ${ms.toFixed(0)} ms of CPU for a guest and a comment; another request waits ${longestMs.toFixed(0)} ms of CPU at most`,
      ),
    );
  }
  return attacks;
}
