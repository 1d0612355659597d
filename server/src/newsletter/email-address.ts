import { domainToASCII } from 'node:url';
import { limits } from 'afterword/contract';
import { z } from 'zod';
import { byteLength } from '../text.js';

/** An e-mail address that mail can be sent to. */
export interface EmailAddress {
  /** As typed, but for the domain, which is in ASCII. */
  readonly address: string;
  /** All lower-case: two spellings of one address have one key. */
  readonly key: string;
}

const localBytes = 64;
const html5Email = z.email({ pattern: z.regexes.html5Email });
/** What the URL parser would quietly mend in a domain, and a mail server would not. */
const notInDomains = /[\s%:/?#[\]@\\]|^\.|\.$|\.\./;

/**
 * Reads an address as people type it: spaces around it, capitals, a domain in their own script.
 *
 * @returns `undefined` where mail could not be sent to it
 */
export function readEmailAddress(typed: string): EmailAddress | undefined {
  const trimmed = typed.trim().normalize('NFC');
  if (byteLength(trimmed) > limits.emailBytes) return undefined;
  const at = trimmed.lastIndexOf('@');
  const local = trimmed.slice(0, at);
  const typedDomain = trimmed.slice(at + 1);
  if (at < 1 || notInDomains.test(typedDomain)) return undefined;
  const domain = domainToASCII(typedDomain);
  const address = `${local}@${domain}`;
  const fits = byteLength(local) <= localBytes && byteLength(address) <= limits.emailBytes;
  // A dot apart, no name of the public network is a number.
  const isPublic = /\.(?!\d+$)[^.]+$/.test(domain);
  const dotsApart = !/^\.|\.$|\.\./.test(local);
  if (!fits || !isPublic || !dotsApart || !html5Email.safeParse(address).success) return undefined;
  return { address, key: address.toLowerCase() };
}
