import { limits, type Comment } from 'afterword/contract';
import { sql } from 'kysely';
import { Problem } from '../problem.js';
import type { Command, Transaction } from '../storage/writer.js';
import { authorOf, toComment, withAuthors, type CommentWithAuthor } from './comment-rows.js';
import type { NewComment } from './writes.js';

/**
 * The comments that stand for the `Idempotency-Key`s of these posts, be they of now or of an earlier request. A post that has no
 * key, or whose key has never been answered, has none.
 */
export async function readAnswers(
  { db }: Transaction,
  posts: readonly NewComment[],
): Promise<Map<NewComment, CommentWithAuthor>> {
  const names = posts.flatMap(({ author, idempotency }) =>
    idempotency ? [sql`(${idempotency.key}, ${author.id})`] : [],
  );
  if (names.length === 0) return new Map();
  const rows = await withAuthors(db)
    .where(sql<boolean>`(idempotency_key, author_id) in (values ${sql.join(names)})`)
    .execute();
  const byName = new Map(rows.map((row) => [`${row.authorId} ${row.idempotencyKey}`, row]));
  return new Map(
    posts.flatMap((post) => {
      const row = post.idempotency && byName.get(`${post.author.id} ${post.idempotency.key}`);
      return row ? [[post, row]] : [];
    }),
  );
}

/** What a request that comes again is told: what it wrote, as that stands now. A key used for another request is refused. */
export function answerAgain({ idempotency }: NewComment, row: CommentWithAuthor): Comment | Problem {
  return row.requestHash === idempotency?.requestHash
    ? toComment(row, authorOf(row))
    : new Problem('idempotency-key-reused');
}

const keptMillis = limits.idempotencyKeyDays * 24 * 60 * 60_000;

/** Forgets which requests were answered with what, once nobody can be repeating them. */
export const forgetOldAnswers: Command<number, void> = {
  name: 'forget-old-answers',
  async run({ db }, times) {
    await db
      .updateTable('comments')
      .set({ idempotencyKey: null, requestHash: null })
      .where('idempotencyKey', 'is not', null)
      .where('createdAt', '<', Math.max(...times) - keptMillis)
      .execute();
    return times.map(() => undefined);
  },
};
