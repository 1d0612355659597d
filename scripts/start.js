/**
 * `npm start`: from a fresh clone to a running demo. Installs what is missing, builds what has changed, then becomes the
 * server: same process, so that signals, output and the exit code are the server's own.
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
    // In a process of its own: a bundler's memory should not stay with the server.
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
