import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import getPort from 'get-port';
import { pino } from 'pino';
import { createServices } from '../../server/src/app.js';
import { readConfig } from '../../server/src/config.js';
import type { Services } from '../../server/src/app.js';
import { newSiteSchema } from '../../server/src/sites/store.js';
import { openDatabase } from '../../server/src/storage/database.js';
import { vi } from 'vitest';

const maxStartMs = 75_000;
const root = fileURLToPath(new URL('../..', import.meta.url));

/** A server in a process of its own, run from the sources. */
export interface SourceServer {
  readonly url: string;
  /** The address of the site `paper`. */
  readonly site: string;
  /** Everything it has printed. */
  output(): string;
  signal(name: NodeJS.Signals): void;
  /** The exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals | null>;
  /** Kills it where it still runs. */
  dispose(): Promise<void>;
}

/** Adds the site `paper` to a database, and runs `prepare` on its services. */
export async function prepareSite<T>(
  env: Record<string, string>,
  prepare: (services: Services) => Promise<T>,
): Promise<T> {
  const config = readConfig({ ...env, AFTERWORD_LOG: 'silent' });
  const database = await openDatabase(config.database);
  try {
    const services = createServices(config, database, pino({ level: 'silent' }));
    const settings = { moderation: 'post', stories: 'any' };
    await services.sites.put(newSiteSchema.parse({ id: 'paper', name: 'The Paper', lang: 'vi', settings }));
    return await prepare(services);
  } finally {
    await database.close();
  }
}

/**
 * Starts `afterword serve`, and waits until it is ready.
 *
 * @param options.maxFileKilobytes a size that its files cannot exceed, as on a full disk
 */
export async function startSourceServer(
  env: Record<string, string>,
  { maxFileKilobytes }: { readonly maxFileKilobytes?: number } = {},
): Promise<SourceServer> {
  const port = await getPort({ host: '127.0.0.1' });
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(AFTERWORD_|PORT$|HOST$|NODE_OPTIONS$)/.test(name),
  );
  const command = [process.execPath, '--import', 'tsx', 'server/dev.ts'];
  // Counts in units of 512 bytes.
  const limit = maxFileKilobytes === undefined ? '' : `ulimit -f ${maxFileKilobytes * 2};`;
  const child = spawn('/bin/sh', ['-c', `${limit} exec "$@"`, 'sh', ...command], {
    cwd: root,
    env: {
      ...Object.fromEntries(inherited),
      TSX_TSCONFIG_PATH: 'tsconfig.node.json',
      AFTERWORD_LIMITS: 'off',
      PORT: String(port),
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  const ended = new Promise<number | NodeJS.Signals | null>((resolve) =>
    child.once('close', (code, signal) => resolve(code ?? signal)),
  );
  const url = `http://127.0.0.1:${port}`;
  const isReady = async () => {
    if (child.exitCode !== null) return;
    if (!(await fetch(`${url}/readyz`)).ok) throw new Error(`The server is not ready:\n${output}`);
  };
  // Compiling the sources takes long on a busy machine.
  await vi.waitFor(isReady, { timeout: maxStartMs, interval: 50 });
  if (child.exitCode !== null) throw new Error(`The server has ended with ${child.exitCode}:\n${output}`);
  return {
    url,
    site: `${url}/v1/sites/paper`,
    output: () => output,
    signal: (name) => void child.kill(name),
    ended,
    async dispose() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
