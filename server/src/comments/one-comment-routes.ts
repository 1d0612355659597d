import { createRoute, z } from '@hono/zod-openapi';
import {
  commentAnswerSchema,
  commentEditBody,
  commentHistorySchema,
  commentParams,
  commentVoteBody,
  commentVotedSchema,
  limits,
  reportBody,
  siteParams,
  type ErrorCode,
} from 'afterword/contract';
import type { Context } from 'hono';
import { bearer, jsonBody, responses, sitePath, type Api, type ApiEnv } from '../http/api.js';
import { publicAnswer } from '../http/public-answer.js';
import { tags } from '../http/public-cache.js';
import { fieldProblem, Problem } from '../problem.js';
import type { Services } from '../services.js';
import type { Site } from '../sites/store.js';
import { hasMoreGraphemes, tamed } from '../text.js';
import { deleteComments, editComments } from './changes.js';
import { commentText } from './comment-text.js';
import { readHistory } from './history.js';
import { commentNodes } from './markdown.js';
import { readPeople } from './mentions.js';
import { reportComments } from './moderation.js';
import { isClosedByAge } from './threads.js';
import { voteOnComments } from './votes.js';

const path = `${sitePath}/comments/{id}`;
const params = siteParams.extend(commentParams.shape);
const always: ErrorCode[] = [
  'token-required',
  'token-invalid',
  'origin-not-allowed',
  'site-not-found',
  'validation-failed',
  'rate-limited',
  'comment-not-found',
];

const patchComment = createRoute({
  method: 'patch',
  path,
  tags: ['comments'],
  summary: 'Change the text of an own comment, within the edit window; pending where it has to wait again',
  security: bearer,
  request: { params, body: jsonBody(commentEditBody) },
  responses: responses(200, 'The comment', commentAnswerSchema, [
    ...always,
    'comment-empty',
    'comment-too-long',
    'not-the-author',
    'edit-window-over',
    'thread-closed',
  ]),
});

const deleteComment = createRoute({
  method: 'delete',
  path,
  tags: ['comments'],
  summary: 'Delete an own comment, at any time. Replies keep their place',
  security: bearer,
  request: { params },
  responses: responses(200, 'What is left of it', commentAnswerSchema, [...always, 'not-the-author']),
});

const getHistory = createRoute({
  method: 'get',
  path: `${path}/history`,
  tags: ['comments'],
  summary: 'What an edited comment said before',
  request: { params },
  responses: responses(200, 'Its texts, oldest first', commentHistorySchema, [
    'site-not-found',
    'validation-failed',
    'comment-not-found',
  ]),
});

const putVote = createRoute({
  method: 'put',
  path: `${path}/vote`,
  tags: ['comments'],
  summary: 'Vote on a comment; 0 takes the vote back',
  security: bearer,
  request: { params, body: jsonBody(commentVoteBody) },
  responses: responses(200, 'The votes', commentVotedSchema, [...always, 'own-comment', 'vote-not-allowed']),
});

const postReport = createRoute({
  method: 'post',
  path: `${path}/reports`,
  tags: ['comments'],
  summary: 'Report a comment to the moderators; a second report of the same reader replaces the first',
  security: bearer,
  request: { params, body: jsonBody(reportBody) },
  responses: responses(202, 'Taken', z.object({}), always),
});

/** What can be done with one comment. */
export function addOneCommentRoutes(api: Api, services: Services): void {
  const { cache, commentRules, database, rateLimits, readers, stories } = services;
  const { writer } = database;

  function authenticate(c: Context<ApiEnv>) {
    return readers.authenticate(c.req.header('authorization'), c.get('site').id);
  }

  async function dropThread(site: Site, storyId: string): Promise<void> {
    cache.drop(tags.story(site.id, (await stories.byId(storyId)).key));
  }

  /** Where a comment stands; whose it is and whether it may be changed is decided when that is done. */
  async function placeOf(site: Site, commentId: string) {
    const row = await database.read
      .selectFrom('comments')
      .select(['storyId', 'parentId'])
      .where('id', '=', commentId)
      .where('siteId', '=', site.id)
      .executeTakeFirst();
    if (!row) throw new Problem('comment-not-found');
    return { story: await stories.byId(row.storyId), parentId: row.parentId };
  }

  api.openapi(patchComment, async (c) => {
    const site = c.get('site');
    const author = await authenticate(c);
    const { text: given, mentions = [] } = c.req.valid('json');
    const text = commentText(given);
    await rateLimits.take('comment', author.id);
    const { id: commentId } = c.req.valid('param');
    const { story, parentId } = await placeOf(site, commentId);
    const nodes = await commentNodes(text, await readPeople(database, story.id, mentions));
    const { comment } = await writer.submit(editComments, {
      siteId: site.id,
      commentId,
      readerId: author.id,
      text,
      nodes,
      findings: await commentRules.judge({ site, story, parentId, author, text, nodes, isEdit: true }),
      closed: isClosedByAge(site, story),
      createdAfter: Date.now() - site.settings.editSeconds * 1000,
    });
    cache.drop(tags.story(site.id, story.key));
    return c.json({ comment }, 200);
  });

  api.openapi(deleteComment, async (c) => {
    const site = c.get('site');
    const reader = await authenticate(c);
    const { id: commentId } = c.req.valid('param');
    const { comment, storyId } = await writer.submit(deleteComments, {
      siteId: site.id,
      commentId,
      readerId: reader.id,
    });
    await dropThread(site, storyId);
    return c.json({ comment }, 200);
  });

  api.openapi(getHistory, (c) => {
    const site = c.get('site');
    return publicAnswer(c, cache, async () => {
      const { id } = c.req.valid('param');
      const { story } = await placeOf(site, id);
      return {
        value: await readHistory(database, site.id, id),
        tags: [tags.site(site.id), tags.story(site.id, story.key)],
      };
    });
  });

  api.openapi(putVote, async (c) => {
    const site = c.get('site');
    const reader = await authenticate(c);
    const { value } = c.req.valid('json');
    if (value === -1 && site.settings.votes === 'up') throw new Problem('vote-not-allowed');
    await rateLimits.take('comment-vote', reader.id);
    const { votes, storyId } = await writer.submit(voteOnComments, {
      siteId: site.id,
      commentId: c.req.valid('param').id,
      readerId: reader.id,
      value,
    });
    await dropThread(site, storyId);
    return c.json({ votes, value }, 200);
  });

  api.openapi(postReport, async (c) => {
    const site = c.get('site');
    const reader = await authenticate(c);
    const { reason, note } = c.req.valid('json');
    const told = note === undefined ? '' : tamed(note);
    if (hasMoreGraphemes(told, limits.reportNoteGraphemes))
      throw fieldProblem('validation-failed', 'note', `At most ${limits.reportNoteGraphemes} characters.`);
    await rateLimits.take('report', reader.id);
    const { storyId, held } = await writer.submit(reportComments, {
      siteId: site.id,
      commentId: c.req.valid('param').id,
      readerId: reader.id,
      reason,
      note: told || null,
      reportsToHold: site.settings.reportsToHold,
    });
    if (held) await dropThread(site, storyId);
    return c.json({}, 202);
  });
}
