import { createHmac } from 'node:crypto';
import ipaddr from 'ipaddr.js';

/**
 * Hashes the networks of clients, so that rows can tell networks apart without an address. Only the server's secret leads
 * from a network to its hash.
 */
export class NetworkHasher {
  readonly #secret: string;

  /** @param secrets the first one hashes; after a rotation a network has another hash */
  constructor([secret]: readonly string[]) {
    if (secret === undefined) throw new Error('There is no secret to hash with.');
    this.#secret = secret;
  }

  /**
   * @param network see {@link ClientAddress}; an IPv6 network is widened, since one customer may have thousands of them
   * @param subject what is counted, such as a comment; hashes of different subjects cannot be linked
   */
  hash(network: string, subject: string): string {
    const input = `network:${subject}:${widen(network)}`;
    return createHmac('sha256', this.#secret).update(input).digest('base64url').slice(0, 22);
  }
}

/** Widens an IPv6 network to the 48 bits that providers assign. */
function widen(network: string): string {
  const [address = '', bits] = network.split('/');
  return bits === undefined ? address : ipaddr.IPv6.networkAddressFromCIDR(`${address}/48`).toString();
}
