import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import getPort from 'get-port';
import { root } from '../../scripts/commands.js';

/** A busy machine starts a server slowly. */
const maxStartMs = 60_000;

/**
 * @typedef {object} RunningServer
 * @property {string} url without a slash at its end
 * @property {number} port
 * @property {string} data its data folder
 * @property {number} pid
 * @property {number} readyMs from the start of the process to its first answer
 * @property {() => string} output everything it has printed
 * @property {() => Promise<void>} kill ends it at once, by SIGKILL; the data folder goes unless it was given
 * @property {() => Promise<number | null>} stop asks it to end, waits, and answers its exit code; the data folder goes unless it was given
 */

/**
 * Starts the built server as an operator would, `afterword serve` on a free port, and waits until it is ready.
 *
 * @param {object} [options]
 * @param {Record<string, string>} [options.env] settings on top; the demo is on unless `AFTERWORD_DEMO` says otherwise
 * @param {string} [options.data] a data folder to keep; without it a temporary one
 * @returns {Promise<RunningServer>}
 */
export async function startServer({ env = {}, data: kept } = {}) {
  const data = kept ?? mkdtempSync(join(tmpdir(), 'afterword-data-'));
  const port = Number(env.PORT ?? (await getPort({ host: '127.0.0.1' })));
  const url = `http://localhost:${port}`;
  const started = performance.now();
  const child = spawn(process.execPath, [join(root, 'server/afterword.js'), 'serve'], {
    cwd: root,
    env: { ...ownEnvironment(), AFTERWORD_DEMO: '1', AFTERWORD_DATA: data, PORT: String(port), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text));
  const ended = new Promise((resolve) => child.once('close', resolve));
  const removeData = () => kept ?? rmSync(data, { recursive: true, force: true });
  const killAtExit = () => {
    child.kill('SIGKILL');
    removeData();
  };
  process.once('exit', killAtExit);

  while (!(await isReady(url))) {
    const late = performance.now() - started > maxStartMs;
    if (child.exitCode !== null || late) {
      child.kill('SIGKILL');
      await ended;
      removeData();
      throw new Error(
        `The server ${late ? `was not ready in ${maxStartMs / 1000} s` : `ended with ${child.exitCode}`}:\n${output}`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return {
    url,
    port,
    data,
    pid: /** @type {number} */ (child.pid),
    readyMs: performance.now() - started,
    output: () => output,
    async kill() {
      process.off('exit', killAtExit);
      child.kill('SIGKILL');
      await ended;
      removeData();
    },
    async stop() {
      process.off('exit', killAtExit);
      child.kill('SIGTERM');
      // A server that does not end when asked should fail a test's time-out, not hang it for good.
      const impatience = setTimeout(() => child.kill('SIGKILL'), 30_000);
      await ended;
      clearTimeout(impatience);
      removeData();
      return child.exitCode;
    },
  };
}

/** This process's environment without Afterword's own settings, so that a run does not depend on who starts it. */
export function ownEnvironment() {
  return Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !name.startsWith('AFTERWORD_') && name !== 'PORT' && name !== 'HOST',
    ),
  );
}

/** @param {string} url */
async function isReady(url) {
  try {
    return (await fetch(`${url}/readyz`)).ok;
  } catch {
    // Nobody listens yet.
    return false;
  }
}
