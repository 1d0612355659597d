/**
 * `npm start`: installs missing packages, builds where a source has changed, then runs the server with the demo in this
 * process, so that signals, output and the exit code are the server's.
 */
import './node-version.js';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { main, root, run, SetupError } from './commands.js';
import { isBuilt } from './build-stamp.js';
import { installPackages } from './packages.js';

await main(async () => {
  await installPackages();
  if (!isBuilt()) {
    console.log('Building …');
    // A child process: its memory is freed before the server starts.
    const code = await run(process.execPath, [join(root, 'scripts/build.js')]);
    if (code !== 0) throw new SetupError('The build failed: see above.');
  }
});

if (!process.exitCode) {
  process.env.AFTERWORD_DEMO ??= '1';
  const server = join(root, 'server/afterword.js');
  process.argv.splice(1, 1, server, 'serve');
  await import(pathToFileURL(server).href);
}
