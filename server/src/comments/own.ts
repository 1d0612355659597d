import type { Me } from 'afterword/contract';
import type { Database } from '../storage/database.js';
import { readComments } from './comment-rows.js';

/** How long a comment may be missing from a copy of the thread that a cache holds. */
const recentMillis = 10 * 60_000;
const mostOwn = 50;

/** What a reader thinks of a story's comments, and their own ones that a public copy may not show. */
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
        eb.and([eb('state', '=', 'visible'), eb('createdAt', '>', Date.now() - recentMillis)]),
      ]),
    )
    .orderBy('createdAt', 'desc')
    .limit(mostOwn)
    .execute();
  return {
    votes: Object.fromEntries(votes.map(({ commentId, value }) => [commentId, value])),
    own: await readComments(
      database,
      own.map(({ id }) => id),
    ),
  };
}

/** The keys of the stories whose threads show a reader's name. */
export async function readStoriesWrittenTo({ read }: Database, readerId: string): Promise<string[]> {
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
