import { limits, type Comment } from 'afterword/contract';
import { sql } from 'kysely';
import { Problem } from '../problem.js';
import { insertRows } from '../storage/kept-queries.js';
import type { CommentRow, IdempotentAnswerRow } from '../storage/tables.js';
import type { Command, Transaction } from '../storage/writer.js';
import { readComments } from './comment-rows.js';
import type { NewComment } from './writes.js';

/**
 * Remembers which comment each request with an `Idempotency-Key` is answered with.
 *
 * @returns the posts that ask again: their keys were answered before, by now or within the same batch
 */
export async function keepAnswers(
  transaction: Transaction,
  rows: ReadonlyMap<NewComment, CommentRow>,
  createdAt: number,
): Promise<NewComment[]> {
  const kept: { post: NewComment; answer: IdempotentAnswerRow }[] = [];
  for (const [post, { id }] of rows) {
    const { siteId, author, idempotency } = post;
    if (!idempotency) continue;
    const { key, requestHash } = idempotency;
    const answer = { key, requestHash, readerId: author.id, siteId, answerJson: JSON.stringify(id), createdAt };
    kept.push({ post, answer });
  }
  const answers = kept.map(({ answer }) => answer);
  // Of two alike within the batch the first is kept.
  if ((await insertRows(transaction.db, 'idempotent_answers', answers)) === answers.length) return [];
  const standing = await readRows(
    transaction,
    kept.map(({ post }) => post),
  );
  return kept.flatMap(({ post, answer: { siteId, readerId, key, answerJson } }) =>
    standing.get(nameOf(siteId, readerId, key))?.answerJson === answerJson ? [] : [post],
  );
}

/** What those posts were answered with that had been answered before. A key used for another request is refused. */
export async function readAnswers(
  transaction: Transaction,
  posts: readonly NewComment[],
): Promise<Map<NewComment, Comment | Problem>> {
  const rows = await readRows(transaction, posts);
  const ids = [...rows.values()].map(({ answerJson }) => JSON.parse(answerJson) as string);
  const comments = new Map((await readComments({ read: transaction.db }, ids)).map((comment) => [comment.id, comment]));
  return new Map(
    posts.flatMap((post) => {
      const { siteId, author, idempotency } = post;
      const row = idempotency && rows.get(nameOf(siteId, author.id, idempotency.key));
      if (!row) return [];
      if (row.requestHash !== idempotency.requestHash) return [[post, new Problem('idempotency-key-reused')]];
      return [[post, comments.get(JSON.parse(row.answerJson) as string) ?? new Problem('comment-not-found')]];
    }),
  );
}

async function readRows({ db }: Transaction, posts: readonly NewComment[]): Promise<Map<string, IdempotentAnswerRow>> {
  const names = posts.flatMap(({ siteId, author, idempotency }) =>
    idempotency ? [sql`(${idempotency.key}, ${author.id}, ${siteId})`] : [],
  );
  if (names.length === 0) return new Map();
  const rows = await db
    .selectFrom('idempotent_answers')
    .selectAll()
    .where(sql<boolean>`(key, reader_id, site_id) in (values ${sql.join(names)})`)
    .execute();
  return new Map(rows.map((row) => [nameOf(row.siteId, row.readerId, row.key), row]));
}

function nameOf(siteId: string, readerId: string, key: string): string {
  return `${siteId} ${readerId} ${key}`;
}

const keptMillis = limits.idempotencyKeyDays * 24 * 60 * 60_000;

/** Forgets which requests were answered with what, once nobody can be repeating them. */
export const forgetOldAnswers: Command<number, void> = {
  name: 'forget-old-answers',
  async run({ db }, times) {
    const before = Math.max(...times) - keptMillis;
    await db.deleteFrom('idempotent_answers').where('createdAt', '<', before).execute();
    return times.map(() => undefined);
  },
};
