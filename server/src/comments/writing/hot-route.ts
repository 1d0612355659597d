import type { z } from '@hono/zod-openapi';
import { commentBody, idempotencyKey, limits, type Comment } from 'afterword/contract';
import type { WriteRequest } from '../../http/api.js';
import type { Authenticator } from '../../http/authorization.js';
import type { ClientAddress } from '../../http/client-address.js';
import type { NetworkHasher } from '../../http/network-hash.js';
import type { HotRoute } from '../../http/hot-routes.js';
import { tags, type PublicCache } from '../../http/public-cache.js';
import type { RateLimits } from '../../http/rate-limits.js';
import { Problem } from '../../problem.js';
import type { Database } from '../../storage/database.js';
import type { RowCaches } from '../../storage/row-caches.js';
import type { StoryResolver } from '../../stories/story-resolver.js';
import { fingerprint } from '../../text.js';
import { isClosedByAge } from '../reading/thread-state.js';
import { nameInReview } from '../rules/name-rules.js';
import type { CommentRules } from '../rules/pipeline.js';
import { normalizeCommentText, parseMarkdown } from './markdown.js';
import { readMentionable } from './mentions.js';
import { postComments } from './post.js';

/** Services that the routes for writing comments use. */
export interface CommentWritingServices {
  readonly burstDetector: {
    /** Counts a guest, and returns false where the guest's network has reached the limit. */
    allowsGuest(guest: { tallyKey: string; readerId: string; network: string }, maxGuests: number | null): boolean;
  };
  readonly cache: PublicCache;
  readonly clientAddress: ClientAddress;
  readonly commentRules: CommentRules;
  readonly database: Database;
  readonly networkHasher: NetworkHasher;
  readonly rateLimits: RateLimits;
  readonly readers: Authenticator;
  readonly rowCaches: RowCaches;
  readonly stories: StoryResolver;
}

/** Returns the route that posts a comment or a reply. */
export function commentWrite(services: CommentWritingServices) {
  return {
    method: 'POST',
    path: 'comments',
    body: commentBody,
    status: 201,
    respond: (call, body) => services.rowCaches.retry(() => post(services, call, body)),
  } as const satisfies HotRoute<z.output<typeof commentBody>, { comment: Comment }>;
}

async function post(
  { cache, clientAddress, commentRules, database, rateLimits, readers, stories }: CommentWritingServices,
  { site, requestId, authorization, idempotencyKey, origin, incoming }: WriteRequest,
  { story: storyKey, parentId = null, text: given, mentions = [] }: z.output<typeof commentBody>,
): Promise<{ comment: Comment }> {
  const author = await readers.authenticate(authorization, site.id);
  const text = normalizeCommentText(given);
  const key = validateIdempotencyKey(idempotencyKey);
  await rateLimits.take('comment', author.id);
  await rateLimits.take('comment-network', clientAddress.networkOf(incoming));
  if (site.settings.who !== 'guest' && author.kind === 'guest') throw new Problem('identity-required');
  // A reply never creates a story: without the story there is no parent.
  const story = parentId === null ? await stories.findOrCreate(site, storyKey) : await stories.find(site, storyKey);
  if (!story) throw new Problem('parent-not-found');
  const nodes = await parseMarkdown(text, await readMentionable(database, story.id, mentions));
  const findings = await commentRules.evaluate({
    site,
    requestId,
    story,
    parentId,
    author,
    text,
    nodes,
    isEdit: false,
  });
  const posting = database.writer.submit(postComments, {
    siteId: site.id,
    storyId: story.id,
    parentId,
    author: { id: author.id, name: findings.length > 0 ? nameInReview(author) : author.name, badges: author.badges },
    text,
    nodes,
    findings,
    isClosedByAge: isClosedByAge(site, story),
    origin,
    idempotency:
      key === undefined ? undefined : { key, requestHash: fingerprint(`${story.id} ${parentId} ${text}`).toString(36) },
  });
  const comment = await posting.catch((error: unknown) => {
    commentRules.invalidate(author);
    throw error;
  });
  for (const shown of new Set([storyKey, story.key])) cache.drop(tags.story(site, shown));
  return { comment };
}

function validateIdempotencyKey(header: string | undefined): string | undefined {
  if (header !== undefined && !idempotencyKey.safeParse(header).success) {
    throw new Problem(
      'invalid-header',
      `Idempotency-Key: one to ${limits.idempotencyKeyChars} printable ASCII characters.`,
    );
  }
  return header;
}
