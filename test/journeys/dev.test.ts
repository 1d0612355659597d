import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import getPort from 'get-port';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { root } from '../../scripts/commands.js';
import { launchBrowser } from '../setup/launch-browser.js';
import { ownEnvironment } from '../setup/start-server.js';

let data: string;
/** Started by a test; one that has not ended by the end of the test is killed. */
let dev: ChildProcess | undefined;
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'afterword-dev-'));
});
afterEach(() => {
  dev?.kill('SIGKILL');
  rmSync(data, { recursive: true, force: true });
});

function startDev(port: number) {
  const child = spawn(process.execPath, [join(root, 'scripts/dev.js')], {
    cwd: root,
    env: { ...ownEnvironment(), AFTERWORD_DATA: data, PORT: String(port) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  dev = child;
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text));
  return { child, closed: once(child, 'close'), output: () => output };
}

async function untilReady(url: string, output: () => string) {
  // It builds the server first.
  const isReady = async () => expect((await fetch(`${url}/readyz`)).status, output()).toBe(200);
  await vi.waitFor(isReady, { timeout: 120_000, interval: 200 });
}

test('serves API, demo and playground from sources, and stops all on Ctrl+C', async () => {
  const port = await getPort({ host: '127.0.0.1' });
  const url = `http://localhost:${port}`;
  const { child, closed, output } = startDev(port);
  try {
    await untilReady(url, output);
    expect((await fetch(`${url}/playground/`)).headers.get('content-type')).toContain('text/html');
    expect(await (await fetch(`${url}/afterword.js`)).text()).toContain('/src/define/reactions.ts');
    expect((await fetch(`${url}/cloak.css`, { headers: { accept: 'text/css' } })).headers.get('content-type')).toBe(
      'text/css',
    );
    expect(await (await fetch(url)).text()).toContain('<aw-reactions>');
    expect((await fetch(`${url}/v1/sites/demo/reactions?story=${encodeURIComponent(`${url}/`)}`)).status).toBe(200);
    await expectPlayground(url);
  } finally {
    child.kill('SIGINT');
  }
  expect(await closed, output()).toEqual([0, null]);
  await expect(fetch(`${url}/readyz`)).rejects.toThrow('fetch failed');
});

/** Opens the playground, and waits for the element in its frame. */
async function expectPlayground(url: string) {
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage();
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(error.message));
    await page.goto(`${url}/playground/#${new URLSearchParams({ state: 'voted', lang: 'en' })}`);
    const frame = page.frameLocator('iframe[title="aw-reactions, voted"]');
    await frame.getByRole('button', { name: /^Great/, pressed: true }).waitFor();
    await page.getByLabel('variant').selectOption('bars');
    await frame.locator('aw-reactions[variant=bars] [part~=bar]').first().waitFor();
    expect(await page.locator('pre').innerText()).toContain('<aw-reactions variant="bars"></aw-reactions>');
    expect(errors).toEqual([]);
  } finally {
    await browser.close();
  }
}

test('reports a taken port in one line', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const { port } = taken.address() as { port: number };
  const { closed, output } = startDev(port);
  expect(await closed).toEqual([1, null]);
  expect(output()).toBe(`PORT ${port} on 127.0.0.1 is taken. Set PORT to another.\n`);
  taken.close();
});
