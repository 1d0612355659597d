import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createPostgresDatabase, databases } from './setup.js';
import { allChanges, inspectUpgrade, testMigration } from './upgrade-inspection.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const program = fileURLToPath(new URL('upgrade-process.ts', import.meta.url));
const rowCount = 500;
const upgraded = { isRecorded: true, changes: allChanges, readers: rowCount, integrity: 'ok' };

/** Runs a process, and kills it once it has printed a line that contains `killAt`. */
function run(
  mode: 'prepare' | 'upgrade',
  url: string,
  killAt?: string,
): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--import', 'tsx', program, mode, url, String(rowCount)], { cwd: root });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
        if (killAt !== undefined && output.includes(killAt)) child.kill('SIGKILL');
      });
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, output }));
  });
}

// Each starts several processes, which takes long on a busy machine.
describe.each(databases)('an upgrade on %s', { timeout: 300_000 }, (kind) => {
  let url: string;
  let remove: () => Promise<void> | void;
  beforeEach(async () => {
    if (kind === 'postgres') {
      const made = await createPostgresDatabase();
      url = made.url;
      remove = made.drop;
    } else {
      const folder = mkdtempSync(join(tmpdir(), 'afterword-upgrade-'));
      url = `sqlite:${join(folder, 'afterword.db')}`;
      remove = () => rmSync(folder, { recursive: true, force: true });
    }
  });
  afterEach(() => remove());

  test('that is killed has happened as a whole or not at all, and the next start completes it', async () => {
    expect(await run('prepare', url)).toMatchObject({ code: 0 });
    for (const killAt of ['step 2 of', 'step 19 of']) {
      expect(await run('upgrade', url, killAt)).toMatchObject({ output: expect.stringContaining(killAt) });
      const { isRecorded, changes, ...rest } = await inspectUpgrade(url);
      expect(rest).toEqual({ readers: rowCount, integrity: 'ok' });
      expect(changes).toBe(isRecorded ? allChanges : 0);
    }
    expect(await run('upgrade', url)).toMatchObject({ code: 0 });
    expect(await inspectUpgrade(url)).toEqual(upgraded);
  });

  test('of an empty database can be killed too', async () => {
    await run('upgrade', url, 'opening');
    await run('upgrade', url, 'step 2 of');
    const { isRecorded, changes } = await inspectUpgrade(url);
    expect(changes).toBe(isRecorded ? allChanges : 0);
    expect(await run('upgrade', url)).toMatchObject({ code: 0 });
    expect(await inspectUpgrade(url)).toEqual({ ...upgraded, readers: 0 });
  });

  test('by several processes at once is done by one, and all of them start', async () => {
    const starts = await Promise.all([run('upgrade', url), run('upgrade', url), run('upgrade', url)]);
    expect(starts.map(({ code }) => code)).toEqual([0, 0, 0]);
    expect(starts.filter(({ output }) => output.includes(testMigration))).toHaveLength(1);
    expect(await inspectUpgrade(url)).toEqual({ ...upgraded, readers: 0 });
  });
});
