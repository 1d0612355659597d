import { createRoute } from '@hono/zod-openapi';
import {
  meQuery,
  meSchema,
  readerBody,
  readerParams,
  readerSchema,
  sessionSchema,
  siteParams,
  type ErrorCode,
  type Me,
  type Reader,
} from 'afterword/contract';
import type { Context } from 'hono';
import { bearer, jsonBody, responses, sitePath, type Api, type ApiEnv } from '../http/api.js';
import type { ClientAddress } from '../http/client-address.js';
import { tags, type PublicCache } from '../http/public-cache.js';
import type { RateLimits } from '../http/rate-limits.js';
import { Problem } from '../problem.js';
import type { Site } from '../sites/store.js';
import type { Database } from '../storage/database.js';
import type { RowCaches } from '../storage/row-caches.js';
import type { StoryResolver } from '../stories/story-resolver.js';
import { muteReaders, readMuted } from './mutes.js';
import type { ReaderNames } from './names.js';
import type { NameFinding } from './rename.js';
import type { Readers } from './store.js';

/** The services that the routes of readers use. */
export interface ReaderServices {
  readonly cache: PublicCache;
  readonly clientAddress: ClientAddress;
  readonly database: Database;
  readonly rateLimits: RateLimits;
  readonly readerNames: ReaderNames;
  readonly readers: Readers;
  readonly rowCaches: RowCaches;
  readonly stories: StoryResolver;
}

/** Data of a reader that other features hold. `app.ts` puts it together. */
export interface ReaderActivity {
  /** Returns the reasons to hold a new name for a moderator. */
  evaluateName(candidate: {
    readonly site: Site;
    readonly requestId: string;
    readonly author: Reader;
    readonly name: string;
  }): Promise<readonly NameFinding[]>;
  /** Returns the reasons to hold the name of a new guest. */
  evaluateFirstName(site: Site, name: string): Promise<readonly NameFinding[]>;
  /** Reads what a reader chose and wrote on a story. */
  readOwn(siteId: string, storyId: string, readerId: string): Promise<Pick<Me, 'reactions' | 'votes' | 'own'>>;
  /** Reads the keys of the stories whose threads show the reader's name. */
  readStoryKeysByAuthor(readerId: string): Promise<string[]>;
}

const postReader = createRoute({
  method: 'post',
  path: `${sitePath}/readers`,
  tags: ['readers'],
  summary: 'Become a guest, before the first act of a reader. Where a rule holds the name, it is `pendingName`',
  request: { params: siteParams, body: jsonBody(readerBody) },
  responses: responses(201, 'A bearer token', sessionSchema, [
    'origin-not-allowed',
    'site-not-found',
    'validation-failed',
    'name-reserved',
    'rate-limited',
  ]),
});

const refresh = createRoute({
  method: 'post',
  path: `${sitePath}/readers/refresh`,
  tags: ['readers'],
  summary: 'A fresh token for the same reader',
  security: bearer,
  request: { params: siteParams },
  responses: responses(200, 'A token', sessionSchema, [
    'token-required',
    'token-invalid',
    'origin-not-allowed',
    'site-not-found',
    'rate-limited',
  ]),
});

const patchMe = createRoute({
  method: 'patch',
  path: `${sitePath}/readers/me`,
  tags: ['readers'],
  summary: 'Change the name others see. Where a rule holds the name, it is `pendingName` until a moderator approves it',
  security: bearer,
  request: { params: siteParams, body: jsonBody(readerBody) },
  responses: responses(200, 'The reader', readerSchema, [
    'token-required',
    'token-invalid',
    'origin-not-allowed',
    'site-not-found',
    'validation-failed',
    'name-reserved',
    'rate-limited',
  ]),
});

const getMe = createRoute({
  method: 'get',
  path: `${sitePath}/me`,
  tags: ['readers'],
  summary: "The reader's own overlay on the public data",
  security: bearer,
  request: { params: siteParams, query: meQuery },
  responses: responses(200, 'The reader, and their votes and comments on this story', meSchema, [
    'token-required',
    'token-invalid',
    'origin-not-allowed',
    'site-not-found',
  ]),
});

const mutePath = `${sitePath}/readers/{id}/mute`;
const muteProblems: ErrorCode[] = [
  'token-required',
  'token-invalid',
  'origin-not-allowed',
  'site-not-found',
  'validation-failed',
  'rate-limited',
];

const putMute = createRoute({
  method: 'put',
  path: mutePath,
  tags: ['readers'],
  summary: 'Hide the comments of a reader',
  security: bearer,
  request: { params: siteParams.extend(readerParams.shape) },
  responses: responses(204, 'Muted', undefined, [...muteProblems, 'reader-not-found', 'mute-not-allowed']),
});

const deleteMute = createRoute({
  method: 'delete',
  path: mutePath,
  tags: ['readers'],
  summary: 'Show the comments of a reader again',
  security: bearer,
  request: { params: siteParams.extend(readerParams.shape) },
  responses: responses(204, 'No longer muted', undefined, muteProblems),
});

export function addReaderRoutes(api: Api, services: ReaderServices, activity: ReaderActivity): void {
  const { cache, clientAddress, database, rateLimits, readerNames, readers, rowCaches, stories } = services;

  api.openapi(postReader, async (c) => {
    const site = c.get('site');
    const name = await readerNames.accept(c.req.valid('json').name ?? '', site);
    await rateLimits.take('new-reader', clientAddress.networkOf(c.env?.incoming));
    return c.json(await readers.addGuest(site.id, name, await activity.evaluateFirstName(site, name)), 201);
  });

  api.openapi(refresh, async (c) => {
    const site = c.get('site');
    const reader = await readers.authenticate(c.req.header('authorization'), site.id);
    await rateLimits.take('new-reader', clientAddress.networkOf(c.env?.incoming));
    return c.json({ token: await readers.newToken(site.id, reader.id), reader }, 200);
  });

  api.openapi(patchMe, async (c) => {
    const site = c.get('site');
    const reader = await readers.authenticate(c.req.header('authorization'), site.id);
    const { name } = c.req.valid('json');
    if (name === undefined) return c.json(reader, 200);
    const acceptedName = await readerNames.accept(name, site, reader.name);
    await rateLimits.take('rename', reader.id);
    const findings = await activity.evaluateName({
      site,
      requestId: c.get('requestId'),
      author: reader,
      name: acceptedName,
    });
    const renamed = await readers.rename({
      id: reader.id,
      name: acceptedName,
      findings,
      isReadWithComments: findings.some(({ reason }) => reason === 'guest'),
    });
    if (renamed.name === reader.name) return c.json(renamed, 200);
    for (const key of await activity.readStoryKeysByAuthor(reader.id)) cache.drop(tags.story(site, key));
    return c.json(renamed, 200);
  });

  api.openapi(getMe, async (c) => {
    const site = c.get('site');
    const reader = await readers.authenticate(c.req.header('authorization'), site.id);
    const key = c.req.valid('query').story;
    const story = key === undefined ? undefined : await stories.find(site, key);
    const own = story ? await activity.readOwn(site.id, story.id, reader.id) : { reactions: {}, votes: {}, own: [] };
    c.header('cache-control', 'no-store');
    return c.json({ reader, ...own, muted: await readMuted(database, reader.id) }, 200);
  });

  async function setMute(c: Context<ApiEnv>, mutedId: string, isMuted: boolean) {
    const site = c.get('site');
    await rowCaches.retry(async () => {
      const reader = await readers.authenticate(c.req.header('authorization'), site.id);
      if (isMuted && reader.id === mutedId) throw new Problem('mute-not-allowed', 'Nobody can mute themselves.');
      await rateLimits.take('mute', reader.id);
      await database.writer.submit(muteReaders, { siteId: site.id, readerId: reader.id, mutedId, isMuted });
    });
    return c.body(null, 204);
  }

  api.openapi(putMute, (c) => setMute(c, c.req.valid('param').id, true));
  api.openapi(deleteMute, (c) => setMute(c, c.req.valid('param').id, false));
}
