import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Comments } from '../../src/contract/types.js';
import { decodeBase64Url } from '../../server/src/base64url.js';
import { newId } from '../../server/src/ids.js';
import { NewsletterTokens } from '../../server/src/newsletter/domain/tokens.js';
import { openTestServices, storyQuery, storyUrl, type TestServer } from './setup.js';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** Other texts that lenient decoders take for the same bytes. */
function otherSpellings(token: string): string[] {
  const last = alphabet.indexOf(token.at(-1) ?? '');
  const bits = token.length % 4 === 2 ? 4 : token.length % 4 === 3 ? 2 : 0;
  const trailing = Array.from({ length: 2 ** bits - 1 }, (_, index) => alphabet[last ^ (index + 1)]);
  return [...trailing.map((char) => token.slice(0, -1) + char), `${token}=`, `${token}!`, `${token}*`];
}

describe('base64url', () => {
  test('is decoded in its canonical form only', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        const text = Buffer.from(bytes).toString('base64url');
        expect(decodeBase64Url(text)).toEqual(Buffer.from(bytes));
        for (const other of otherSpellings(text)) expect(decodeBase64Url(other), other).toBeUndefined();
      }),
    );
  });
});

describe('tokens with altered trailing bits are refused', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await openTestServices('sqlite');
  });
  afterAll(() => server.close());

  test('reader tokens, in each of their parts', async () => {
    const token = await server.guest();
    const parts = token.split('.');
    expect(parts).toHaveLength(3);
    for (const [index, part] of parts.entries()) {
      for (const other of otherSpellings(part)) {
        const altered = parts.with(index, other).join('.');
        expect((await server.ask('/me', { token: altered })).status, altered).toBe(401);
      }
    }
    expect((await server.ask('/me', { token })).status).toBe(200);
  });

  test('server keys', async () => {
    const key = await server.services.sites.makeServerKey('paper');
    for (const other of otherSpellings(key))
      expect((await server.ask('/polls', { token: other })).status, other).toBe(401);
    expect((await server.ask('/polls', { token: key })).status).toBe(200);
  });

  test('tokens of unsubscribe links', () => {
    const tokens = new NewsletterTokens(['a secret of this test']);
    for (const ids of [[newId()], [newId(), newId()]]) {
      const token = tokens.signUnsubscribeToken(ids);
      expect(tokens.verifyUnsubscribeToken(token)).toEqual(ids);
      for (const other of otherSpellings(token)) expect(tokens.verifyUnsubscribeToken(other), other).toBeUndefined();
    }
  });

  test('cursors, also with other spellings of their JSON', async () => {
    const token = await server.guest();
    for (const text of ['Một', 'Hai', 'Ba'])
      await server.ask('/comments', { method: 'POST', token, json: { story: storyUrl, text } });
    for (const sort of ['newest', 'best']) {
      const path = `/comments?${storyQuery()}&sort=${sort}&limit=1`;
      const { nextCursor } = (await (await server.ask(path)).json()) as Comments;
      const cursor = nextCursor ?? '';
      expect((await server.ask(`${path}&cursor=${cursor}`)).status).toBe(200);
      const spaced = Buffer.from(` ${Buffer.from(cursor, 'base64url').toString()}`).toString('base64url');
      for (const other of [...otherSpellings(cursor), spaced])
        expect((await server.ask(`${path}&cursor=${encodeURIComponent(other)}`)).status, other).toBe(422);
    }
  });
});
