import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Comments, EditedSite, Problem } from '../../src/contract/index.js';
import { databases, openTestServices, origin, storyQuery, type TestServer } from './setup.js';

const secret = 'a secret of the check';

describe.each(databases)('the routes of a site on %s', (kind) => {
  let server: TestServer;
  let key: string;
  beforeEach(async () => {
    server = await openTestServices(kind);
    key = await server.services.sites.makeServerKey('paper');
  });
  afterEach(() => server.close());

  const request = (init: RequestInit & { token?: string; json?: unknown } = {}) =>
    server.ask('', { token: key, ...init });
  const patch = (json: unknown) => request({ method: 'PATCH', json });

  it('read the site with its settings', async () => {
    const response = await request();
    expect(response.status).toBe(200);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await response.json()).toMatchObject({
      id: 'paper',
      name: 'The Paper',
      lang: 'vi',
      origins: [origin],
      settings: { moderation: 'post', votes: 'up-down', rules: { links: 2, external: null } },
    });
  });

  it('take the server key alone', async () => {
    const reader = await server.guest();
    for (const method of ['GET', 'PATCH']) {
      const json = method === 'PATCH' ? { name: 'Mine' } : undefined;
      expect((await server.ask('', { method, json })).status).toBe(401);
      expect((await server.ask('', { method, json, token: reader })).status).toBe(401);
      expect((await server.ask('', { method, json, token: `${key}x` })).status).toBe(401);
    }
    expect((await server.services.sites.get('paper'))?.name).toBe('The Paper');
    expect((await server.app.request('/v1/sites/none', { headers: { authorization: `Bearer ${key}` } })).status).toBe(
      404,
    );
  });

  it('take the key before while it is valid', async () => {
    const next = await server.services.sites.makeServerKey('paper', 60_000);
    expect((await request()).status).toBe(200);
    expect((await request({ token: next })).status).toBe(200);
    await server.services.sites.makeServerKey('paper', 60_000);
    expect((await request()).status).toBe(401);
  });

  it('merge settings at every depth and replace lists', async () => {
    await patch({ settings: { rules: { words: ['một', 'hai'], links: null } } });
    const response = await patch({
      name: 'The Evening Paper',
      lang: 'en',
      origins: [`${origin}/`, 'https://partner.example/a', origin],
      settings: { rules: { words: ['ba'], rate: { minutes: 9 } }, votes: 'up' },
    });
    expect(response.status).toBe(200);
    const changed = (await response.json()) as EditedSite;
    expect(changed).toMatchObject({
      name: 'The Evening Paper',
      lang: 'en',
      origins: [origin, 'https://partner.example'],
      settings: {
        votes: 'up',
        moderation: 'post',
        rules: { words: ['ba'], links: null, rate: { comments: 20, minutes: 9 } },
      },
    });
    expect(await (await request()).json()).toEqual(changed);
    expect(await (await patch({})).json()).toEqual(changed);
  });

  it('drop cached responses', async () => {
    const votes = async () => {
      const response = await server.ask(`/comments?${storyQuery()}`);
      return ((await response.json()) as Comments).thread.rules.votes;
    };
    expect(await votes()).toBe('up-down');
    await patch({ settings: { votes: 'up' } });
    expect(await votes()).toBe('up');
  });

  it('never return secrets, and keep the secret of a check that is changed', async () => {
    const external = { url: 'https://check.example/', secret };
    const first = await patch({ settings: { rules: { external } } });
    const second = await patch({ settings: { rules: { external: { timeoutMillis: 200 } } } });
    for (const response of [first, second, await request()]) {
      const text = await response.text();
      expect(response.status).toBe(200);
      expect(text).toContain('https://check.example/');
      expect(text).not.toMatch(/secret|[hH]ash|awk_/);
    }
    expect((await server.services.sites.get('paper'))?.settings.rules.external).toEqual({
      ...external,
      timeoutMillis: 200,
    });
  });

  it('refuse wrong values with the field and what is allowed, and change nothing', async () => {
    const before = await (await request()).json();
    for (const [body, field, message] of [
      [{ name: '' }, 'name', 'A text of 1 to 100 characters.'],
      [{ name: 'a\0b' }, 'name', 'A text without control characters.'],
      [{ colour: 'red' }, 'colour', 'An object with any of: name, lang, origins, settings.'],
      [{ id: 'other' }, 'id', 'An object with any of: name, lang, origins, settings.'],
      [{ origins: ['partner.example'] }, 'origins.0', 'An origin such as https://news.example.'],
      [{ settings: { moderation: 'later' } }, 'settings.moderation', 'One of: pre, post.'],
      [{ settings: { rules: { link: 3 } } }, 'settings.rules.link', 'An object with any of: words, links, '],
      [{ settings: { rules: { newCommenter: 21 } } }, 'settings.rules.newCommenter', 'A whole number from 0 to 20.'],
      [
        { settings: { rules: { external: { url: 'https://check.example' } } } },
        'settings.rules.external.secret',
        'A text of 16 to 1000 characters.',
      ],
      [
        { settings: { rules: { words: Array.from({ length: 6000 }, () => 'ừ'.repeat(100)) } } },
        'settings.rules.words',
        'At most 1024 kB in all.',
      ],
      [{ settings: { who: 'email' } }, 'settings.who', '"email" would close every thread'],
    ] as const) {
      const response = await patch(body);
      expect(response.status).toBe(422);
      const problem = (await response.json()) as Problem;
      expect(problem.errors?.[0]?.field).toBe(field);
      expect(problem.errors?.[0]?.message.startsWith(message), problem.detail).toBe(true);
    }
    expect(await (await request()).json()).toEqual(before);
  });

  it('refuse a body above two megabytes', async () => {
    const words = Array.from({ length: 20_000 }, () => 'ừ'.repeat(60));
    expect((await patch({ settings: { rules: { words } } })).status).toBe(413);
  });

  it('keep concurrent changes of different settings', async () => {
    const changes = [{ name: 'One' }, { lang: 'en' }, { settings: { votes: 'up' } }, { settings: { editSeconds: 7 } }];
    await Promise.all(changes.map(patch));
    expect(await (await request()).json()).toMatchObject({
      name: 'One',
      lang: 'en',
      settings: { votes: 'up', editSeconds: 7 },
    });
  });
});
