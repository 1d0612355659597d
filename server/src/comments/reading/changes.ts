import type { Comment } from 'afterword/contract';
import type { Database } from '../../storage/database.js';
import { inBatches } from '../../storage/statement-cache.js';
import { selectWithAuthor, toPublicComment } from '../comment-rows.js';

/** Comment that was posted, edited, voted on or moderated after a version of its thread. */
export interface ChangedComment {
  readonly comment: Comment;
  readonly isVisible: boolean;
  /** True if it was visible in that version. */
  readonly wasVisible: boolean;
}

/**
 * Reads the comments of a story that have changed after a version of the thread, in order of creation.
 *
 * @param maxCount upper bound; the latest changes count
 */
export async function readChangedComments(
  { read }: Pick<Database, 'read'>,
  storyId: string,
  sinceVersion: number,
  maxCount: number,
): Promise<ChangedComment[]> {
  const rows = await selectWithAuthor(read)
    .where('comments.storyId', '=', storyId)
    .where('comments.version', '>', sinceVersion)
    .orderBy('comments.version', 'desc')
    .limit(maxCount)
    .execute();
  return rows
    .sort((a, b) => (a.id < b.id ? -1 : 1))
    .map((row) => ({
      comment: toPublicComment(row),
      isVisible: row.state === 'visible',
      wasVisible: row.visibleSince !== null && row.visibleSince <= sinceVersion,
    }));
}

/** Reads the version of each story's thread. Stories without a thread are left out. */
export async function readThreadVersions(
  { read }: Pick<Database, 'read'>,
  storyIds: readonly string[],
): Promise<Map<string, number>> {
  const versions = new Map<string, number>();
  for (const batch of inBatches(storyIds)) {
    const rows = await read
      .selectFrom('threads')
      .select(['storyId', 'version'])
      .where('storyId', 'in', batch)
      .execute();
    for (const { storyId, version } of rows) versions.set(storyId, version);
  }
  return versions;
}
