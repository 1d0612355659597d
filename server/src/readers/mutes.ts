import { limits } from 'afterword/contract';
import { Problem } from '../problem.js';
import type { Database } from '../storage/database.js';
import type { Command } from '../storage/writer.js';

interface Mute {
  readonly siteId: string;
  readonly readerId: string;
  readonly mutedId: string;
  /** `false` ends the mute. */
  readonly isMuted: boolean;
}

/** Starts or ends mutes. Repeating one changes nothing. */
export const muteReaders: Command<Mute, void> = {
  name: 'mute-readers',
  async run({ db }, mutes) {
    const results: (undefined | Problem)[] = [];
    for (const { siteId, readerId, mutedId, isMuted } of mutes) {
      results.push(undefined);
      if (!isMuted) {
        await db.deleteFrom('reader_mutes').where('readerId', '=', readerId).where('mutedId', '=', mutedId).execute();
        continue;
      }
      const mutedReader = await db
        .selectFrom('readers')
        .select('id')
        .where('id', '=', mutedId)
        .where('siteId', '=', siteId)
        .executeTakeFirst();
      if (!mutedReader) results[results.length - 1] = new Problem('reader-not-found');
      else
        await db
          .insertInto('reader_mutes')
          .values({ readerId, mutedId, createdAt: Date.now() })
          .onConflict((conflict) => conflict.columns(['readerId', 'mutedId']).doNothing())
          .execute();
    }
    return results;
  },
};

/** Reads the ids of muted readers, the last ones where there are very many. */
export async function readMuted({ read }: Database, readerId: string): Promise<string[]> {
  const rows = await read
    .selectFrom('reader_mutes')
    .select('mutedId')
    .where('readerId', '=', readerId)
    .orderBy('createdAt', 'desc')
    .limit(limits.mutes)
    .execute();
  return rows.map(({ mutedId }) => mutedId);
}
