import { limits, type Comment } from 'afterword/contract';
import { sql } from 'kysely';
import { Problem } from '../../problem.js';
import type { RetentionRule } from '../../storage/retention-rule.js';
import type { Transaction } from '../../storage/writer.js';
import { dayMs } from '../../time.js';
import { authorInReview, selectWithAuthor, toComment, type CommentWithAuthor } from '../comment-rows.js';

/** Part of a post that identifies repeated requests. */
interface KeyedPost {
  readonly author: { readonly id: string };
  /** Idempotency key and hash of the request, if the request had a key. */
  readonly idempotency: { readonly key: string; readonly requestHash: string } | undefined;
}

/**
 * Finds stored comments by the author and `Idempotency-Key` of these posts, from this batch or earlier requests. Posts
 * without a key, or with a new one, are not in the result.
 */
export async function findByIdempotencyKeys<Post extends KeyedPost>(
  { db }: Transaction,
  posts: readonly Post[],
): Promise<Map<Post, CommentWithAuthor>> {
  const pairs = posts.flatMap(({ author, idempotency }) =>
    idempotency ? [sql`(${idempotency.key}, ${author.id})`] : [],
  );
  if (pairs.length === 0) return new Map();
  const rows = await selectWithAuthor(db)
    .where(sql<boolean>`(idempotency_key, author_id) in (values ${sql.join(pairs)})`)
    .execute();
  const byPair = new Map(rows.map((row) => [`${row.authorId} ${row.idempotencyKey}`, row]));
  return new Map(
    posts.flatMap((post) => {
      const row = post.idempotency && byPair.get(`${post.author.id} ${post.idempotency.key}`);
      return row ? [[post, row]] : [];
    }),
  );
}

/**
 * Answers a repeated request with the stored comment in its current state. Refuses a key that belongs to another
 * request.
 */
export function replay({ idempotency }: KeyedPost, row: CommentWithAuthor): Comment | Problem {
  return row.requestHash === idempotency?.requestHash
    ? toComment(row, authorInReview(row))
    : new Problem('idempotency-key-reused');
}

const retentionMs = limits.idempotencyKeyDays * dayMs;

/** Clears idempotency keys after their retention period. */
export const expiredIdempotencyKeys: RetentionRule = {
  name: 'idempotency-keys',
  async purge({ db }, { now, maxRows }) {
    const { numUpdatedRows } = await db
      .updateTable('comments')
      .set({ idempotencyKey: null, requestHash: null })
      .where('id', 'in', (comments) =>
        comments
          .selectFrom('comments')
          .select('id')
          .where('idempotencyKey', 'is not', null)
          .where('createdAt', '<', now - retentionMs)
          .orderBy('createdAt')
          .limit(maxRows),
      )
      .executeTakeFirstOrThrow();
    const count = Number(numUpdatedRows);
    return { count, next: count < maxRows ? undefined : 'more' };
  },
};
