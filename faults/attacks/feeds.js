/** Feeds at addresses inside the server's own network, and feeds that never end (SSRF, decompression bombs). */
import { createServer } from 'node:http';
import { gzipSync } from 'node:zlib';
import { mapSome } from './target.js';

const megabyte = 1024 * 1024;
/** A command starts slowly on a busy machine; the request itself ends after ten seconds. */
const maxMs = 60_000;

/**
 * @param {import('./target.js').Target} target
 * @returns {Promise<import('./target.js').Attack[]>}
 */
export async function attack(target) {
  let hits = 0;
  const bomb = gzipSync(Buffer.alloc(200 * megabyte, ' '));
  const inner = createServer((request, response) => {
    const path = request.url ?? '';
    if (path === '/canary') hits++;
    if (path === '/huge') {
      const send = () => {
        while (!response.destroyed && response.write('x'.repeat(megabyte)));
      };
      response.on('drain', send);
      send();
    } else if (path === '/bomb') response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb);
    else if (path === '/slow') {
      const timer = setInterval(() => response.write(' '), 500);
      response.once('close', () => clearInterval(timer));
    } else if (path === '/round') response.writeHead(302, { location: '/round' }).end();
    else if (path === '/file') response.writeHead(302, { location: 'file:///etc/passwd' }).end();
    else if (path === '/entities')
      response.end(
        `<!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa">${[...'bcdefghi'].map((name, at) => `<!ENTITY ${name} "${`&${'abcdefgh'[at]};`.repeat(10)}">`).join('')}<!ENTITY x SYSTEM "file:///etc/passwd">]><rss><channel><item><title>&i;&x;</title><link>http://a.example/</link></item></channel></rss>`,
      );
    else response.end('<rss/>');
  });
  await new Promise((resolve) => inner.listen(0, '127.0.0.1', () => resolve(undefined)));
  const { port } = /** @type {import('node:net').AddressInfo} */ (inner.address());
  try {
    const hosts = [
      '127.0.0.1',
      'localhost',
      'localhost.',
      '[::1]',
      '[::127.0.0.1]',
      '[::ffff:127.0.0.1]',
      '[::ffff:0:127.0.0.1]',
      '[64:ff9b::127.0.0.1]',
      '0x7f.1',
      '0177.1',
      '2130706433',
      '127.1',
      '0',
      '①②⑦.0.0.1',
      'user@127.0.0.1',
    ];
    const inside = await importAll(
      target,
      hosts.map((host) => `http://${host}:${port}/canary`),
    );
    const attacks = [
      row(
        'addresses inside',
        'afterword stories import',
        inside,
        inside.every(({ code, ms }) => code === 1 && ms < maxMs) && hits === 0,
        `${hits} requests arrived`,
      ),
    ];
    const endless = await importAll(
      target,
      ['/huge', '/bomb', '/slow', '/round', '/file', '/entities'].map((path) => `http://127.0.0.1:${port}${path}`),
      '--allow-private',
    );
    attacks.push(
      row(
        'huge, slow, packed, turning, entities',
        'afterword stories import --allow-private',
        endless,
        endless.every(({ ms, output }) => ms < maxMs && !output.includes('root:') && !output.includes('at ')) &&
          endless.slice(0, 5).every(({ code }) => code === 1),
      ),
    );
    const schemes = await importAll(target, [
      'file:///etc/passwd',
      'ftp://127.0.0.1/',
      'gopher://127.0.0.1/',
      'data:text/xml,<rss/>',
      '/etc/passwd',
    ]);
    attacks.push(
      row(
        'other schemes and files',
        'afterword stories import',
        schemes,
        schemes.every(({ code, output }) => code === 1 && !output.includes('root:')),
      ),
    );
    return attacks;
  } finally {
    inner.closeAllConnections();
    inner.close();
  }
}

/** @param {import('./target.js').Target} target @param {string[]} sources @param {string[]} options */
function importAll(target, sources, ...options) {
  return mapSome(
    sources,
    async (source) => {
      const startedAt = performance.now();
      const done = await target.cli('stories', 'import', '--site', 'demo', ...options, source);
      return { ...done, ms: performance.now() - startedAt };
    },
    2,
  );
}

/** @param {string} attack @param {string} tried @param {{ code: number, output: string }[]} done @param {boolean} held @param {string} [more] */
function row(attack, tried, done, held, more) {
  const refused = done.filter(({ code }) => code !== 0).length;
  if (!held) console.log(done.map(({ code, output }) => `${code} ${output.trim()}`).join('\n'));
  const answer = [`${refused} of ${done.length} refused`, ...(more ? [more] : [])].join(', ');
  return { attack, tried, times: done.length, answer, held };
}
