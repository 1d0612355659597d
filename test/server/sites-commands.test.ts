import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isServerKey } from '../../server/src/sites/server-keys.js';
import { runCommand } from './cli.js';
import { databases, openTestServices, origin, storyUrl, type TestServer } from './setup.js';

const printedKey = (stdout: string) => /secret\): (\S+)/.exec(stdout)?.[1];
const hour = 3_600_000;

/** Settings, wrong values, and the beginnings of the messages. */
const refusals: [setting: string, value: string, start: string][] = [
  ['name', '', 'name: A text of 1 to 100 characters.'],
  ['lang', 'tiếng Việt', 'lang: A BCP 47 language tag.'],
  ['origins', '["evening.example"]', 'origins.0: An origin such as https://news.example.'],
  ['origins', 'null', 'origins: A list of origins such as https://news.example.'],
  ['stories', 'all', 'stories: One of: known, origins, any.'],
  ['moderation', 'true', 'moderation: One of: pre, post.'],
  ['who', 'everyone', 'who: One of: guest, email, signed-on.'],
  ['votes', 'down', 'votes: One of: up, up-down.'],
  ['editSeconds', '-1', 'editSeconds: A whole number from 0 to 2147483647.'],
  ['closeAfterDays', '0', 'closeAfterDays: A whole number from 1 to 36500, or null for never.'],
  ['reportsToHold', '1.5', 'reportsToHold: A whole number from 1 to 2147483647.'],
  ['rules', '3', 'rules: An object with any of: words, links, newCommenter, repeatMinutes, rate, external.'],
  ['rules', '{"link":3}', 'rules.link: An object with any of: words, links,'],
  ['rules.words', 'lừa đảo', 'rules.words: A list of words and phrases.'],
  ['rules.words', '[""]', 'rules.words.0: A text of 1 to 200 characters.'],
  ['rules.links', 'many', 'rules.links: A whole number from 0 to 2147483647, or null for any number.'],
  ['rules.newCommenter', '21', 'rules.newCommenter: A whole number from 0 to 20.'],
  ['rules.rate.minutes', '0', 'rules.rate.minutes: A whole number from 1 to 1440.'],
  ['rules.external', 'https://a.example', 'rules.external: An object with any of: url, secret, timeoutMillis.'],
  ['rules.external.url', 'https://a.example', 'rules.external.secret: A text of 16 to 1000 characters.'],
  ['newsletter.mailsPerHour', 'null', 'newsletter.mailsPerHour: A whole number from 1 to 2147483647.'],
  ['reactions.burstGuests', '0', 'reactions.burstGuests: A whole number from 1 to 2147483647, or null for never.'],
  ['moderaton', 'pre', 'There is no setting "moderaton". Did you mean "moderation"? There are: name, lang,'],
  ['links', '3', 'There is no setting "links". Did you mean "rules.links"?'],
  ['colour', 'red', 'There is no setting "colour". There are: name, lang, origins, stories,'],
];

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
    expect(isServerKey(site!, printedKey(stdout))).toBe(true);
    expect(await server.services.polls.get('weekly', 'reactions')).toBeDefined();
  });

  it('add refuses wrong values with one line that names what is allowed', async () => {
    for (const [args, line] of [
      [['The Paper'], 'id: Lower-case letters, digits and hyphens, at most 64.'],
      [['weekly', '--origin', 'weekly.example'], 'origins.0: An origin such as https://news.example.'],
      [['weekly', '--stories', 'all'], 'stories: One of: known, origins, any.'],
      [['weekly', '--moderation', 'later'], 'moderation: One of: pre, post.'],
      [['weekly', '--votes', 'down'], 'votes: One of: up, up-down.'],
      [['weekly', '--lang', 'tiếng Việt'], 'lang: A BCP 47 language tag.'],
    ] as const)
      expect(await runCommand(server, 'sites', 'add', ...args)).toEqual({
        code: 1,
        stdout: '',
        stderr: `afterword: ${line}\n`,
      });
    expect(await stored('weekly')).toBeUndefined();
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

  it('add and show print the tags to paste', async () => {
    const tags = [
      '<link rel="stylesheet" href="http://localhost:8787/cloak.css" />',
      '<script type="module" src="http://localhost:8787/afterword.js" data-site="weekly"></script>',
      '',
      '<aw-reactions></aw-reactions>',
      '<aw-stories rail="dont-miss"></aw-stories>',
      '<aw-comments></aw-comments>',
      '',
    ].join('\n');
    expect((await runCommand(server, 'sites', 'add', 'weekly')).stdout).toContain(tags);
    expect((await runCommand(server, 'sites', 'show', 'weekly')).stdout).toContain(tags);
  });

  it('set takes origins as words, and texts that look like JSON', async () => {
    await runCommand(
      server,
      'sites',
      'set',
      'paper',
      'origins',
      'https://a.example/ https://b.example,https://a.example',
    );
    await runCommand(server, 'sites', 'set', 'paper', 'name', '2026');
    expect(await stored('paper')).toMatchObject({
      name: '2026',
      originsJson: '["https://a.example","https://b.example"]',
    });
  });

  it('set merges a group of settings', async () => {
    await runCommand(server, 'sites', 'set', 'paper', 'rules.newCommenter', '3');
    expect((await runCommand(server, 'sites', 'set', 'paper', 'rules', '{"rate":{"comments":7}}')).code).toBe(0);
    expect(JSON.parse((await stored('paper'))!.settingsJson)).toMatchObject({
      rules: { newCommenter: 3, rate: { comments: 7, minutes: 5 } },
    });
  });

  it('set refuses wrong values with one line that names what is allowed', async () => {
    const before = await stored('paper');
    for (const [setting, value, start] of refusals) {
      const { code, stderr } = await runCommand(server, 'sites', 'set', 'paper', setting, value);
      expect(code).toBe(1);
      expect(stderr).toMatch(/^[^\n]*\n$/);
      expect(stderr.slice(0, 'afterword: '.length + start.length)).toBe(`afterword: ${start}`);
    }
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

  it('origins add and remove change the list, and name what there is', async () => {
    const partner = 'https://partner.example';
    const added = await runCommand(server, 'sites', 'origins', 'add', 'paper', `${partner}/section`, partner, origin);
    expect(added.stdout).toBe(`Origins of paper: ${origin} ${partner}\n`);
    const unknown = await runCommand(server, 'sites', 'origins', 'remove', 'paper', 'https://other.example');
    expect(unknown).toMatchObject({
      code: 1,
      stderr: `afterword: https://other.example is no origin of "paper". There are: ${origin}, ${partner}.\n`,
    });
    const wrong = await runCommand(server, 'sites', 'origins', 'add', 'paper', 'partner.example');
    expect(wrong.stderr).toBe('afterword: origins.0: An origin such as https://news.example.\n');
    const removed = await runCommand(server, 'sites', 'origins', 'remove', 'paper', origin);
    expect(removed.stdout).toBe(
      `Origins of paper: ${partner}\nStories named by a path, such as /a, now belong to ${partner}.\n`,
    );
    expect((await stored('paper'))?.originsJson).toBe(`["${partner}"]`);
  });

  it('key keeps the last key before valid for a stated time, and hashes only', async () => {
    const first = await server.services.sites.makeServerKey('paper');
    const { code, stdout } = await runCommand(server, 'sites', 'key', 'paper');
    const second = printedKey(stdout);
    expect(code).toBe(0);
    const until = Date.parse(/valid until (\S+)\.\n$/.exec(stdout)![1]!);
    expect(Math.abs(until - Date.now() - 24 * hour)).toBeLessThan(hour / 60);
    const row = (await stored('paper'))!;
    expect([first, second].map((key) => isServerKey(row, key))).toEqual([true, true]);
    expect([first, second].map((key) => isServerKey(row, key, until + 1))).toEqual([false, true]);
    expect(JSON.stringify(row)).not.toContain('awk_');

    const third = printedKey((await runCommand(server, 'sites', 'key', 'paper', '--overlap', '30m')).stdout);
    const rotated = (await stored('paper'))!;
    expect([first, second, third].map((key) => isServerKey(rotated, key))).toEqual([false, true, true]);
    expect(rotated.previousServerKeyUntil! - Date.now()).toBeLessThanOrEqual(hour / 2);
  });

  it('key with --overlap 0 ends the key before at once', async () => {
    const first = await server.services.sites.makeServerKey('paper');
    const { stdout } = await runCommand(server, 'sites', 'key', 'paper', '--overlap', '0');
    expect(stdout).toContain('The key before has ended.');
    const row = (await stored('paper'))!;
    expect([first, printedKey(stdout)].map((key) => isServerKey(row, key))).toEqual([false, true]);
  });

  it('key refuses overlaps that are no duration or too long', async () => {
    for (const overlap of ['soon', '31d', '-1h', '1.5h'])
      expect((await runCommand(server, 'sites', 'key', 'paper', `--overlap=${overlap}`)).stderr).toBe(
        `afterword: --overlap: "${overlap}" must be 0, or a duration such as 90s, 30m, 24h or 7d, at most 30d.\n`,
      );
  });

  it('show prints settings, origins and numbers, and no secret', async () => {
    const token = await server.guest();
    await server.ask('/comments', { method: 'POST', token, json: { story: storyUrl, text: 'Hay quá' } });
    const check = { url: 'https://check.example/', secret: 'a secret of the check' };
    await runCommand(server, 'sites', 'set', 'paper', 'rules.external', JSON.stringify(check));
    const { stdout } = await runCommand(server, 'sites', 'show', 'paper');
    expect(stdout).toMatch(/^ {2}origins +https:\/\/paper\.example$/m);
    expect(stdout).toMatch(/^ {2}moderation +post$/m);
    expect(stdout).toMatch(/^ {2}rules\.rate\.minutes +5$/m);
    expect(stdout).toMatch(/^ {2}comments +1 visible$/m);
    expect(stdout).toMatch(/^ {2}rules\.external +\{"url":"https:\/\/check\.example\/","secret":"\(hidden\)"/m);
    expect(stdout).not.toContain(check.secret);
  });

  it('list prints each site on a line', async () => {
    await runCommand(server, 'sites', 'add', 'weekly', '--lang', 'en');
    const { stdout } = await runCommand(server, 'sites', 'list');
    expect(stdout).toBe(`paper\tThe Paper\tvi\t${origin}\nweekly\tweekly\ten\t\n`);
  });
});
