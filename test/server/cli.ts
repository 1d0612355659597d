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
export async function runCommand({ services, folder }: TestServer, ...argv: string[]): Promise<CommandResult> {
  const written = { stdout: '', stderr: '' };
  const capture = (stream: 'stdout' | 'stderr') =>
    vi.spyOn(process[stream], 'write').mockImplementation((text) => {
      written[stream] += String(text);
      return true;
    });
  const spies = [capture('stdout'), capture('stderr')];
  vi.stubEnv('AFTERWORD_DATA', folder);
  vi.stubEnv('AFTERWORD_DATABASE', services.config.database);
  vi.stubEnv('AFTERWORD_SECRET', services.config.secrets.join(','));
  try {
    return { code: await main(argv), ...written };
  } finally {
    vi.unstubAllEnvs();
    for (const spy of spies) spy.mockRestore();
  }
}
