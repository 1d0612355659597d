import { Problem } from '../../problem.js';
import type { Database } from '../../storage/database.js';
import type { CommentRow, ReaderRow } from '../../storage/tables.js';
import { runSequentially, type Command, type Transaction } from '../../storage/writer.js';

/** Row of the queue of names. */
export type PendingNameRow = Awaited<ReturnType<typeof readPendingNames>>[number];

/** Lists the new names of a site's readers that are held for a moderator, newest first. */
export function readPendingNames({ read }: Database, siteId: string, limit: number) {
  return read
    .selectFrom('readers')
    .select(['id', 'name', 'pendingName', 'pendingNameAt', 'pendingNameFindingsJson', 'nameRevision'])
    .where('siteId', '=', siteId)
    .where('pendingName', 'is not', null)
    .orderBy('pendingNameAt', 'desc')
    .limit(limit)
    .execute();
}

/** Decision of a moderator about the held name of one reader. */
export interface NameDecision {
  readonly siteId: string;
  readonly readerId: string;
  readonly isApproved: boolean;
  /** Revision that the moderator has read. Without it, only a reader's first held name is approved, and any is rejected. */
  readonly revision?: number | undefined;
}

/** Decides on held names. Refuses a name that has changed since the moderator read it. @returns the name that others see */
export const decideOnNames: Command<NameDecision, { name: string }> = {
  name: 'decide-on-names',
  run: (transaction, decisions) =>
    runSequentially(decisions, async ({ siteId, readerId, isApproved, revision }) => {
      const { db, locked } = transaction;
      const reader = await locked(
        db.selectFrom('readers').selectAll().where('id', '=', readerId).where('siteId', '=', siteId),
      ).executeTakeFirst();
      if (!reader?.pendingName) return new Problem('reader-not-found');
      if (reader.nameRevision !== (revision ?? (isApproved ? 1 : reader.nameRevision)))
        return new Problem('name-changed');
      if (isApproved) await publishPendingName(transaction, reader);
      else await setName(transaction, reader, reader.name, reader.pendingName);
      return { name: isApproved ? reader.pendingName : reader.name };
    }),
};

/** Publishes the held name of a reader that this transaction has locked, if there is one. */
export async function publishPendingName(
  transaction: Transaction,
  { id, pendingName }: Pick<ReaderRow, 'id' | 'pendingName'>,
): Promise<void> {
  if (pendingName !== null) await setName(transaction, { id }, pendingName);
}

/**
 * Returns the revision of a comment that moderators name in their decisions. It grows with every edit, and with every held
 * name of the author: the name is published with the comment.
 */
export function revisionInReview(
  { revision }: Pick<CommentRow, 'revision'>,
  { nameRevision }: Pick<ReaderRow, 'nameRevision'>,
): number {
  return revision + nameRevision;
}

async function setName(
  { db }: Transaction,
  { id }: Pick<ReaderRow, 'id'>,
  name: string,
  rejectedName: string | null = null,
): Promise<void> {
  await db
    .updateTable('readers')
    .set({ name, pendingName: null, pendingNameAt: null, pendingNameFindingsJson: null, rejectedName })
    .where('id', '=', id)
    .execute();
}
