import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isServerKey } from '../../server/src/sites/store.js';
import { runCommand } from './cli.js';
import { databases, openTestServices, type TestServer } from './setup.js';

describe.each(databases)('afterword sites on %s', (kind) => {
  let server: TestServer;
  beforeEach(async () => {
    server = await openTestServices(kind);
  });
  afterEach(() => server.close());

  const stored = (id: string) =>
    server.services.database.read.selectFrom('sites').selectAll().where('id', '=', id).executeTakeFirst();

  it('add refuses a site that exists, and leaves it and its server key unchanged', async () => {
    await server.services.sites.makeServerKey('paper');
    const before = await stored('paper');
    const refused = await runCommand(server, 'sites', 'add', 'paper', '--name', 'Another', '--lang', 'en');
    expect(refused).toEqual({
      code: 1,
      stdout: '',
      stderr:
        'afterword: There is a site "paper" already. Change it with: afterword sites set paper <setting> <value>\n',
    });
    expect(await stored('paper')).toEqual(before);
  });

  it('add stores a new site with its poll and prints a key', async () => {
    const { code, stdout } = await runCommand(server, 'sites', 'add', 'weekly', '--origin', 'https://weekly.example/');
    expect(code).toBe(0);
    const site = await server.services.sites.get('weekly');
    expect(site).toMatchObject({ name: 'weekly', lang: 'vi', origins: ['https://weekly.example'] });
    expect(isServerKey(site!, /: (\S+)\n$/.exec(stdout)?.[1])).toBe(true);
    expect(await server.services.polls.get('weekly', 'reactions')).toBeDefined();
  });

  it('set changes name, language, origins and settings', async () => {
    for (const [setting, value] of [
      ['name', 'The Evening Paper'],
      ['lang', 'en'],
      ['origins', '["https://evening.example"]'],
      ['rules.links', '5'],
    ] as const)
      expect(await runCommand(server, 'sites', 'set', 'paper', setting, value)).toMatchObject({ code: 0, stderr: '' });
    const site = await stored('paper');
    expect(site).toMatchObject({ name: 'The Evening Paper', lang: 'en', originsJson: '["https://evening.example"]' });
    expect(JSON.parse(site!.settingsJson)).toMatchObject({ votes: 'up-down', moderation: 'post', rules: { links: 5 } });
  });

  it.each([
    ['name', '', 'name: '],
    ['origins', '["evening.example"]', 'origins.0: '],
    ['rules.links', 'many', 'rules.links: '],
    ['colour', 'red', 'There is no setting "colour". There are: name, lang, origins, stories,'],
  ])('set refuses %s %j with one line that names it', async (setting, value, start) => {
    const before = await stored('paper');
    const { code, stderr } = await runCommand(server, 'sites', 'set', 'paper', setting, value);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^[^\n]*\n$/);
    expect(stderr.startsWith(`afterword: ${start}`)).toBe(true);
    expect(await stored('paper')).toEqual(before);
  });

  it.each(['email', 'signed-on'])('set who %s is refused while readers cannot sign in', async (who) => {
    const { code, stderr } = await runCommand(server, 'sites', 'set', 'paper', 'who', who);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^afterword: who: .+ readers cannot sign in on this server.+\n$/);
    expect(JSON.parse((await stored('paper'))!.settingsJson)).toMatchObject({ who: 'guest' });
  });

  it('set changes who to guest', async () => {
    expect((await runCommand(server, 'sites', 'set', 'paper', 'who', 'guest')).code).toBe(0);
  });

  it('key replaces the server key', async () => {
    const first = await server.services.sites.makeServerKey('paper');
    const { code, stdout } = await runCommand(server, 'sites', 'key', 'paper');
    expect(code).toBe(0);
    const row = { ...server.site, serverKeyHash: (await stored('paper'))!.serverKeyHash };
    expect(isServerKey(row, /: (\S+)\n$/.exec(stdout)?.[1])).toBe(true);
    expect(isServerKey(row, first)).toBe(false);
  });
});
