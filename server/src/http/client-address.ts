import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import ipaddr from 'ipaddr.js';
import type { Logger } from 'pino';
import type { TrustProxy } from '../config.js';

/**
 * Who is asking, as the key that limits count by: an IPv4 address, or an IPv6 network of 64 bits.
 *
 * A forwarded address counts only as far as the peers that wrote it are trusted: the right-most untrusted one wins.
 */
export class ClientAddress {
  readonly #trust: TrustProxy;
  readonly #log: Logger;
  /** What was said of a connection without a forwarded address holds as long as it does. */
  readonly #direct = new WeakMap<Socket, string>();
  #warned = false;

  constructor(trust: TrustProxy, log: Logger) {
    this.#trust = trust;
    this.#log = log;
  }

  /** @param request what came over the socket; requests made within the process have none */
  networkOf(request: IncomingMessage | undefined): string {
    if (!request) return 'none';
    const { socket } = request;
    const forwarded = request.headers['x-forwarded-for'];
    if (forwarded !== undefined) return this.#forwarded(forwarded, socket.remoteAddress ?? '');
    let known = this.#direct.get(socket);
    if (known === undefined) this.#direct.set(socket, (known = network(socket.remoteAddress ?? '') ?? 'unknown'));
    return known;
  }

  #forwarded(forwarded: string | string[], peer: string): string {
    const chain = [
      ...(Array.isArray(forwarded) ? forwarded.join(',') : forwarded)
        .split(',')
        .map((part) => part.trim())
        .filter(Boolean),
      peer,
    ];
    if (chain.length > 1 && this.#trust === 0) this.#warnOnce();
    let index = chain.length - 1;
    while (index > 0 && this.#isTrusted(chain[index] ?? '', chain.length - 1 - index)) index -= 1;
    return network(chain[index] ?? peer) ?? network(peer) ?? 'unknown';
  }

  #isTrusted(address: string, hop: number): boolean {
    if (typeof this.#trust === 'number') return hop < this.#trust;
    if (!ipaddr.isValid(address)) return false;
    const parsed = ipaddr.process(address);
    return this.#trust.some(([range, bits]) => range.kind() === parsed.kind() && parsed.match(range, bits));
  }

  #warnOnce(): void {
    if (this.#warned) return;
    this.#warned = true;
    this.#log.warn('A forwarded address came from a peer that AFTERWORD_TRUST_PROXY does not name; it is ignored.');
  }
}

function network(address: string): string | undefined {
  if (!ipaddr.isValid(address)) return undefined;
  const parsed = ipaddr.process(address);
  if (parsed.kind() === 'ipv4') return parsed.toString();
  return `${ipaddr.IPv6.networkAddressFromCIDR(`${parsed.toString()}/64`).toString()}/64`;
}
