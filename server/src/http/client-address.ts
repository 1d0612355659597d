import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import ipaddr from 'ipaddr.js';
import type { Logger } from 'pino';
import type { TrustProxy } from '../config.js';

/**
 * Finds the network of a client, by which limits count: an IPv4 address, or an IPv6 network of 64 bits.
 *
 * Of forwarded addresses the right-most one that is not a trusted peer counts. Some proxies append the client's port,
 * which changes with every connection and is ignored.
 */
export class ClientAddress {
  readonly #trust: TrustProxy;
  readonly #log: Logger;
  /** Networks of connections that sent no forwarded address. */
  readonly #bySocket = new WeakMap<Socket, string>();
  #hasWarned = false;

  constructor(trust: TrustProxy, log: Logger) {
    this.#trust = trust;
    this.#log = log;
  }

  /** @param request absent where the app is called without a socket, as in tests */
  networkOf(request: IncomingMessage | undefined): string {
    if (!request) return 'none';
    const { socket } = request;
    const forwarded = request.headers['x-forwarded-for'];
    if (forwarded !== undefined) return this.#networkOfChain(forwarded, socket.remoteAddress ?? '');
    let cached = this.#bySocket.get(socket);
    if (cached === undefined) this.#bySocket.set(socket, (cached = toNetwork(socket.remoteAddress ?? '') ?? 'unknown'));
    return cached;
  }

  #networkOfChain(forwarded: string | string[], peer: string): string {
    const chain = [
      ...(Array.isArray(forwarded) ? forwarded.join(',') : forwarded)
        .split(',')
        .map((part) => removePort(part.trim()))
        .filter(Boolean),
      peer,
    ];
    if (chain.length > 1 && this.#trust === 0) this.#warnOnce();
    let index = chain.length - 1;
    while (index > 0 && this.#isTrusted(chain[index] ?? '', chain.length - 1 - index)) index -= 1;
    return toNetwork(chain[index] ?? peer) ?? toNetwork(peer) ?? 'unknown';
  }

  #isTrusted(address: string, hop: number): boolean {
    if (typeof this.#trust === 'number') return hop < this.#trust;
    if (!ipaddr.isValid(address)) return false;
    const parsed = ipaddr.process(address);
    return this.#trust.some(([range, bits]) => range.kind() === parsed.kind() && parsed.match(range, bits));
  }

  #warnOnce(): void {
    if (this.#hasWarned) return;
    this.#hasWarned = true;
    this.#log.warn('A forwarded address came from a peer that AFTERWORD_TRUST_PROXY does not name; it is ignored.');
  }
}

/** Removes the port, and the brackets of an IPv6 address. */
function removePort(hop: string): string {
  return /^(?:\[([^\]]*)\](?::\d*)?|([\d.]+):\d*)$/.exec(hop)?.slice(1).find(Boolean) ?? hop;
}

function toNetwork(address: string): string | undefined {
  if (!ipaddr.isValid(address)) return undefined;
  const parsed = ipaddr.process(address);
  if (parsed.kind() === 'ipv4') return parsed.toString();
  return `${ipaddr.IPv6.networkAddressFromCIDR(`${parsed.toString()}/64`).toString()}/64`;
}
