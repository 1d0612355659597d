import { domainToASCII } from 'node:url';
import { limits } from 'afterword/contract';
import { z } from 'zod';
import { byteLength } from '../../text.js';

/** Parsed e-mail address. */
export interface EmailAddress {
  /** Address as typed, in NFC, with the domain in ASCII (Punycode). */
  readonly address: string;
  /** Lower-case address, equal for different spellings. */
  readonly key: string;
}

const maxLocalBytes = 64;
const html5Email = z.email({ pattern: z.regexes.html5Email });
/** What nobody sees or types, as copied from chats and web pages. A joiner after an Arabic letter is part of the word. */
const invisible = /(?!(?<=\p{Script=Arabic})\p{Join_Control})\p{Default_Ignorable_Code_Point}/gu;
/** Letters, digits, marks and joiners of any language (RFC 6531). HTML takes ASCII only. */
const nonAsciiLetter = /[^\p{ASCII}\P{L}]|[^\p{ASCII}\P{N}]|\p{M}|\p{Join_Control}/gu;
/** Characters that the URL parser removes or splits at, but that are invalid in a mail domain. */
const invalidDomain = /[\s%:/?#[\]@\\]|^\.|\.$|\.\./;

/** Separators that a provider ignores in the local part, by domain. */
const ignoredSeparators: Readonly<Record<string, RegExp>> = {
  'gmail.com': /\./g,
  'proton.me': /[._-]/g,
};
/** Other domains of the same mailboxes. */
const sameProvider: Readonly<Record<string, string>> = {
  'googlemail.com': 'gmail.com',
  'pm.me': 'proton.me',
  'protonmail.com': 'proton.me',
};

/**
 * Returns the mailbox behind the key of an address, for counting only: without a `+tag`, and without separators that its
 * provider ignores. Two addresses of one mailbox are still two subscribers.
 */
export function mailboxOf(key: string): string {
  const at = key.lastIndexOf('@');
  const given = key.slice(at + 1);
  const domain = sameProvider[given] ?? given;
  const [local = ''] = key.slice(0, at).split('+');
  // An address that starts with the tag's sign has no other local part.
  const mailbox = local === '' ? key.slice(0, at) : local;
  return `${mailbox.replace(ignoredSeparators[domain] ?? '', '')}@${domain}`;
}

/** Returns whether only mail servers with SMTPUTF8 (RFC 6531) deliver to an address. */
export function needsSmtpUtf8({ address }: EmailAddress): boolean {
  return !/^\p{ASCII}*$/u.test(address);
}

/**
 * Parses an e-mail address as typed: trims, removes invisible characters, and converts internationalized domains.
 *
 * @returns `undefined` if the address is invalid
 */
export function parseEmailAddress(typed: string): EmailAddress | undefined {
  const trimmed = typed.replace(invisible, '').trim().normalize('NFC');
  if (byteLength(trimmed) > limits.emailBytes) return undefined;
  const at = trimmed.lastIndexOf('@');
  const local = trimmed.slice(0, at);
  const typedDomain = trimmed.slice(at + 1);
  if (at < 1 || invalidDomain.test(typedDomain)) return undefined;
  const domain = domainToASCII(typedDomain);
  const address = `${local}@${domain}`;
  const fits = byteLength(local) <= maxLocalBytes && byteLength(address) <= limits.emailBytes;
  // Public domain names contain a dot, and their last label is not numeric.
  const isPublic = /\.(?!\d+$)[^.]+$/.test(domain);
  const hasSeparatedDots = !/^\.|\.$|\.\./.test(local);
  const isValid = html5Email.safeParse(`${local.replace(nonAsciiLetter, 'a')}@${domain}`).success;
  if (!fits || !isPublic || !hasSeparatedDots || !isValid || /^\p{M}/u.test(local)) return undefined;
  return { address, key: address.toLowerCase().normalize('NFC') };
}
