/** What belongs to others: comments of other sites, removed and pending ones, and routes for operators and editors. */
import { attackOf, mapSome, metricsToken } from './target.js';

/**
 * @param {import('./target.js').Target} target
 * @returns {Promise<import('./target.js').Attack[]>}
 */
export async function attack(target) {
  return [...(await attackComments(target)), ...(await attackRoutes(target))];
}

/** @param {import('./target.js').Target} target */
async function attackComments(target) {
  await target.cli('sites', 'add', 'other', '--moderation', 'post', '--stories', 'any');
  await target.cli('sites', 'add', 'held', '--moderation', 'pre', '--stories', 'any');
  const story = 'secrets';
  /** @param {string} site @param {string} text */
  const post = async (site, text) => {
    const token = await target.guest('Minh', { site });
    const { body } = await target.comment(token, story, text, { site });
    return { token, id: body.comment.id, author: body.comment.author.id };
  };
  const elsewhere = await post('other', 'canary elsewhere');
  const pending = await post('held', 'canary pending');
  const removed = await post('demo', 'canary removed');
  const deleted = await post('demo', 'canary deleted');
  await target.ask(`/comments/${removed.id}`, {
    method: 'PATCH',
    token: removed.token,
    json: { text: 'canary removed again' },
  });
  const reply = await target.ask('/comments', {
    method: 'POST',
    token: await target.guest(),
    json: { story, parentId: removed.id, text: 'a reply' },
  });
  await target.cli('comments', 'remove', '--site', 'demo', removed.id);
  await target.ask(`/comments/${deleted.id}`, { method: 'DELETE', token: deleted.token });

  // The key of another reader's comment answers with one's own.
  const keyed = await mapSome(
    [await target.guest('A'), await target.guest('B'), await target.guest('A', { site: 'other' })],
    (token, index) =>
      target.comment(token, story, 'the same text', {
        headers: { 'idempotency-key': 'a key that is guessed' },
        site: index === 2 ? 'other' : 'demo',
      }),
    1,
  );
  const areApart = new Set(keyed.map(({ body }) => body?.comment?.id)).size === keyed.length;

  const token = await target.guest();
  /** @param {string} site @param {string} id @param {string} token */
  const readings = (site, id, token) =>
    mapSome(
      [
        `/comments/${id}/history`,
        `/comments?story=${story}&anchor=${id}`,
        `/comments?story=${story}&parent=${id}`,
        `/comments?story=${story}&sort=newest&limit=100`,
        `/page?story=${story}&parts=comments`,
        `/me?story=${story}`,
      ],
      (path) => target.ask(path, { site, token }),
    );
  const id = elsewhere.id;
  const acts = [
    await target.ask(`/comments/${id}`, { method: 'PATCH', token, json: { text: 'mine' } }),
    await target.ask(`/comments/${id}`, { method: 'DELETE', token }),
    await target.ask(`/comments/${id}/vote`, { method: 'PUT', token, json: { value: 1 } }),
    await target.ask(`/comments/${id}/reports`, { method: 'POST', token, json: { reason: 'spam' } }),
    await target.ask('/comments', { method: 'POST', token, json: { story, parentId: id, text: 'x' } }),
    await target.ask(`/readers/${elsewhere.author}/mute`, { method: 'PUT', token }),
    await target.ask(`/comments/${removed.id}`, { method: 'PATCH', token, json: { text: 'mine' } }),
    await target.ask(`/comments/${reply.body.comment.id}`, { method: 'DELETE', token }),
    await target.ask(`/comments/${removed.id}/vote`, { method: 'PUT', token, json: { value: 1 } }),
    await target.ask(`/comments/${removed.id}/reports`, { method: 'POST', token, json: { reason: 'spam' } }),
    await target.ask(`/comments/${pending.id}/vote`, {
      method: 'PUT',
      token: await target.guest('Lan', { site: 'held' }),
      site: 'held',
      json: { value: 1 },
    }),
    await target.ask('/comments', {
      method: 'POST',
      token: await target.guest('Lan', { site: 'held' }),
      site: 'held',
      json: { story, parentId: pending.id, text: 'x' },
    }),
  ];
  const fromOther = await readings('demo', id, token);
  // The caches of a server follow the command line within five seconds.
  await new Promise((resolve) => setTimeout(resolve, 6_000));
  const ofRemoved = [...(await readings('demo', removed.id, token)), ...(await readings('demo', deleted.id, token))];
  const ofPending = await readings('held', pending.id, await target.guest('Lan', { site: 'held' }));
  const authors = [removed.author, deleted.author];
  /** @param {import('./target.js').Answer[]} answers */
  const isSilent = (answers) => answers.every(({ text, status }) => status < 500 && !text.includes('canary'));
  return [
    attackOf('the idempotency key of another reader', 'POST /comments', keyed, areApart),
    attackOf(
      'acts on comments of others',
      'another site, removed, pending, of another author',
      acts,
      acts.every(({ status }) => status >= 400 && status < 500),
    ),
    attackOf('reading another site', 'history, anchor, parent, page', fromOther, isSilent(fromOther)),
    attackOf(
      'reading removed and deleted comments',
      'history, anchor, parent, page, me',
      ofRemoved,
      isSilent(ofRemoved) && ofRemoved.every(({ text }) => authors.every((author) => !text.includes(author))),
    ),
    attackOf('reading pending comments', 'by another reader', ofPending, isSilent(ofPending)),
  ];
}

/** @param {import('./target.js').Target} target */
async function attackRoutes(target) {
  const token = await target.guest();
  /** @type {[string, string, object?][]} */
  const editors = [
    ['PUT', '/stories', { stories: [] }],
    ['GET', '/polls'],
    ['GET', '/polls/reactions'],
    ['PUT', '/polls/reactions', {}],
    ['GET', '/polls/reactions/results'],
    ['PUT', '/polls/reactions/frozen', {}],
  ];
  const refused = await mapSome(
    editors.flatMap(([method, path, json]) =>
      [undefined, token, 'awk_x'].map((given) => ({ method, path, json, token: given })),
    ),
    ({ path, ...init }) => target.ask(path, /** @type {any} */ (init)),
  );
  /** @type {import('./target.js').AskInit[]} */
  const strangers = [
    {},
    { token: metricsToken.slice(0, -1) },
    { token: `${metricsToken}x` },
    { token },
    { address: '127.0.0.1' },
    { headers: { 'x-forwarded-for': '::1' } },
    { address: '', headers: { 'x-real-ip': '203.0.113.1' } },
    { address: '', headers: { 'x-forwarded-proto': 'https' } },
    { address: '', headers: { via: '1.1 proxy' } },
    { address: '', headers: { 'x-forwarded-host': 'paper.example' } },
    { address: '', headers: { forwarded: 'for=127.0.0.1' } },
  ];
  const metrics = await mapSome([...strangers], (init) => target.open('/metrics', init));
  const allowed = [
    await target.open('/metrics', { token: metricsToken }),
    await target.open('/metrics', { address: '' }),
  ];
  const outside = await mapSome(
    [
      '/../../etc/passwd',
      '/%2e%2e/%2e%2e/etc/passwd',
      '/..%2f..%2fetc/passwd',
      '/demo/pictures/..%2f..%2f..%2fpackage.json',
      '/outbox/..%2fsecret',
      '/outbox/%2e%2e%2fafterword.db',
      '/afterword.js%00',
      '/.env',
      '/v1/sites',
      '/v1',
      '/admin',
      '/debug',
    ],
    (path) => target.open(path),
  );
  const probes = [
    await target.open('/readyz'),
    await target.open('/healthz'),
    await target.open('/openapi.json'),
    await target.open('/docs'),
  ];
  return [
    attackOf(
      'routes of editors',
      'without key, with a reader’s token, with another key',
      refused,
      refused.every(({ status }) => status === 401),
    ),
    attackOf(
      'control: /metrics',
      'with the token, and from this machine',
      allowed,
      allowed.every(({ status }) => status === 200),
    ),
    attackOf(
      '/metrics',
      'from outside, other tokens, through proxies',
      metrics,
      metrics.every(({ status }) => status === 404),
    ),
    attackOf(
      'files',
      'paths that leave the folder',
      outside,
      outside.every(({ status }) => status === 404 || status === 400),
    ),
    attackOf(
      'probes and docs',
      'what they reveal',
      probes,
      probes.every(({ text }) => !text.includes(target.data) && !/postgres:\/\/|password/i.test(text)),
    ),
  ];
}
