import { createRoute, z } from '@hono/zod-openapi';
import {
  commentAnswerSchema,
  commentBody,
  commentEditBody,
  commentParams,
  commentPreviewBody,
  commentVoteBody,
  commentVotedSchema,
  limits,
  previewSchema,
  reportBody,
  siteParams,
  type CommentNode,
  type ErrorCode,
} from 'afterword/contract';
import type { Context } from 'hono';
import { bearer, jsonBody, responses, sitePath, writeRequest, type Api, type ApiEnv } from '../../http/api.js';
import { tags } from '../../http/public-cache.js';
import { fieldProblem, Problem } from '../../problem.js';
import type { Site } from '../../sites/store.js';
import { hasMoreGraphemes, sanitizeText } from '../../text.js';
import { readPlacement } from '../comment-rows.js';
import { reportComments } from '../moderation/reports.js';
import { isClosedByAge } from '../reading/thread-state.js';
import { deleteComments, editComments } from './edit.js';
import { commentWrite, type CommentWritingServices } from './hot-route.js';
import { normalizeCommentText, parseMarkdown } from './markdown.js';
import { mentionsIn, readMentionable } from './mentions.js';
import { voteOnComments } from './vote.js';
import { secondMs } from '../../time.js';

const commentsPath = `${sitePath}/comments`;
const itemPath = `${commentsPath}/{id}`;
const itemParams = siteParams.extend(commentParams.shape);
const commonErrors: ErrorCode[] = [
  'token-required',
  'token-invalid',
  'origin-not-allowed',
  'site-not-found',
  'validation-failed',
  'rate-limited',
];
const textErrors: ErrorCode[] = ['comment-empty', 'comment-too-long'];
const itemErrors: ErrorCode[] = [...commonErrors, 'comment-not-found'];

const postComment = createRoute({
  method: 'post',
  path: commentsPath,
  tags: ['comments'],
  summary: 'Post a comment or a reply. A repeated `Idempotency-Key` returns the comment posted first',
  security: bearer,
  request: { params: siteParams, body: jsonBody(commentBody) },
  responses: responses(201, 'The comment; `pending` if it is held for a moderator', commentAnswerSchema, [
    ...commonErrors,
    ...textErrors,
    'identity-required',
    'story-not-found',
    'parent-not-found',
    'thread-closed',
    'idempotency-key-reused',
    'invalid-header',
  ]),
});

const previewComment = createRoute({
  method: 'post',
  path: `${commentsPath}/preview`,
  tags: ['comments'],
  summary: 'Parse a text without storing it',
  security: bearer,
  request: { params: siteParams, body: jsonBody(commentPreviewBody) },
  responses: responses(200, 'The nodes', previewSchema, [...commonErrors, ...textErrors]),
});

const patchComment = createRoute({
  method: 'patch',
  path: itemPath,
  tags: ['comments'],
  summary: 'Edit an own comment within the edit window. The comment is pending if a rule holds the new text',
  security: bearer,
  request: { params: itemParams, body: jsonBody(commentEditBody) },
  responses: responses(200, 'The comment', commentAnswerSchema, [
    ...itemErrors,
    ...textErrors,
    'not-the-author',
    'edit-window-over',
    'thread-closed',
  ]),
});

const deleteComment = createRoute({
  method: 'delete',
  path: itemPath,
  tags: ['comments'],
  summary: 'Delete an own comment. Replies are kept below a placeholder',
  security: bearer,
  request: { params: itemParams },
  responses: responses(200, 'The placeholder', commentAnswerSchema, [...itemErrors, 'not-the-author']),
});

const putVote = createRoute({
  method: 'put',
  path: `${itemPath}/vote`,
  tags: ['comments'],
  summary: 'Vote on a comment; 0 removes the vote',
  security: bearer,
  request: { params: itemParams, body: jsonBody(commentVoteBody) },
  responses: responses(200, 'The votes', commentVotedSchema, [
    ...itemErrors,
    'own-comment',
    'vote-not-allowed',
    'vote-needs-identity',
  ]),
});

const postReport = createRoute({
  method: 'post',
  path: `${itemPath}/reports`,
  tags: ['comments'],
  summary: 'Report a comment to the moderators. A later report by the same reader replaces the earlier one',
  security: bearer,
  request: { params: itemParams, body: jsonBody(reportBody) },
  responses: responses(202, 'Accepted', z.object({}), itemErrors),
});

/** Adds the routes that write comments: post, preview, edit, delete, vote and report. */
export function addCommentWritingRoutes(api: Api, services: CommentWritingServices): void {
  const {
    burstDetector,
    cache,
    clientAddress,
    commentRules,
    database,
    networkHasher,
    rateLimits,
    readers,
    rowCaches,
    stories,
  } = services;
  const { writer } = database;

  const write = commentWrite(services);

  function authenticate(c: Context<ApiEnv>) {
    return readers.authenticate(c.req.header('authorization'), c.get('site').id);
  }

  async function dropThread(site: Site, storyId: string): Promise<void> {
    cache.drop(tags.story(site, (await stories.byId(storyId)).key));
  }

  api.openapi(postComment, async (c) =>
    c.json(await write.respond(writeRequest(c), c.req.valid('json')), write.status),
  );

  api.openapi(previewComment, async (c) => {
    const site = c.get('site');
    const reader = await authenticate(c);
    const { text, story: key, mentions = [] } = c.req.valid('json');
    await rateLimits.take('preview', reader.id);
    await rateLimits.take('preview-network', clientAddress.networkOf(c.env?.incoming));
    const shown = normalizeCommentText(text);
    const story = key === undefined ? undefined : await stories.find(site, key);
    const mentionable = story ? await readMentionable(database, story.id, mentions) : [];
    return c.json({ nodes: await parseMarkdown(shown, mentionable) }, 200);
  });

  api.openapi(patchComment, (c) =>
    rowCaches.retry(async () => {
      const site = c.get('site');
      const author = await authenticate(c);
      const { text: given, mentions = [] } = c.req.valid('json');
      await rateLimits.take('comment', author.id);
      await rateLimits.take('comment-network', clientAddress.networkOf(c.env?.incoming));
      const text = normalizeCommentText(given);
      const { id: commentId } = c.req.valid('param');
      const { storyId, parentId, nodesJson } = await readPlacement(database, site.id, commentId);
      const story = await stories.byId(storyId);
      const mentioned = mentionsIn(JSON.parse(nodesJson) as CommentNode[]);
      const nodes = await parseMarkdown(text, [...mentioned, ...(await readMentionable(database, story.id, mentions))]);
      const requestId = c.get('requestId');
      const { comment } = await writer.submit(editComments, {
        siteId: site.id,
        commentId,
        readerId: author.id,
        text,
        nodes,
        findings: await commentRules.evaluate({ site, requestId, story, parentId, author, text, nodes, isEdit: true }),
        isClosedByAge: isClosedByAge(site, story),
        createdAfter: Date.now() - site.settings.editSeconds * secondMs,
      });
      cache.drop(tags.story(site, story.key));
      return c.json({ comment }, 200);
    }),
  );

  api.openapi(deleteComment, (c) =>
    rowCaches.retry(async () => {
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
    }),
  );

  api.openapi(putVote, (c) =>
    rowCaches.retry(async () => {
      const site = c.get('site');
      const reader = await authenticate(c);
      const { value } = c.req.valid('json');
      if (value === -1 && site.settings.votes === 'up') throw new Problem('vote-not-allowed');
      await rateLimits.take('comment-vote', reader.id);
      const { id: commentId } = c.req.valid('param');
      const network = clientAddress.networkOf(c.env?.incoming);
      // A browser can be any number of guests. Removing a vote is always possible.
      if (
        value !== 0 &&
        reader.kind === 'guest' &&
        !burstDetector.allowsGuest(
          { tallyKey: `comment ${commentId}`, readerId: reader.id, network },
          site.settings.reactions.networkGuests,
        )
      )
        throw new Problem('vote-needs-identity');
      const { votes, storyId } = await writer.submit(voteOnComments, {
        siteId: site.id,
        commentId,
        readerId: reader.id,
        value,
      });
      await dropThread(site, storyId);
      return c.json({ votes, value }, 200);
    }),
  );

  api.openapi(postReport, (c) =>
    rowCaches.retry(async () => {
      const site = c.get('site');
      const reader = await authenticate(c);
      const { reason, note } = c.req.valid('json');
      const cleanNote = note === undefined ? '' : sanitizeText(note);
      if (hasMoreGraphemes(cleanNote, limits.reportNoteGraphemes))
        throw fieldProblem('validation-failed', 'note', `At most ${limits.reportNoteGraphemes} characters.`);
      await rateLimits.take('report', reader.id);
      const { id: commentId } = c.req.valid('param');
      const { storyId, held } = await writer.submit(reportComments, {
        siteId: site.id,
        commentId,
        readerId: reader.id,
        reason,
        note: cleanNote || null,
        networkHash: networkHasher.hash(clientAddress.networkOf(c.env?.incoming), commentId),
        reportsToHold: site.settings.reportsToHold,
      });
      if (held) await dropThread(site, storyId);
      return c.json({}, 202);
    }),
  );
}
