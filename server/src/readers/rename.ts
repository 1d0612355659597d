import type { Reader } from 'afterword/contract';
import { Problem } from '../problem.js';
import type { ReaderRow } from '../storage/tables.js';
import { runSequentially, type Command, type Transaction } from '../storage/writer.js';
import { fromRow } from './reader-rows.js';

/** Reason to hold a new name for a moderator. */
export interface NameFinding {
  readonly reason: string;
  readonly detail: string;
}

export interface Rename {
  readonly id: string;
  readonly name: string;
  /** Reasons to hold the name; empty if others may see it at once. */
  readonly findings: readonly NameFinding[];
  /** True where every comment of the reader is held: a first name is then read with the first comment. */
  readonly isReadWithComments: boolean;
}

/** Columns of a reader without a held name. */
export const noHeldName = {
  pendingName: null,
  pendingNameAt: null,
  pendingNameFindingsJson: null,
  rejectedName: null,
} as const satisfies Partial<ReaderRow>;

/** Returns the columns that hold a name. */
export function holdName(name: string, findings: readonly NameFinding[]) {
  return {
    pendingName: name,
    pendingNameAt: Date.now(),
    pendingNameFindingsJson: JSON.stringify(findings),
    rejectedName: null,
  } satisfies Partial<ReaderRow>;
}

/** Renames readers, or holds their new names. A held name replaces the one before. */
export const renameReaders: Command<Rename, Reader> = {
  name: 'rename-readers',
  run: (transaction, renames) => runSequentially(renames, (rename) => renameReader(transaction, rename)),
};

async function renameReader(transaction: Transaction, rename: Rename): Promise<Reader | Problem> {
  const { id, name, findings, isReadWithComments } = rename;
  const { db, locked, exclusive } = transaction;
  const query = db.selectFrom('readers').selectAll().where('id', '=', id).where('erasedAt', 'is', null);
  // A comment that another node is inserting refers to the row: it is committed before it is counted below.
  const reader = await (isReadWithComments ? exclusive(query) : locked(query)).executeTakeFirst();
  if (!reader) return new Problem('token-invalid');
  const isPublished =
    name === reader.name ||
    findings.length === 0 ||
    (isReadWithComments && reader.name === '' && !(await hasComments(transaction, id)));
  if (!isPublished && name === reader.pendingName) return fromRow(reader);
  const columns = isPublished
    ? { name, ...noHeldName }
    : { ...holdName(name, findings), nameRevision: reader.nameRevision + 1 };
  await db.updateTable('readers').set(columns).where('id', '=', id).execute();
  return fromRow({ ...reader, ...columns } satisfies ReaderRow);
}

async function hasComments({ db }: Transaction, authorId: string): Promise<boolean> {
  const comment = await db
    .selectFrom('comments')
    .select('id')
    .where('authorId', '=', authorId)
    .limit(1)
    .executeTakeFirst();
  return comment !== undefined;
}
