import { randomBytes } from 'node:crypto';
import { limits } from 'afterword/contract';
import { CompiledQuery } from 'kysely';
import { putMetadata } from './metadata.js';
import type { Command } from './writer.js';

const name = 'write-probe';
/**
 * As much as the largest write of a reader takes. A file that may grow no further still has room for a changed row. Random,
 * since PostgreSQL compresses long values.
 */
const ballast = randomBytes((limits.bodyBytes / 4) * 3).toString('base64');
const statements = {
  savepoint: CompiledQuery.raw('savepoint ballast'),
  rollback: CompiledQuery.raw('rollback to savepoint ballast'),
  release: CompiledQuery.raw('release savepoint ballast'),
};

/** Writes a row, as `/readyz` needs it: only a commit shows whether the disk is full, read-only or gone. */
export const writeProbe: Command<string, void> = {
  name,
  async run({ db }, values) {
    // Takes the room of a large write, and gives it back before it costs a flush.
    await db.executeQuery(statements.savepoint);
    await putMetadata(db, name, ballast);
    await db.executeQuery(statements.rollback);
    await db.executeQuery(statements.release);
    // Another value each time: SQLite writes nothing where nothing changes.
    await putMetadata(db, name, values.at(-1) ?? '');
    return values.map(() => undefined);
  },
};
