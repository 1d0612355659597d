import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { errors, jwtVerify } from 'jose';
import { openReceiver, type ReceivedRequest } from './webhook-receiver.js';

type Reply = [status: number, body: unknown];

/** A local server that answers as a service's published API description says. */
export interface ServiceStub<Store> {
  readonly url: string;
  readonly store: Store;
  readonly requests: readonly ReceivedRequest[];
  /** Answers the next request, of the given method, by this reply. */
  failOnce(method: string, status: number, body?: unknown): void;
  close(): Promise<void>;
}

async function openStub<Store>(
  store: Store,
  reply: (store: Store, request: ReceivedRequest, url: URL, json: never) => Reply | Promise<Reply>,
): Promise<ServiceStub<Store>> {
  const receiver = await openReceiver();
  const failures: { method: string; status: number; body: unknown }[] = [];
  const send = (response: ServerResponse, [status, body]: Reply) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  receiver.answer((request, response) => {
    const index = failures.findIndex(({ method }) => method === request.method);
    const [failure] = index < 0 ? [] : failures.splice(index, 1);
    if (failure) return void send(response, [failure.status, failure.body]);
    const json = (request.body ? JSON.parse(request.body) : {}) as never;
    void Promise.resolve(reply(store, request, new URL(request.path, receiver.url), json)).then((answer) =>
      send(response, answer),
    );
  });
  return {
    ...{ url: receiver.url, store, requests: receiver.requests, close: receiver.close },
    failOnce: (method, status, body = {}) => void failures.push({ method, status, body }),
  };
}

const basic = (user: string, password: string) => `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

export interface ListmonkStore {
  readonly subscribers: { id: number; email: string; name: string; status: string; lists: Map<number, string> }[];
}

/**
 * listmonk, by https://listmonk.app/docs/apis/subscribers/ and docs/swagger/collections.yaml of knadh/listmonk: list 3, user
 * `afterword`, token `token`. Refuses wrong credentials by 403, a known address by 409, and an unknown list or field by 400.
 */
export function openListmonk(): Promise<ServiceStub<ListmonkStore>> {
  const knownLists = [3, 4];
  const data = (value: unknown): Reply => [200, { data: value }];
  const refuse = (status: number, message: string): Reply => [status, { message }];
  const shown = ({ lists, ...subscriber }: ListmonkStore['subscribers'][number]) => ({
    ...subscriber,
    lists: [...lists].map(([id, status]) => ({ id, subscription_status: status })),
  });
  return openStub<ListmonkStore>({ subscribers: [] }, ({ subscribers }, { method, headers }, url, json) => {
    if (headers.authorization !== basic('afterword', 'token')) return refuse(403, 'invalid API credentials');
    const route = `${method} ${url.pathname}`;
    const list = /^GET \/api\/lists\/(\d+)$/.exec(route)?.[1];
    if (list) return knownLists.includes(Number(list)) ? data({ id: Number(list) }) : refuse(400, 'List not found');
    if (route === 'GET /api/subscribers') {
      const found = /^subscribers\.email = '((?:[^']|'')*)'$/.exec(url.searchParams.get('query') ?? '');
      if (!found) return refuse(400, 'Error querying subscribers');
      const email = found[1]!.replaceAll("''", "'");
      const results = subscribers.filter((each) => each.email === email).map(shown);
      return data({ results, total: results.length, per_page: 1, page: 1 });
    }
    if (route === 'POST /api/subscribers') {
      const body = json as {
        email?: string;
        name?: string;
        status?: string;
        lists?: number[];
        preconfirm_subscriptions?: boolean;
      };
      const email = body.email?.toLowerCase() ?? '';
      if (!email.includes('@') || !body.name) return refuse(400, 'Invalid email or name.');
      if (body.status !== 'enabled' && body.status !== 'blocklisted') return refuse(400, 'Invalid status.');
      if (body.lists?.some((id) => !knownLists.includes(id))) return refuse(400, 'List not found');
      if (subscribers.some((each) => each.email === email)) return refuse(409, 'E-mail already exists.');
      const state = body.preconfirm_subscriptions ? 'confirmed' : 'unconfirmed';
      const lists = new Map((body.lists ?? []).map((id) => [id, state]));
      const made = { id: subscribers.length + 1, email, name: body.name, status: body.status, lists };
      subscribers.push(made);
      return data(shown(made));
    }
    if (route === 'PUT /api/subscribers/lists') {
      const body = json as { ids: number[]; action: string; target_list_ids: number[]; status?: string };
      if (!body.ids?.length || !body.target_list_ids?.length) return refuse(400, 'No IDs given.');
      if (body.target_list_ids.some((id) => !knownLists.includes(id))) return refuse(400, 'List not found');
      for (const { lists } of subscribers.filter(({ id }) => body.ids.includes(id)))
        for (const id of body.target_list_ids) {
          if (body.action === 'add') lists.set(id, body.status ?? 'unconfirmed');
          else if (body.action !== 'unsubscribe') return refuse(400, 'Invalid action.');
          else if (lists.has(id)) lists.set(id, 'unsubscribed');
        }
      return data(true);
    }
    const blocked = /^PUT \/api\/subscribers\/(\d+)\/blocklist$/.exec(route)?.[1];
    if (blocked) {
      for (const subscriber of subscribers.filter(({ id }) => id === Number(blocked))) {
        subscriber.status = 'blocklisted';
        for (const id of subscriber.lists.keys()) subscriber.lists.set(id, 'unsubscribed');
      }
      return data(true);
    }
    return refuse(404, 'Not found');
  });
}

export interface MailchimpStore {
  readonly members: Map<string, { email_address: string; status: string; language?: string }>;
  /** Members who have left at Mailchimp itself. */
  readonly inCompliance: Set<string>;
}

/**
 * Mailchimp, by https://mailchimp.com/developer/marketing/api/list-members/ and its list of errors: audience `abc123`, key
 * `key-us6`. Refuses a wrong key by 401, an unknown audience or member by 404, and members in compliance state by 400.
 */
export function openMailchimp(): Promise<ServiceStub<MailchimpStore>> {
  const refuse = (status: number, title: string, detail = ''): Reply => [
    status,
    { title, status, detail, instance: 'x' },
  ];
  const statuses = ['subscribed', 'unsubscribed', 'cleaned', 'pending', 'transactional'];
  const store: MailchimpStore = { members: new Map(), inCompliance: new Set() };
  return openStub(store, ({ members, inCompliance }, { method, headers }, url, json) => {
    const [user, password] = Buffer.from(headers.authorization?.split(' ')[1] ?? '', 'base64')
      .toString()
      .split(':');
    if (!user || password !== 'key-us6') return refuse(401, 'API Key Invalid');
    const [, list, id] = /^\/3\.0\/lists\/([^/]+)(?:\/members\/([\da-f]{32}))?$/.exec(url.pathname) ?? [];
    if (list !== 'abc123') return refuse(404, 'Resource Not Found');
    if (id === undefined) return method === 'GET' ? [200, { id: list }] : refuse(405, 'Method Not Allowed');
    const body = json as { email_address?: string; status_if_new?: string; status?: string; language?: string };
    const known = members.get(id);
    if ([body.status, body.status_if_new].some((status) => status !== undefined && !statuses.includes(status)))
      return refuse(400, 'Invalid Resource');
    if (method === 'PATCH' && !known) return refuse(404, 'Resource Not Found');
    if (method === 'PUT') {
      const email = body.email_address ?? '';
      if (!known && body.status_if_new === undefined) return refuse(400, 'Invalid Resource');
      if (createHash('md5').update(email.toLowerCase()).digest('hex') !== id) return refuse(400, 'Invalid Resource');
      if (email.endsWith('@example.com')) return refuse(400, 'Invalid Resource', `${email} looks fake or invalid`);
      if (body.status === 'subscribed' && inCompliance.has(email))
        return refuse(400, 'Member In Compliance State', `${email} is in a compliance state`);
    } else if (method !== 'PATCH') return refuse(405, 'Method Not Allowed');
    const status = known ? (body.status ?? known.status) : (body.status_if_new ?? '');
    const email_address = body.email_address ?? known?.email_address ?? '';
    const language = body.language ?? known?.language;
    members.set(id, { email_address, status, ...(language !== undefined && { language }) });
    return [200, members.get(id)];
  });
}

export interface GhostStore {
  readonly members: { id: string; email: string; newsletters: { id: string }[]; labels: { name: string }[] }[];
}

export const ghostKey = `5f1e:${'ab'.repeat(32)}`;

/**
 * Ghost, by https://docs.ghost.org/admin-api (token authentication, members, newsletters): newsletters `n1` and `n2`. Refuses
 * a wrong, expired or too long-lived token by 401, a known address by 422, and an unknown member or newsletter by 404.
 */
export function openGhost(): Promise<ServiceStub<GhostStore>> {
  const refuse = (status: number, type: string, message: string): Reply => [status, { errors: [{ type, message }] }];
  const knownNewsletters = ['n1', 'n2'];
  const base = '/ghost/api/admin';
  return openStub<GhostStore>({ members: [] }, async ({ members }, { method, headers }, url, json) => {
    const token = /^Ghost (\S+)$/.exec(headers.authorization ?? '')?.[1] ?? '';
    try {
      const { payload, protectedHeader } = await jwtVerify(token, Buffer.from(ghostKey.split(':')[1]!, 'hex'), {
        ...{ algorithms: ['HS256'], audience: '/admin/', maxTokenAge: '5m', requiredClaims: ['iat', 'exp'] },
      });
      if (protectedHeader.kid !== '5f1e' || payload.exp! - payload.iat! > 300) throw new errors.JWTInvalid('kid');
    } catch {
      return refuse(401, 'UnauthorizedError', 'Invalid token');
    }
    const newsletter = new RegExp(`^${base}/newsletters/([^/]+)/$`).exec(url.pathname)?.[1];
    if (newsletter !== undefined)
      return knownNewsletters.includes(newsletter)
        ? [200, { newsletters: [{ id: newsletter }] }]
        : refuse(404, 'NotFoundError', 'Newsletter not found.');
    const id = new RegExp(`^${base}/members/(?:([^/]+)/)?$`).exec(url.pathname);
    if (!id) return refuse(404, 'NotFoundError', 'Resource not found error, cannot read.');
    if (method === 'GET') {
      const email = /^email:'((?:[^'\\]|\\')*)'$/.exec(url.searchParams.get('filter') ?? '')?.[1];
      if (email === undefined) return refuse(400, 'BadRequestError', 'Error parsing filter');
      return [200, { members: members.filter((each) => each.email === email.replaceAll("\\'", "'")) }];
    }
    const [body] = (json as { members?: Partial<GhostStore['members'][number]>[] }).members ?? [];
    if (!body) return refuse(422, 'ValidationError', 'No root key (members) provided.');
    if (body.newsletters?.some((each) => !knownNewsletters.includes(each.id)))
      return refuse(404, 'NotFoundError', 'Newsletter not found.');
    if (method === 'POST') {
      if (!body.email?.includes('@')) return refuse(422, 'ValidationError', 'Invalid Email.');
      if (members.some(({ email }) => email === body.email))
        return refuse(
          422,
          'ValidationError',
          'Member already exists. Attempting to add member with existing email address',
        );
      const made = { id: `m${members.length + 1}`, email: body.email };
      members.push({ ...made, newsletters: body.newsletters ?? [], labels: body.labels ?? [] });
      return [201, { members: [members.at(-1)] }];
    }
    const member = members.find((each) => each.id === id[1]);
    if (!member) return refuse(404, 'NotFoundError', 'Member not found.');
    Object.assign(member, body);
    return [200, { members: [member] }];
  });
}
