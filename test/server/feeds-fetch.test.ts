import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { fetchFeed } from '../../server/src/stories/feeds/fetch.js';
import { isPublicAddress } from '../../server/src/http/public-address.js';

// One address of this machine plays a public server, whose redirects lead elsewhere.
const publicAddress = '127.0.0.2';
vi.mock(import('../../server/src/http/public-address.js'), async (original) => {
  const { isPublicAddress } = await original();
  return { isPublicAddress: (address) => address === publicAddress || isPublicAddress(address) };
});

describe('public addresses', () => {
  test.each(['198.41.0.4', '2606:4700::1', '::ffff:198.41.0.4', '64:ff9b::c629:4'])('%s is public', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });

  test.each(['', 'localhost', '127.1', '::ffff:10.0.0.1', '64:ff9b::a00:1', '64:ff9b:1::1', '::c629:4', '0.0.0.0'])(
    '%j is not',
    (address) => {
      expect(isPublicAddress(address)).toBe(false);
    },
  );
});

describe('feed fetching', () => {
  let server: Server;
  let address: string;
  const asked: string[] = [];

  const answers: Record<string, RequestListener> = {
    '/feed': (_, answer) => answer.setHeader('content-type', 'text/xml; charset="iso-8859-1"').end('<rss/>'),
    '/gzip': (_, answer) => answer.setHeader('content-encoding', 'gzip').end(gzipSync('<rss/>')),
    '/moved': (_, answer) => answer.writeHead(302, { location: 'feed' }).end(),
    '/round': (_, answer) => answer.writeHead(301, { location: '/round' }).end(),
    '/file': (_, answer) => answer.writeHead(302, { location: 'file:///etc/passwd' }).end(),
    '/gone': (_, answer) => answer.writeHead(410).end('gone'),
    '/huge': (_, answer) => answer.end(Buffer.alloc(5 * 1024 * 1024 + 1)),
    '/bomb': (_, answer) => answer.setHeader('content-encoding', 'gzip').end(gzipSync(Buffer.alloc(50 * 1024 * 1024))),
    '/slow': (_, answer) => void answer.write('<rss>'),
    '/cut': (_, answer) => {
      answer.writeHead(200, { 'content-length': '1000' }).write('<rss>');
      setTimeout(() => answer.destroy(), 20);
    },
  };

  beforeAll(async () => {
    server = createServer((request, answer) => {
      asked.push(request.url ?? '');
      const [path = '', target] = (request.url ?? '').split('?');
      if (target !== undefined) answer.writeHead(302, { location: decodeURIComponent(target) }).end();
      else answers[path]?.(request, answer);
    });
    await new Promise<void>((done) => server.listen(0, done));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  const fetched = (path: string) => fetchFeed(`${address}${path}`, { allowPrivate: true });

  test('returns the body, the charset and the final URL', async () => {
    const feed = await fetched('/moved');
    expect(Buffer.from(feed.bytes).toString()).toBe('<rss/>');
    expect(feed).toMatchObject({ charset: 'iso-8859-1', url: `${address}/feed` });
    expect(Buffer.from((await fetched('/gzip')).bytes).toString()).toBe('<rss/>');
  });

  test.each([
    ['/round', 'more than 3 redirects'],
    ['/file', 'only http and https are fetched'],
    ['/gone', 'the server answered 410'],
    ['/huge', 'the answer is larger than 5 MB'],
    ['/bomb', 'the answer is larger than 5 MB'],
    ['/cut', 'the answer broke off'],
  ])('%s: %s', async (path, message) => {
    await expect(fetched(path)).rejects.toThrow(message);
  });

  test('follows at most three redirects', async () => {
    asked.length = 0;
    await expect(fetched('/round')).rejects.toThrow();
    expect(asked).toHaveLength(4);
  });

  test.each([
    ['loopback', 'http://127.0.0.1:1/'],
    ['loopback by name', 'http://localhost:1/'],
    ['loopback in IPv6', 'http://[::1]:1/'],
    ['loopback, IPv4 in IPv6', 'http://[::ffff:127.0.0.1]:1/'],
    ['loopback as a number', 'http://2130706433:1/'],
    ['any address', 'http://0.0.0.0:1/'],
    ['a private network', 'http://10.0.0.1:1/'],
    ['a carrier’s network', 'http://100.64.0.1:1/'],
    ['a link-local address', 'http://169.254.169.254/latest'],
    ['a unique local address', 'http://[fd00::1]:1/'],
    ['an IPv4 address behind NAT64', 'http://[64:ff9b::7f00:1]:1/'],
    ['a 6to4 address', 'http://[2002:7f00:1::]:1/'],
    ['loopback, compatible with IPv4', 'http://[::127.0.0.1]:1/'],
    ['any address, compatible with IPv4', 'http://[::0.0.0.0]:1/'],
    ['a private network, compatible with IPv4', 'http://[::10.0.0.1]:1/'],
    ['loopback, translated', 'http://[::ffff:0:7f00:1]:1/'],
    ['a Teredo address', 'http://[2001:0:7f00:1::]:1/'],
    ['a site-local address', 'http://[fec0::1]:1/'],
    ['a documentation network', 'http://[2001:db8::1]:1/'],
    ['a newer documentation network', 'http://[3fff::1]:1/'],
    ['segment routing', 'http://[5f00::1]:1/'],
    ['multicast', 'http://[ff02::1]:1/'],
    ['an unassigned IPv6 network', 'http://[4000::1]:1/'],
  ])('refuses %s before connecting', async (_, url) => {
    await expect(fetchFeed(url, { allowPrivate: false })).rejects.toThrow('is a private address');
  });

  test('checks the address of each redirect', async () => {
    const outside = address.replace('127.0.0.1', publicAddress);
    const inside = address.replace('127.0.0.1', '[::ffff:127.0.0.1]');
    for (const target of [`${address}/feed`, `${inside}/feed`, 'http://169.254.169.254/', 'http://localhost:1/']) {
      asked.length = 0;
      const path = `/to?${encodeURIComponent(target)}`;
      await expect(fetchFeed(outside + path, { allowPrivate: false }), target).rejects.toThrow('private address');
      expect(asked).toEqual([path]);
    }
  });

  test('times out for silent and slow servers', async () => {
    const hurried = { allowPrivate: true, timeoutMs: 200 };
    for (const path of ['/silent', '/slow']) {
      await expect(fetchFeed(`${address}${path}`, hurried)).rejects.toThrow('no answer within 0.2 seconds');
    }
  });
});
