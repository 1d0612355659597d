import type { Me } from 'afterword/contract';
import type { Database } from '../../storage/database.js';
import { minuteMs } from '../../time.js';
import { readComments } from '../comment-rows.js';

/** Upper bound for how long a CDN copy of the thread may lack a new comment. */
const recentMs = 10 * minuteMs;
const maxOwnComments = 50;

/** Reads a reader's votes on a story and those own comments that a cached public page may lack. */
export async function readVotesAndOwn(
  database: Database,
  storyId: string,
  readerId: string,
): Promise<Pick<Me, 'votes' | 'own'>> {
  const { read } = database;
  const votes = await read
    .selectFrom('comment_votes')
    .innerJoin('comments', 'comments.id', 'comment_votes.commentId')
    .select(['comment_votes.commentId', 'comment_votes.value'])
    .where('comment_votes.readerId', '=', readerId)
    .where('comments.storyId', '=', storyId)
    .execute();
  const own = await read
    .selectFrom('comments')
    .select('id')
    .where('authorId', '=', readerId)
    .where('storyId', '=', storyId)
    .where((eb) =>
      eb.or([
        eb('state', '=', 'pending'),
        eb.and([eb('state', '=', 'visible'), eb('createdAt', '>', Date.now() - recentMs)]),
      ]),
    )
    .orderBy('createdAt', 'desc')
    .limit(maxOwnComments)
    .execute();
  return {
    votes: Object.fromEntries(votes.map(({ commentId, value }) => [commentId, value])),
    own: await readComments(
      database,
      own.map(({ id }) => id),
    ),
  };
}

/** Lists the keys of stories on which the author has visible comments. */
export async function readStoryKeysByAuthor({ read }: Database, readerId: string): Promise<string[]> {
  const rows = await read
    .selectFrom('comments')
    .innerJoin('stories', 'stories.id', 'comments.storyId')
    .select('stories.key')
    .distinct()
    .where('comments.authorId', '=', readerId)
    .where('comments.state', '=', 'visible')
    .execute();
  return rows.map(({ key }) => key);
}
