import type { CommentNode } from 'afterword/contract';
import { findBareAddresses } from './bare-addresses.js';

/** Longer addresses stay text. The conversion of a host of other scripts takes quadratic time. */
const maxHrefChars = 2048;
const linkProtocols = new Set(['http:', 'https:', 'mailto:']);
const schemes = /^[^\p{L}\p{N}]*(?:\p{L}+:\/*)*/u;
const pathSeparator = /[/?#\\]/;
const notOfHost = /[^\p{L}\p{N}\p{M}._-]+/u;
const hostLike = /[^.]\.[^.]*\p{L}{2,}$/u;

/** Converts a text to nodes, in which bare addresses are links. */
export function linkify(text: string): CommentNode[] {
  const nodes: CommentNode[] = [];
  let from = 0;
  for (const { address, index } of findBareAddresses(text)) {
    const href = safeHref(address);
    if (href === undefined) continue;
    if (index > from) nodes.push({ type: 'text', value: text.slice(from, index) });
    nodes.push({ type: 'link', href, children: [{ type: 'text', value: address }] });
    from = index + address.length;
  }
  if (from < text.length) nodes.push({ type: 'text', value: text.slice(from) });
  return nodes;
}

/** Returns the address that a link may have; `undefined` for other schemes. */
export function safeHref(given: string): string | undefined {
  if (given.length > maxHrefChars || !URL.canParse(given)) return undefined;
  const { protocol, username, password, href } = new URL(given);
  // Rejects URLs with user info: `https://bank.example@evil.example` imitates another host.
  return linkProtocols.has(protocol) && username === '' && password === '' ? href : undefined;
}

/**
 * Returns the host of a link, or its e-mail address, where the link's text names another one: the text must not promise a
 * site that the link does not lead to.
 */
export function findHiddenDestination(label: string, href: string): string | undefined {
  const { protocol, host, hostname, pathname } = new URL(href);
  const shown = label
    .normalize('NFKC')
    .replace(/\p{Cf}/gu, '')
    .replaceAll('。', '.')
    .toLowerCase();
  const named = findHosts(shown);
  if (protocol !== 'mailto:') return named.every((name) => isSameHost(name, hostname)) ? undefined : host;
  const address = pathname.toLowerCase();
  const isOther = shown.includes('@')
    ? !shown.includes(address)
    : named.some((name) => !isSameHost(name, address.slice(address.lastIndexOf('@') + 1)));
  return isOther ? pathname || protocol : undefined;
}

/** Returns what looks like a host in each word of a text; paths are skipped. */
function findHosts(text: string): string[] {
  return text.split(/\s+/).flatMap((word) => {
    const hostsOf = (segment: string) => segment.split(notOfHost).filter((piece) => hostLike.test(piece));
    return (
      word
        .replace(schemes, '')
        .split(pathSeparator)
        .map(hostsOf)
        .find(({ length }) => length > 0) ?? []
    );
  });
}

function isSameHost(named: string, hostname: string): boolean {
  const url = `https://${named}`;
  const given = URL.canParse(url) ? new URL(url).hostname : named;
  return withoutWww(given) === withoutWww(hostname);
}

function withoutWww(hostname: string): string {
  return hostname.replace(/^www\./, '');
}
