import { createRoute, type z } from '@hono/zod-openapi';
import {
  commentAnswerSchema,
  commentBody,
  commentPreviewBody,
  commentsQuery,
  commentsSchema,
  idempotencyKey,
  limits,
  previewSchema,
  siteParams,
  type Comment,
  type ErrorCode,
} from 'afterword/contract';
import { bearer, callOf, jsonBody, responses, sitePath, type Api } from '../http/api.js';
import type { HotRoute, WriteCall } from '../http/hot-routes.js';
import { publicAnswer } from '../http/public-answer.js';
import { tags } from '../http/public-cache.js';
import { Problem } from '../problem.js';
import type { Services } from '../services.js';
import { fingerprint } from '../text.js';
import { commentText } from './comment-text.js';
import { commentNodes } from './markdown.js';
import { readPeople } from './mentions.js';
import { addOneCommentRoutes } from './one-comment-routes.js';
import { isClosedByAge, readThreadPage } from './threads.js';
import { postComments } from './writes.js';

const commentsPath = `${sitePath}/comments`;
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
  request: { params: siteParams, body: jsonBody(commentPreviewBody) },
  responses: responses(200, 'The nodes', previewSchema, [...always, ...ofText]),
});

export function addCommentRoutes(api: Api, services: Services): void {
  const { database, rateLimits, readers, stories } = services;
  const write = commentWrite(services);

  api.openapi(getComments, (c) => {
    const { story, ...page } = c.req.valid('query');
    return publicAnswer(c, services.cache, () => readThreadPage(services, c.get('site'), story, page));
  });

  api.openapi(postComment, async (c) => c.json(await write.answer(callOf(c), c.req.valid('json')), write.status));

  api.openapi(previewComment, async (c) => {
    const site = c.get('site');
    const reader = await readers.authenticate(c.req.header('authorization'), site.id);
    const { text, story: key, mentions = [] } = c.req.valid('json');
    const shown = commentText(text);
    await rateLimits.take('preview', reader.id);
    const story = key === undefined ? undefined : await stories.find(site.id, key);
    const people = story ? await readPeople(database, story.id, mentions) : [];
    return c.json({ nodes: await commentNodes(shown, people) }, 200);
  });

  addOneCommentRoutes(api, services);
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
  { cache, clientAddress, commentRules, database, rateLimits, readers, stories }: Services,
  { site, authorization, idempotencyKey, incoming }: WriteCall,
  { story: storyKey, parentId = null, text: given, mentions = [] }: z.output<typeof commentBody>,
): Promise<{ comment: Comment }> {
  const author = await readers.authenticate(authorization, site.id);
  const text = commentText(given);
  const key = keyOf(idempotencyKey);
  await rateLimits.take('comment', author.id);
  await rateLimits.take('comment-network', clientAddress.networkOf(incoming));
  if (site.settings.who !== 'guest' && author.kind === 'guest') throw new Problem('identity-required');
  // A reply begins no story: where there is none, there is nothing to reply to.
  const story = parentId === null ? await stories.ensure(site, storyKey) : await stories.find(site.id, storyKey);
  if (!story) throw new Problem('parent-not-found');
  const nodes = await commentNodes(text, await readPeople(database, story.id, mentions));
  const findings = await commentRules.judge({ site, story, parentId, author, text, nodes, isEdit: false });
  const writing = database.writer.submit(postComments, {
    siteId: site.id,
    storyId: story.id,
    parentId,
    author: { id: author.id, name: author.name, badges: author.badges },
    text,
    nodes,
    findings,
    closed: isClosedByAge(site, story),
    idempotency:
      key === undefined ? undefined : { key, requestHash: fingerprint(`${story.id} ${parentId} ${text}`).toString(36) },
  });
  const comment = await writing.catch((error: unknown) => {
    commentRules.forget(author);
    throw error;
  });
  for (const shown of new Set([storyKey, story.key])) cache.drop(tags.story(site.id, shown));
  return { comment };
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
