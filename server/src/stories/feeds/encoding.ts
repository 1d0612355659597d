import { OperatorError } from '../../config.js';

/** What feeds without a declaration were written in, when they are not UTF-8. */
const oldDefault = 'windows-1252';

/**
 * The text of a feed: by its byte order mark, what the server said, what the XML declaration says, or UTF-8.
 *
 * @param charset of the HTTP answer
 */
export function decodeFeed(bytes: Uint8Array, charset: string | undefined): string {
  const declared = byteOrderMark(bytes) ?? charset ?? xmlEncoding(bytes);
  if (declared !== undefined) return decoder(declared).decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    // Not UTF-8, and nobody says what else.
    return new TextDecoder(oldDefault).decode(bytes);
  }
}

function decoder(label: string) {
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
