import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import ipaddr from 'ipaddr.js';
import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import type { TrustProxy } from '../../server/src/config.js';
import { ClientAddress } from '../../server/src/http/client-address.js';

interface ForwardedCase {
  trust: number;
  'x-forwarded-for': string;
  /** The address that counts; for IPv6 followed by a note on its network. */
  right: string;
}
const cases = JSON.parse(readFileSync(new URL('fixtures/forwarded.json', import.meta.url), 'utf8')) as ForwardedCase[];

const networkOf = (forwarded: string | undefined, trust: TrustProxy, peer = '10.0.0.1') => {
  const headers = forwarded === undefined ? {} : { 'x-forwarded-for': forwarded };
  const request = { headers, socket: { remoteAddress: peer } } as unknown as IncomingMessage;
  return new ClientAddress(trust, pino({ level: 'silent' })).networkOf(request);
};
/** The network of an address that connects without a proxy. */
const direct = (address: string) => networkOf(undefined, 0, address);

describe('forwarded addresses', () => {
  test.each(cases)('with $trust proxies, $x-forwarded-for is $right', ({ trust, right, ...headers }) => {
    const [address = ''] = right.split(' ');
    expect(networkOf(headers['x-forwarded-for'], trust)).toBe(direct(address));
  });

  test.each([
    ['198.51.100.7', '198.51.100.7'],
    ['198.51.100.7:', '198.51.100.7'],
    ['2001:db8::7', '2001:db8::/64'],
    ['[2001:db8::7]', '2001:db8::/64'],
    ['[::ffff:198.51.100.7]:443', '198.51.100.7'],
    ['203.0.113.9:1, 198.51.100.7:2', '198.51.100.7'],
  ])('%s is the network %s', (forwarded, network) => {
    expect(networkOf(forwarded, 1)).toBe(network);
  });

  test('clients behind one proxy that appends ports stay apart', () => {
    const networks = [1, 2, 3].map((host) => networkOf(`198.51.100.${host}:4000${host}`, 1));
    expect(new Set(networks).size).toBe(3);
  });

  test('trusted networks are recognized with a port, too', () => {
    const trusted = [ipaddr.parseCIDR('10.0.0.0/8')] as const;
    expect(networkOf('198.51.100.7:1000, 10.1.1.1:2000', trusted)).toBe('198.51.100.7');
  });

  test.each(['unknown', '_hidden', '[]', '[nonsense]:1', ':80', '1.2.3.4.5:6'])(
    '%s is no address: the peer counts',
    (forwarded) => {
      expect(networkOf(forwarded, 1)).toBe('10.0.0.1');
    },
  );

  test('of untrusted peers are ignored', () => {
    expect(networkOf('198.51.100.7:41234', 0)).toBe('10.0.0.1');
  });
});
