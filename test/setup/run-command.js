import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { root } from '../../scripts/commands.js';
import { ownEnvironment } from './start-server.js';

/**
 * Runs one `afterword` command of the build to its end.
 *
 * @param {string[]} args
 * @param {Record<string, string>} env
 * @param {{ reads?: boolean }} [options] whether somebody reads what it prints
 * @returns {Promise<{ code: number | null, output: string, error: string }>}
 */
export function runCommand(args, env, { reads = true } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(root, 'server/afterword.js'), ...args], {
      cwd: root,
      env: { ...ownEnvironment(), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    let error = '';
    if (!reads) child.stdout.destroy();
    child.stdout.setEncoding('utf8').on('data', (text) => (output += text));
    child.stderr.setEncoding('utf8').on('data', (text) => (error += text));
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, output, error }));
  });
}
