import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { databases, openTestServices, origin, storyQuery, storyUrl, type TestServer } from './setup.js';

const partner = 'https://partner.example';

describe.each(databases)('threads of partner origins on %s', (kind) => {
  let server: TestServer;
  beforeEach(async () => {
    server = await openTestServices(kind);
    await server.services.sites.update('paper', (site) => ({ ...site, origins: [origin, partner] }));
  });
  afterEach(() => server.close());

  const post = async (from: string, story: string) => {
    const json = { story, text: `From ${from}` };
    const headers = { origin: from };
    return (await server.ask('/comments', { method: 'POST', token: await server.guest(), json, headers })).status;
  };
  const totalOf = async (story: string) =>
    ((await (await server.ask(`/comments?${storyQuery(story)}`)).json()) as { total: number }).total;

  it('are one where pages of all origins name the same story', async () => {
    expect([await post(origin, storyUrl), await post(partner, storyUrl)]).toEqual([201, 201]);
    expect(await totalOf(storyUrl)).toBe(2);
  });

  it("are one for each partner where its pages name a URL of the partner's own", async () => {
    const own = `${partner}/a-story`;
    expect([await post(origin, storyUrl), await post(partner, own)]).toEqual([201, 201]);
    expect([await totalOf(storyUrl), await totalOf(own)]).toEqual([1, 1]);
  });
});
