import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CommentAnswer, Comments, Reactions, Session } from '../../src/contract/types.js';
import { startServer } from '../setup/start-server.js';
import { runCommand } from '../setup/run-command.js';

let data: string;
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'afterword-lifecycle-'));
});
afterEach(() => rmSync(data, { recursive: true, force: true }));

const site = (url: string) => `${url}/v1/sites/demo`;
const send = (url: string, method: string, body: unknown, token?: string) =>
  fetch(url, {
    method,
    headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) },
    body: JSON.stringify(body),
  });
const guest = async (url: string) => ((await (await send(`${site(url)}/readers`, 'POST', {})).json()) as Session).token;

describe('the server', () => {
  test('keeps data and reader tokens across a restart on another port', async () => {
    const first = await startServer({ data });
    const story = `${first.url}/`;
    const token = await guest(first.url);
    const posted = (await (
      await send(`${site(first.url)}/comments`, 'POST', { story, text: 'Còn đây' }, token)
    ).json()) as CommentAnswer;
    await send(`${site(first.url)}/reactions`, 'PUT', { story, choice: 'fun' }, token);
    const before = (await (
      await fetch(`${site(first.url)}/reactions?story=${encodeURIComponent(story)}`)
    ).json()) as Reactions;
    expect(await first.stop()).toBe(0);

    const second = await startServer({ data });
    const moved = encodeURIComponent(`${second.url}/`);
    const after = (await (await fetch(`${site(second.url)}/reactions?story=${moved}`)).json()) as Reactions;
    expect(after.counts).toEqual(before.counts);
    const thread = (await (await fetch(`${site(second.url)}/comments?story=${moved}&sort=newest`)).json()) as Comments;
    expect(thread.comments.map(({ id }) => id)).toContain(posted.comment.id);
    const me = await fetch(`${site(second.url)}/me?story=${moved}`, { headers: { authorization: `Bearer ${token}` } });
    expect(await me.json()).toMatchObject({ reactions: { reactions: 'fun' } });
    expect(await second.stop()).toBe(0);
  });

  test('keeps all acknowledged writes when killed during writes', async () => {
    const server = await startServer({ data, env: { AFTERWORD_LIMITS: 'off' } });
    const story = `${server.url}/`;
    const tokens = await Promise.all(Array.from({ length: 8 }, () => guest(server.url)));
    const acknowledged: string[] = [];
    let killed = false;
    const writing = tokens.map(async (token, writer) => {
      for (let turn = 0; !killed; turn += 1) {
        try {
          const answer = await send(
            `${site(server.url)}/comments`,
            'POST',
            { story, text: `${writer} ${turn}` },
            token,
          );
          if (answer.status === 201) acknowledged.push(((await answer.json()) as CommentAnswer).comment.id);
        } catch {
          // The connection broke with the server: its write was not acknowledged.
          return;
        }
      }
    });
    while (acknowledged.length < 200) await new Promise((resolve) => setTimeout(resolve, 5));
    process.kill(server.pid, 'SIGKILL');
    killed = true;
    await Promise.all(writing);

    const again = await startServer({ data });
    const stored = new Set<string>();
    let cursor = '';
    do {
      const page = (await (
        await fetch(
          `${site(again.url)}/comments?story=${encodeURIComponent(`${again.url}/`)}&sort=newest&limit=100&replies=0${cursor && `&cursor=${cursor}`}`,
        )
      ).json()) as Comments;
      for (const { id } of page.comments) stored.add(id);
      cursor = page.nextCursor ?? '';
    } while (cursor !== '');
    expect(acknowledged.filter((id) => !stored.has(id))).toEqual([]);
    await again.stop();
  });

  test('answers open requests on SIGTERM, and exits with code 0', async () => {
    const server = await startServer({ data, env: { AFTERWORD_LIMITS: 'off' } });
    const story = `${server.url}/`;
    const token = await guest(server.url);
    const answers = Array.from({ length: 20 }, (_, index) =>
      send(`${site(server.url)}/comments`, 'POST', { story, text: `Last ${index}` }, token),
    );
    const [first] = answers;
    await first;
    const stopped = server.stop();
    const settled = await Promise.allSettled(answers);
    expect(settled.filter((answer) => answer.status === 'fulfilled' && answer.value.status >= 500)).toEqual([]);
    expect(await stopped).toBe(0);
  });

  test('reports its resident memory in /metrics', async () => {
    const server = await startServer({ data });
    const measured = await (await fetch(`${server.url}/metrics`)).text();
    const resident = Number(/^process_resident_memory_bytes (\d+)$/m.exec(measured)?.[1]);
    expect(resident).toBeGreaterThan(20 * 1024 * 1024);
    await server.stop();
  });

  test('reports a taken port in one line, and leaves the data unchanged', async () => {
    const squatter = createServer();
    const port = await new Promise<number>((resolve) =>
      squatter.listen(0, '127.0.0.1', () => resolve((squatter.address() as { port: number }).port)),
    );
    const { code, error } = await runCommand(['serve'], { AFTERWORD_DATA: data, PORT: String(port) });
    squatter.close();
    expect(code).toBe(1);
    expect(error.trim().split('\n')).toHaveLength(1);
    expect(error).toContain(`PORT ${port}`);
  });

  test('exits with code 0 and prints no error when its output pipe is closed', async () => {
    await runCommand(['sites', 'add', 'paper'], { AFTERWORD_DATA: data });
    expect(await runCommand(['sites', 'list'], { AFTERWORD_DATA: data }, { reads: false })).toEqual({
      code: 0,
      output: '',
      error: '',
    });
  });

  test.each([
    [{ PORT: 'http' }, 'PORT'],
    [{ AFTERWORD_TYPO: '1' }, 'AFTERWORD_TYPO is not a setting'],
    [{ AFTERWORD_DATABASE: 'mysql://x' }, 'AFTERWORD_DATABASE'],
    [
      { AFTERWORD_DATABASE: 'postgres://nobody@127.0.0.1:1/none', AFTERWORD_SECRET: 'x'.repeat(32) },
      'PostgreSQL does not answer',
    ],
    [{ AFTERWORD_DATABASE: 'postgres://x/y' }, 'AFTERWORD_SECRET is needed'],
    [{ AFTERWORD_SECRET: 'short' }, 'AFTERWORD_SECRET'],
    [{ AFTERWORD_DATA: '/proc/nowhere' }, 'AFTERWORD_DATA'],
    [{ HOST: '0.0.0.0' }, 'AFTERWORD_URL'],
    [{ HOST: '0.0.0.0', AFTERWORD_URL: 'https://a.example', AFTERWORD_LIMITS: 'off' }, 'AFTERWORD_LIMITS'],
    [{ AFTERWORD_TRUST_PROXY: 'everyone' }, 'AFTERWORD_TRUST_PROXY'],
    [{ AFTERWORD_SMTP: 'smtp://mail.example' }, 'AFTERWORD_MAIL_FROM'],
  ])('reports invalid settings in one line: %j', async (env, expected) => {
    const { code, error, output } = await runCommand(['serve'], { AFTERWORD_DATA: data, PORT: '0', ...env });
    expect(code).toBe(1);
    expect(error.trim().split('\n')).toHaveLength(1);
    expect(error).toContain(expected);
    expect(output).toBe('');
  });

  test('logs no personal data', async () => {
    const server = await startServer({ data, env: { AFTERWORD_LOG: 'debug' } });
    const token = (
      (await (await send(`${site(server.url)}/readers`, 'POST', { name: 'Canary Name' })).json()) as Session
    ).token;
    await send(`${site(server.url)}/comments`, 'POST', { story: `${server.url}/`, text: 'Canary text' }, token);
    await send(`${site(server.url)}/subscriptions`, 'POST', {
      email: 'canary@mail.example',
      lists: ['daily'],
      consent: 'daily-1',
    });
    await send(`${site(server.url)}/comments`, 'POST', { story: 1, text: 'Canary refused' }, token);
    await new Promise((resolve) => setTimeout(resolve, 300));
    await server.stop();
    for (const canary of ['Canary', 'canary', token, '127.0.0.1']) expect(server.output()).not.toContain(canary);
  });
});

describe('the command line', () => {
  const run = (...args: string[]) => runCommand(args, { AFTERWORD_DATA: data });

  test('prints help for every command', async () => {
    for (const command of [
      [],
      ['serve'],
      ['sites'],
      ['sites', 'add'],
      ['stories'],
      ['stories', 'import'],
      ['comments'],
      ['comments', 'list'],
      ['comments', 'approve'],
      ['comments', 'reject'],
      ['comments', 'pin'],
      ['comments', 'feature'],
      ['comments', 'close'],
      ['backup'],
    ]) {
      const { code, output } = await run(...command, '--help');
      expect(code, command.join(' ')).toBe(0);
      expect(output).toContain('Usage: afterword');
    }
  });

  test.each([
    [['nonsense'], 'nonsense'],
    [['sites', 'add', 'NOT VALID'], 'id'],
    [['sites', 'add', 'paper', '--origin', 'nowhere'], 'origins'],
    [['comments', 'list', '--site', 'nowhere'], 'nowhere'],
    [['comments', 'approve', 'x', '--site', 'nowhere'], 'nowhere'],
    [['stories', 'import', '/no/such/file.xml', '--site', 'nowhere'], ''],
  ])('%j prints one line and exits with an error code', async (args, expected) => {
    await run('migrate');
    const { code, error } = await run(...args);
    expect(code).not.toBe(0);
    expect(error).toContain(expected);
    expect(error).not.toContain('    at ');
  });

  test('adds a site, moderates its comments, and makes a backup', async () => {
    const added = await run('sites', 'add', 'paper', '--origin', 'https://paper.example');
    expect(added).toMatchObject({ code: 0, output: expect.stringContaining('awk_') });
    expect((await run('sites', 'list')).output).toContain('https://paper.example');
    const server = await startServer({ data, env: { AFTERWORD_DEMO: '0' } });
    const paper = `${server.url}/v1/sites/paper`;
    const { token } = (await (await send(`${paper}/readers`, 'POST', { name: 'Lan' })).json()) as Session;
    const story = 'https://paper.example/a';
    const { comment } = (await (
      await send(`${paper}/comments`, 'POST', { story, text: 'Xin chào' }, token)
    ).json()) as CommentAnswer;
    expect(comment).toMatchObject({ state: 'pending', reasons: ['guest'] });
    const listed = await run('comments', 'list', '--site', 'paper');
    expect(listed.output).toContain(comment.id);
    expect(listed.output).toContain('Xin chào');
    expect(await run('comments', 'approve', comment.id, '--site', 'paper')).toMatchObject({ code: 0 });
    expect(await run('comments', 'pin', comment.id, '--site', 'paper')).toMatchObject({ code: 0 });
    const thread = async () =>
      (await (
        await fetch(`${paper}/comments?story=${encodeURIComponent(story)}&t=${Math.random()}`)
      ).json()) as Comments;
    expect((await thread()).comments).toMatchObject([{ id: comment.id, pinned: true }]);
    expect(await run('comments', 'reject', comment.id, '--site', 'paper')).toMatchObject({ code: 0 });
    expect((await thread()).total).toBe(0);
    await run('comments', 'close', '--site', 'paper', '--story', story);
    expect((await send(`${paper}/comments`, 'POST', { story, text: 'Muộn' }, token)).status).toBe(409);

    const file = join(data, 'copy.db');
    expect(await run('backup', file)).toMatchObject({ code: 0, output: `${file}\n` });
    expect(await run('backup', file)).toMatchObject({ code: 1, error: expect.stringContaining('exists') });
    await server.stop();

    const elsewhere = join(data, 'restored');
    mkdirSync(elsewhere);
    const restored = await runCommand(['comments', 'list', '--site', 'paper', '--state', 'rejected'], {
      AFTERWORD_DATA: elsewhere,
      AFTERWORD_DATABASE: `sqlite:${file}`,
    });
    expect(restored.output).toContain(comment.id);
  });
});
