import type {
  Comment,
  CommentAnswer,
  CommentHistory,
  CommentVoted,
  HeldChoice,
  Me,
  Page,
  Preview,
  Rail,
  Session,
} from '../contract/types.js';
import type { ApiState } from './api-state.js';
import { createNewsletterList, toNodes } from './fixtures.js';
import { createProblem, refusal } from './responses.js';

/** A request that the API has received. */
export interface ApiRequest {
  /** Method and path below the site, such as `PUT comments/1/vote`. */
  readonly route: string;
  readonly query: URLSearchParams;
  readonly headers: Headers;
  /** The parsed JSON; empty where the request has no body. */
  readonly body: Record<string, unknown>;
}

/** Answers with a `Response`, or with a value that is sent as JSON; `undefined` is `204 No Content`. */
export type Route = (api: ApiState, request: ApiRequest) => unknown;

/** The API's own answers by route. */
export const routes: Record<string, Route> = {
  'GET page': (api, { query }): Page => {
    const entries = query.get('parts')?.split(',') ?? [];
    return { lang: 'vi', parts: Object.fromEntries(entries.map((entry) => [entry, pagePart(api, entry, query)])) };
  },
  'GET me': withReader(({ me, poll }): Me => {
    return { ...me, reactions: { [poll.settings.id ?? 'reactions']: poll.choice, ...me.reactions } };
  }),

  'GET reactions': ({ poll }, { query }) => poll.reactions(langOf(query)),
  'PUT reactions': withReader((api, { query, body }) => {
    return pollRefusal(api) ?? api.poll.react(body['choice'] as HeldChoice, langOf(query));
  }),
  'DELETE reactions': withReader((api, { query }) => pollRefusal(api) ?? api.poll.react(null, langOf(query))),

  'GET comments': ({ thread }, { query }) => thread.page(query),
  'POST comments': withReader(postComment),
  'POST comments/preview': withReader((_, { body }): Preview => ({ nodes: toNodes(body['text'] as string) })),
  'GET comments/:id/history': withComment(({ thread }, comment): CommentHistory => ({
    revisions: thread.revisions(comment),
  })),
  'PATCH comments/:id': withReader(
    withComment((api, comment, { body }) => {
      return updateOwn(api, api.thread.edit(comment, body['text'] as string));
    }),
  ),
  'DELETE comments/:id': withReader(withComment((api, comment) => updateOwn(api, api.thread.remove(comment)))),
  'PUT comments/:id/vote': withReader(withComment(voteOnComment)),
  'POST comments/:id/reports': withReader(withComment(() => new Response(null, { status: 202 }))),

  'PUT readers/:id/mute': withReader(({ me }, { route }) => {
    me.muted = [...me.muted, segmentOf(route, 1)];
  }),
  'DELETE readers/:id/mute': withReader(({ me }, { route }) => {
    me.muted = me.muted.filter((id) => id !== segmentOf(route, 1));
  }),
  'POST readers': (api, { body }) => {
    if (body['name']) api.me.reader.name = body['name'] as string;
    return Response.json({ token: api.token, reader: api.me.reader } satisfies Session, { status: 201 });
  },
  'POST readers/sso': (api): Session => {
    api.me.reader = { ...api.me.reader, kind: 'signed-on', verified: true };
    return { token: api.token, reader: api.me.reader };
  },
  'PATCH readers/me': withReader(({ me, thread }, { body }) => {
    const { pendingName: _, rejectedName: __, ...reader } = me.reader;
    const name = body['name'] as string;
    const isUnread = thread.settings.rules.moderation === 'pre' && reader.kind === 'guest';
    const isHeld = isUnread && name !== '' && name !== reader.name && (reader.name !== '' || me.own.length > 0);
    return (me.reader = isHeld ? { ...reader, pendingName: name } : { ...reader, name });
  }),

  'GET counts': (api, { query }) => ({ counts: storyCounts(api, query) }),
  'GET stories/:rail': (api, { route }) => railAnswer(api, segmentOf(route, 1)),
  'POST signals': () => undefined,

  'GET newsletters': (api, { query }) => ({ lists: newsletters(api, query) }),
  'POST subscriptions': (_, { body }) => {
    const isEmail = (body['email'] as string).includes('@');
    return isEmail ? Response.json({ state: 'check-inbox' }, { status: 202 }) : refusal('email-invalid');
  },
  'POST subscriptions/code': ({ confirmationCode }, { body }) => {
    return body['code'] === confirmationCode ? { state: 'confirmed' } : refusal('code-wrong');
  },
};

/** Refuses requests without the reader's token. */
function withReader(route: Route): Route {
  return (api, request) => {
    const authorization = request.headers.get('Authorization');
    if (!authorization) return refusal('token-required');
    return authorization === `Bearer ${api.token}` ? route(api, request) : refusal('token-invalid');
  };
}

/** Looks up the comment that the path names. */
function withComment(route: (api: ApiState, comment: Comment, request: ApiRequest) => unknown): Route {
  return (api, request) => {
    const id = segmentOf(request.route, 1);
    const comment = api.thread.get(id) ?? api.me.own.find((own) => own.id === id);
    return comment ? route(api, comment, request) : refusal('comment-not-found');
  };
}

const shortNames: Record<string, string> = {
  r: 'reactions',
  c: 'comments',
  s: 'stories',
  n: 'newsletter',
  k: 'counts',
};
const rails: readonly Rail['rail'][] = ['related', 'most-read', 'latest', 'dont-miss', 'videos', 'sponsored'];

/** Returns an entry of `parts` with the long names of part and rail. */
function toLongEntry(entry: string): string {
  const [name = '', first = '', ...others] = entry.split(':');
  const longName = shortNames[name] ?? name;
  const rail = longName === 'stories' && first && rails.find((known) => known.startsWith(first));
  return [longName, ...(first ? [rail || first] : []), ...others].join(':');
}

function pagePart(api: ApiState, given: string, query: URLSearchParams): Page['parts'][string] {
  const entry = toLongEntry(given);
  const [name = '', first = '', second = ''] = entry.split(':');
  const parts: Record<string, () => Page['parts'][string]> = {
    reactions: () => api.poll.reactions(langOf(query)),
    comments: () => api.thread.page(new URLSearchParams({ sort: first || 'best', limit: second || '20' })),
    stories: () => railAnswer(api, first),
    newsletter: () => ({ lists: newsletters(api, query) }),
    counts: () => ({ counts: storyCounts(api, query) }),
  };
  const part = parts[name]?.() ?? createProblem('not-found');
  return api.partChanges.reduce((changed, change) => change(changed, entry), part);
}

function pollRefusal({ poll: { settings } }: ApiState): Response | undefined {
  if (settings.state === 'frozen') return refusal('poll-frozen');
  return settings.state === 'closed' ? refusal('poll-closed') : undefined;
}

function postComment({ thread, me, postedComments }: ApiState, { headers, body }: ApiRequest): Response {
  const { text, parentId } = body as { text: string; parentId?: string };
  if (thread.settings.state !== 'open') return refusal('thread-closed');
  if (!text.trim()) return refusal('comment-empty');
  const count = postedComments.size;
  const key = headers.get('Idempotency-Key') ?? `${count}`;
  let comment = postedComments.get(key);
  if (!comment) {
    const { id, name, badges } = me.reader;
    comment = thread.post(`new-${count}`, text, { id, name, badges }, parentId);
    postedComments.set(key, comment);
    me.own.push(comment);
  }
  return Response.json({ comment } satisfies CommentAnswer, { status: 201 });
}

function voteOnComment({ thread, me }: ApiState, comment: Comment, { body }: ApiRequest): CommentVoted | Response {
  if (comment.author.id === me.reader.id) return refusal('own-comment');
  const value = body['value'] as CommentVoted['value'];
  const { votes } = thread.vote(comment, value, me.votes[comment.id] ?? 0);
  if (value) me.votes[comment.id] = value;
  else delete me.votes[comment.id];
  return { votes, value };
}

/** Replaces the reader's own copy of a comment. */
function updateOwn({ me }: ApiState, comment: Comment): CommentAnswer {
  me.own = me.own.map((own) => (own.id === comment.id ? comment : own));
  return { comment };
}

function railAnswer({ rails }: ApiState, name: string): Rail {
  const rail = name as Rail['rail'];
  return { rail, asOf: new Date().toISOString(), items: rails[rail] ?? [] };
}

function newsletters(api: ApiState, query: URLSearchParams) {
  return api.newsletters ?? [createNewsletterList({}, langOf(query))];
}

function storyCounts(api: ApiState, query: URLSearchParams) {
  const none = { comments: 0, reactions: 0 };
  return Object.fromEntries(query.getAll('story').map((story) => [story, api.storyCounts[story] ?? none]));
}

function langOf(query: URLSearchParams): string | undefined {
  return query.get('lang') ?? undefined;
}

/** Returns a segment of a route's path: `1` in `PUT comments/1/vote` is the one at 1. */
function segmentOf(route: string, index: number): string {
  return decodeURIComponent(route.split(/[ /]/)[index + 1] ?? '');
}
