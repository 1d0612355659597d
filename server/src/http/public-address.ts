import ipaddr from 'ipaddr.js';

/** The only IPv6 network from which IANA assigns public addresses. IPv4-compatible addresses (`::127.0.0.1`) are outside. */
const globalUnicast = ipaddr.IPv6.parseCIDR('2000::/3');
/** Prefixes of IPv4 addresses behind NAT64 (RFC 6052), as DNS64 answers them in networks without IPv4. */
const nat64 = ipaddr.IPv6.parseCIDR('64:ff9b::/96');

/**
 * Returns true for an address of the public internet. Ranges for special purposes are not public, nor are those that
 * tunnel to an IPv4 address through a relay (6to4, Teredo).
 */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.process(address);
  if (parsed instanceof ipaddr.IPv4) return parsed.range() === 'unicast';
  if (parsed.match(nat64)) return isPublicAddress(embeddedIPv4(parsed));
  return parsed.range() === 'unicast' && parsed.match(globalUnicast);
}

/** Returns the IPv4 address in the last 32 bits. */
function embeddedIPv4(address: ipaddr.IPv6): string {
  return new ipaddr.IPv4(address.toByteArray().slice(12)).toString();
}
