/**
 * `npm run dev`: the demo, the API and the playground from their sources, on one address.
 *
 * Vite listens on `PORT` (8787) and serves `src/` and `playground/` with hot reload. It forwards all other paths to the API,
 * which runs as a child process on a free port and restarts when a source of the server changes. Settings are those of
 * `npm start`, and so is the data folder.
 */
import './node-version.js';
import { spawn } from 'node:child_process';
import { createServer as createProbe } from 'node:net';
import { join } from 'node:path';
import { main, root, runPackage, SetupError } from './commands.js';
import { installPackages } from './packages.js';

const port = Number(process.env.PORT || 8787);
const host = process.env.HOST || '127.0.0.1';
const origin = process.env.AFTERWORD_URL || `http://localhost:${port}`;

/** Paths that Vite answers; all others belong to the API and the demo. */
const vitePaths = [
  '@',
  'custom-elements\\.json',
  'demo/\\w+\\.json',
  'node_modules/',
  'package\\.json',
  'playground/',
  'scripts/',
  'src/',
];

await main(async () => {
  await requireFreePort();
  await installPackages();
  await writeManifest();
  const { default: getPort } = await import('get-port');
  const apiPort = await getPort({ host });
  const vite = await startVite(apiPort);
  const children = [startApi(apiPort), startManifestWatcher()];

  // Vite ends the process itself at SIGTERM and when standard input closes.
  process.once('exit', () => children.forEach((child) => child.kill('SIGTERM')));
  await new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGHUP']) process.once(signal, resolve);
  });
  await vite.close();
  await Promise.all(children.map(stop));
});

/** Ends the start before anything is installed or opened: a second server on the same data would be worse than none. */
async function requireFreePort() {
  if (!(port > 0 && port < 65_536)) throw new SetupError('PORT must be a port number.');
  const code = await new Promise((resolve) => {
    const probe = createProbe();
    probe.once('error', (/** @type {NodeJS.ErrnoException} */ error) => resolve(error.code));
    probe.listen(port, host, () => probe.close(() => resolve(undefined)));
  });
  if (code === 'EADDRINUSE') throw new SetupError(`PORT ${port} on ${host} is taken. Set PORT to another.`);
  if (code) throw new SetupError(`PORT ${port} on ${host} cannot be used (${code}). Set PORT to another.`);
}

/** Writes custom-elements.json, from which the playground makes its controls. */
async function writeManifest() {
  const code = await runPackage('@custom-elements-manifest/analyzer/cem.js', ['analyze', '--quiet']);
  if (code !== 0) throw new SetupError('custom-elements.json could not be written: see above.');
}

function startManifestWatcher() {
  return start(['@custom-elements-manifest/analyzer/cem.js', 'analyze', '--quiet', '--watch']);
}

/** @param {number} apiPort */
function startApi(apiPort) {
  return start(
    ['tsx/dist/cli.mjs', 'watch', '--clear-screen=false', '--tsconfig=tsconfig.node.json', 'server/dev.ts'],
    {
      AFTERWORD_DEMO: '1',
      AFTERWORD_URL: origin,
      PORT: String(apiPort),
    },
  );
}

/**
 * Starts the command line of an installed package.
 *
 * @param {string[]} command file below `node_modules`, and arguments
 * @param {Record<string, string>} [env] settings that the environment does not override
 */
function start([file = '', ...args], env = {}) {
  return spawn(process.execPath, [join(root, 'node_modules', file), ...args], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'inherit', 'inherit'],
    // A group of its own: Ctrl+C reaches this process alone, which then stops each child once.
    detached: process.platform !== 'win32',
  });
}

/** @param {import('node:child_process').ChildProcess} child */
async function stop(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await exited;
}

/** @param {number} apiPort */
async function startVite(apiPort) {
  const { createLogger, createServer } = await import('vite');
  const logger = createLogger('warn');
  const { error: logError } = logger;
  // The API is out of reach for a moment at each restart: one line, without a stack.
  logger.error = (message, options) =>
    message.includes('http proxy error') ? logger.warnOnce('The API does not answer.') : logError(message, options);
  const server = await createServer({
    root,
    configFile: false,
    publicDir: false,
    appType: 'mpa',
    cacheDir: join(root, 'node_modules/.cache/afterword/vite'),
    customLogger: logger,
    plugins: [scriptTag()],
    optimizeDeps: { entries: ['playground/*.html', 'src/define/*.ts'] },
    server: {
      port,
      host,
      strictPort: true,
      // Preflights are the API's to answer.
      cors: { origin: true, preflightContinue: true },
      proxy: {
        [`^/(?!${vitePaths.join('|')})`]: {
          target: `http://${host}:${apiPort}`,
          configure: (proxy) => void proxy.on('proxyRes', ({ headers }) => allowViteClient(headers)),
        },
      },
    },
  });
  await server.listen();
  process.stdout.write(`\nPlayground: ${origin}/playground/\n`);
  return server;
}

/** Removes the content security policy: Vite's client adds style elements. @param {import('node:http').IncomingHttpHeaders} headers */
function allowViteClient(headers) {
  delete headers['content-security-policy'];
}

/**
 * Serves the script tag and its style sheet from the sources, under the addresses that the built ones have.
 *
 * @returns {import('vite').Plugin}
 */
function scriptTag() {
  const loader = '/src/loader/afterword.ts';
  const sources = new Map([
    ['/afterword.js', loader],
    ['/cloak.css', '/src/loader/cloak.css'],
  ]);
  return {
    name: 'script-tag',
    configureServer({ middlewares }) {
      middlewares.use((request, _response, next) => {
        request.url = sources.get(request.url ?? '') ?? request.url;
        next();
      });
    },
    // Pages of the demo come from the API, without Vite's client.
    transform: (code, id) => (id.endsWith(loader) ? `import '/@vite/client';${code}` : undefined),
  };
}
