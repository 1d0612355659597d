import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeStoredCursor, decodeTimeCursor, encodeCursor } from '../../server/src/comments/reading/cursor.js';

describe('comment cursors', () => {
  const uuid = fc.uuid();
  const moment = fc.nat({ max: 2 ** 45 });

  test('round-trip through encoding', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('newest' as const, 'oldest' as const),
        fc.option(uuid),
        fc.boolean(),
        moment,
        fc.oneof(uuid, fc.constant('')),
        (sort, parent, backwards, createdAt, id) => {
          const at = { sort, parent, backwards, createdAt, id };
          expect(decodeTimeCursor(encodeCursor(at), sort, parent)).toEqual(at);
        },
      ),
    );
    fc.assert(
      fc.property(
        fc.constantFrom('best' as const, 'discussed' as const),
        fc.boolean(),
        fc.nat(),
        fc.nat(),
        (sort, ...rest) => {
          const [backwards, version, position] = rest;
          const at = { sort, backwards, version, position };
          expect(decodeStoredCursor(encodeCursor(at), sort)).toEqual(at);
        },
      ),
    );
  });

  test('refuse any other input', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json().map((json) => Buffer.from(json).toString('base64url')),
        ),
        (cursor) => {
          for (const decode of [
            () => decodeTimeCursor(cursor, 'newest', null),
            () => decodeStoredCursor(cursor, 'best'),
          ])
            expect(decode).toThrow(expect.objectContaining({ code: 'cursor-invalid' }));
        },
      ),
    );
  });
});
