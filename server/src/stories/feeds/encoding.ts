import { OperatorError } from '../../config.js';

/** Encoding assumed for feeds that declare none and are not valid UTF-8. */
const legacyEncoding = 'windows-1252';

/**
 * Decodes a feed. The encoding is taken from the byte order mark, the HTTP header, the XML declaration, or else
 * UTF-8.
 *
 * @param charset parameter of the HTTP `Content-Type` header
 */
export function decodeFeed(bytes: Uint8Array, charset: string | undefined): string {
  const declared = byteOrderMark(bytes) ?? charset ?? xmlEncoding(bytes);
  if (declared !== undefined) return createDecoder(declared).decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    // Neither declared nor valid UTF-8.
    return new TextDecoder(legacyEncoding).decode(bytes);
  }
}

function createDecoder(label: string) {
  try {
    return new TextDecoder(label);
  } catch {
    throw new OperatorError(`the encoding "${label}" is not known`);
  }
}

function byteOrderMark([first, second, third]: Uint8Array): string | undefined {
  if (first === 0xef && second === 0xbb && third === 0xbf) return 'utf-8';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  return undefined;
}

function xmlEncoding(bytes: Uint8Array): string | undefined {
  const start = new TextDecoder('latin1').decode(bytes.subarray(0, 200));
  return /^\s*<\?xml[^>]*\sencoding\s*=\s*["']([\w.:-]+)["']/i.exec(start)?.[1];
}
