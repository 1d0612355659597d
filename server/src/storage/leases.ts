import type { EpochMs } from '../time.js';
import { runSequentially, type Command, type Transaction } from './writer.js';

/** Work that one process of the cluster does at a time. */
export interface LeaseRequest {
  readonly name: string;
  /** Id of the process that asks. */
  readonly holder: string;
  readonly durationMs: number;
  /** Refuses the lease where its work was done since then. */
  readonly unlessDoneSince?: EpochMs;
}

/** Takes leases. The result is `taken`, `held` by another process, or `done` since the given time. */
export const takeLease: Command<LeaseRequest, 'taken' | 'held' | 'done'> = {
  name: 'take-lease',
  run: ({ db, locked }, requests) =>
    runSequentially(requests, async ({ name, holder, durationMs, unlessDoneSince }) => {
      await db
        .insertInto('leases')
        .values({ name, holder: null, expiresAt: 0, doneAt: 0 })
        .onConflict((conflict) => conflict.column('name').doNothing())
        .execute();
      const lease = await locked(
        db.selectFrom('leases').selectAll().where('name', '=', name),
      ).executeTakeFirstOrThrow();
      const now = Date.now();
      if (lease.holder !== null && lease.holder !== holder && lease.expiresAt > now) return 'held';
      if (unlessDoneSince !== undefined && lease.doneAt > unlessDoneSince) return 'done';
      await db
        .updateTable('leases')
        .set({ holder, expiresAt: now + durationMs })
        .where('name', '=', name)
        .execute();
      return 'taken';
    }),
};

/** Renews a lease in the transaction of its work. @returns false where another process has taken it */
export async function renewLease(
  { db }: Transaction,
  { name, holder, durationMs }: Pick<LeaseRequest, 'name' | 'holder' | 'durationMs'>,
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('leases')
    .set({ expiresAt: Date.now() + durationMs })
    .where('name', '=', name)
    .where('holder', '=', holder)
    .executeTakeFirstOrThrow();
  return numUpdatedRows > 0n;
}

/** Ends leases. `isDone` stores that their work was done. */
export const releaseLease: Command<{ name: string; holder: string; isDone: boolean }, void> = {
  name: 'release-lease',
  run: ({ db }, leases) =>
    runSequentially(leases, async ({ name, holder, isDone }) => {
      await db
        .updateTable('leases')
        .set({ holder: null, ...(isDone ? { doneAt: Date.now() } : {}) })
        .where('name', '=', name)
        .where('holder', '=', holder)
        .execute();
    }),
};
