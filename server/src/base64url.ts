/**
 * Decodes base64url, in its canonical form only.
 *
 * Decoders ignore foreign characters and the unused bits of the last one, so that several texts stand for the same
 * bytes. A token must have one spelling: it is a key of caches, limits and lists of revoked tokens.
 *
 * @returns `undefined` for any other text
 */
export function decodeBase64Url(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64url');
  return bytes.toString('base64url') === text ? bytes : undefined;
}
