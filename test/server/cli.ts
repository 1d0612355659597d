import { vi } from 'vitest';
import { main } from '../../server/src/main.js';
import type { TestServer } from './setup.js';

/** What a command printed, and its exit code. */
export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command line on the database of a test server. */
export function runCommand({ services, folder }: TestServer, ...argv: string[]): Promise<CommandResult> {
  const { database, secrets } = services.config;
  const env = { AFTERWORD_DATA: folder, AFTERWORD_DATABASE: database, AFTERWORD_SECRET: secrets.join(',') };
  return runCommandWith(env, ...argv);
}

/** Runs the command line with settings. */
export async function runCommandWith(env: Record<string, string>, ...argv: string[]): Promise<CommandResult> {
  const written = { stdout: '', stderr: '' };
  const capture = (stream: 'stdout' | 'stderr') =>
    vi.spyOn(process[stream], 'write').mockImplementation((text) => {
      written[stream] += String(text);
      return true;
    });
  const spies = [capture('stdout'), capture('stderr')];
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  try {
    return { code: await main(argv), ...written };
  } finally {
    vi.unstubAllEnvs();
    for (const spy of spies) spy.mockRestore();
  }
}
