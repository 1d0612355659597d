import { hash } from 'node:crypto';
import { createRoute, type z } from '@hono/zod-openapi';
import {
  commentAnswerSchema,
  commentBody,
  commentEditBody,
  commentParams,
  commentsQuery,
  commentsSchema,
  commentVoteBody,
  commentVotedSchema,
  idempotencyKey,
  limits,
  previewSchema,
  siteParams,
  type Comment,
  type ErrorCode,
  type Reader,
} from 'afterword/contract';
import type { Context } from 'hono';
import { bearer, callOf, jsonBody, responses, sitePath, type Api, type ApiEnv } from '../http/api.js';
import type { HotRoute, WriteCall } from '../http/hot-routes.js';
import { publicAnswer } from '../http/public-answer.js';
import { tags } from '../http/public-cache.js';
import { fieldProblem, Problem } from '../problem.js';
import type { Services } from '../services.js';
import type { Site } from '../sites/store.js';
import { byteLength, hasMoreGraphemes, tamed } from '../text.js';
import { deleteComments, editComments, voteOnComments } from './changes.js';
import { commentNodes } from './markdown.js';
import { readThreadPage } from './threads.js';
import { postComments } from './writes.js';

const commentsPath = `${sitePath}/comments`;
const commentPath = `${commentsPath}/{id}`;
const params = siteParams.extend(commentParams.shape);
const always: ErrorCode[] = [
  'token-required',
  'token-invalid',
  'origin-not-allowed',
  'site-not-found',
  'validation-failed',
  'rate-limited',
];
const ofText: ErrorCode[] = ['comment-empty', 'comment-too-long'];

const getComments = createRoute({
  method: 'get',
  path: commentsPath,
  tags: ['comments'],
  summary: 'A page of a thread, or of the replies to one comment',
  request: { params: siteParams, query: commentsQuery },
  responses: responses(200, 'The page', commentsSchema, [
    'site-not-found',
    'validation-failed',
    'story-key-invalid',
    'cursor-invalid',
    'cursor-expired',
  ]),
});

const postComment = createRoute({
  method: 'post',
  path: commentsPath,
  tags: ['comments'],
  summary: 'Write a comment or a reply. With an `Idempotency-Key`, asking again gets the first answer',
  security: bearer,
  request: { params: siteParams, body: jsonBody(commentBody) },
  responses: responses(201, 'The comment; pending where it waits for a moderator', commentAnswerSchema, [
    ...always,
    ...ofText,
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
  summary: 'What a text would look like. Stores nothing',
  security: bearer,
  request: { params: siteParams, body: jsonBody(commentEditBody) },
  responses: responses(200, 'The nodes', previewSchema, [...always, ...ofText]),
});

const patchComment = createRoute({
  method: 'patch',
  path: commentPath,
  tags: ['comments'],
  summary: 'Change the text of an own comment, within the edit window; pending where it has to wait again',
  security: bearer,
  request: { params, body: jsonBody(commentEditBody) },
  responses: responses(200, 'The comment', commentAnswerSchema, [
    ...always,
    ...ofText,
    'comment-not-found',
    'not-the-author',
    'edit-window-over',
  ]),
});

const deleteComment = createRoute({
  method: 'delete',
  path: commentPath,
  tags: ['comments'],
  summary: 'Delete an own comment, at any time. Replies keep their place',
  security: bearer,
  request: { params },
  responses: responses(200, 'What is left of it', commentAnswerSchema, [
    ...always,
    'comment-not-found',
    'not-the-author',
  ]),
});

const putVote = createRoute({
  method: 'put',
  path: `${commentPath}/vote`,
  tags: ['comments'],
  summary: 'Vote on a comment; 0 takes the vote back',
  security: bearer,
  request: { params, body: jsonBody(commentVoteBody) },
  responses: responses(200, 'The votes', commentVotedSchema, [
    ...always,
    'comment-not-found',
    'own-comment',
    'vote-not-allowed',
  ]),
});

export function addCommentRoutes(api: Api, services: Services): void {
  const { cache, database, rateLimits, readers } = services;
  const { writer } = database;
  const write = commentWrite(services);

  function authenticate(c: Context<ApiEnv>) {
    return readers.authenticate(c.req.header('authorization'), c.get('site').id);
  }

  async function dropThread(site: Site, storyId: string): Promise<void> {
    const { key } = await database.read
      .selectFrom('stories')
      .select('key')
      .where('id', '=', storyId)
      .executeTakeFirstOrThrow();
    cache.drop(tags.story(site.id, key));
  }

  api.openapi(getComments, (c) => {
    const { story, ...page } = c.req.valid('query');
    return publicAnswer(c, cache, () => readThreadPage(services, c.get('site'), story, page));
  });

  api.openapi(postComment, async (c) => c.json(await write.answer(callOf(c), c.req.valid('json')), write.status));

  api.openapi(previewComment, async (c) => {
    const reader = await authenticate(c);
    await rateLimits.take('comment-vote', reader.id);
    return c.json({ nodes: await commentNodes(commentText(c.req.valid('json').text)) }, 200);
  });

  api.openapi(patchComment, async (c) => {
    const site = c.get('site');
    const reader = await authenticate(c);
    const text = commentText(c.req.valid('json').text);
    await rateLimits.take('comment', reader.id);
    const { comment, storyId } = await writer.submit(editComments, {
      siteId: site.id,
      commentId: c.req.valid('param').id,
      readerId: reader.id,
      text,
      nodesJson: JSON.stringify(await commentNodes(text)),
      reasons: whyHeld(site, reader),
      createdAfter: Date.now() - site.settings.editSeconds * 1000,
    });
    await dropThread(site, storyId);
    return c.json({ comment }, 200);
  });

  api.openapi(deleteComment, async (c) => {
    const site = c.get('site');
    const reader = await authenticate(c);
    const { comment, storyId } = await writer.submit(deleteComments, {
      siteId: site.id,
      commentId: c.req.valid('param').id,
      readerId: reader.id,
    });
    await dropThread(site, storyId);
    return c.json({ comment }, 200);
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
}

/** Writing a comment or a reply. */
export function commentWrite(services: Services) {
  return {
    method: 'POST',
    path: 'comments',
    body: commentBody,
    status: 201,
    answer: (call, body) => post(services, call, body),
  } as const satisfies HotRoute<z.output<typeof commentBody>, { comment: Comment }>;
}

async function post(
  { cache, clientAddress, database, rateLimits, readers, stories }: Services,
  { site, authorization, idempotencyKey, incoming }: WriteCall,
  { story: storyKey, parentId = null, text: given }: z.output<typeof commentBody>,
): Promise<{ comment: Comment }> {
  const reader = await readers.authenticate(authorization, site.id);
  const text = commentText(given);
  const key = keyOf(idempotencyKey);
  await rateLimits.take('comment', reader.id);
  await rateLimits.take('comment-network', clientAddress.networkOf(incoming));
  if (site.settings.who !== 'guest' && reader.kind === 'guest') throw new Problem('identity-required');
  // A reply begins no story: where there is none, there is nothing to reply to.
  const story = parentId === null ? await stories.ensure(site, storyKey) : await stories.find(site.id, storyKey);
  if (!story) throw new Problem('parent-not-found');
  const reasons = whyHeld(site, reader);
  const comment = await database.writer.submit(postComments, {
    siteId: site.id,
    storyId: story.id,
    parentId,
    author: { id: reader.id, name: reader.name, badges: reader.badges },
    text,
    nodes: await commentNodes(text),
    state: reasons.length > 0 ? 'pending' : 'visible',
    reasons,
    idempotency: key === undefined ? undefined : { key, requestHash: hashOf([story.id, parentId, text]) },
  });
  for (const shown of new Set([storyKey, story.key])) cache.drop(tags.story(site.id, shown));
  return { comment };
}

/** Why what this reader writes, new or changed, has to wait for a moderator. */
function whyHeld({ settings }: Site, { kind }: Reader): NonNullable<Comment['reasons']> {
  return settings.moderation === 'pre' && kind === 'guest' ? ['guest'] : [];
}

/** The text as it is stored. Bytes are counted first: they bound all work that follows. */
function commentText(given: string): string {
  if (byteLength(given) > limits.commentBytes)
    throw fieldProblem('comment-too-long', 'text', `At most ${limits.commentBytes} bytes.`);
  const text = tamed(given);
  if (text === '') throw fieldProblem('comment-empty', 'text', 'Write something first.');
  if (hasMoreGraphemes(text, limits.commentGraphemes))
    throw fieldProblem('comment-too-long', 'text', `At most ${limits.commentGraphemes} characters.`);
  return text;
}

function keyOf(header: string | undefined): string | undefined {
  if (header !== undefined && !idempotencyKey.safeParse(header).success) {
    throw new Problem(
      'invalid-header',
      `Idempotency-Key: one to ${limits.idempotencyKeyChars} printable ASCII characters.`,
    );
  }
  return header;
}

function hashOf(value: unknown): string {
  return hash('sha256', JSON.stringify(value), 'base64url');
}
