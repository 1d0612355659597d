import { createServer } from 'node:net';
import type { Command } from 'commander';
import getPort from 'get-port';
import { pino, type Logger } from 'pino';
import { createApp, createServices, hotRoutes, version, type Services } from './app.js';
import { OperatorError, readConfig, type Config } from './config.js';
import { refuseOtherData } from './demo/mark.js';
import { startDemo } from './demo/start.js';
import { accessLog } from './http/access-log.js';
import { hotHandler } from './http/hot-routes.js';
import { createListener, createPageListener, listen } from './http/listener.js';
import { checkSecrets } from './ops/secret-check.js';
import { stopInOrder, stopSignal } from './ops/stopping.js';
import type { Tracing } from './ops/tracing.js';
import { openDatabase } from './storage/database.js';
import { SlowStatements } from './storage/slow-statements.js';

/** The number of ports after the server's own that are tried for the demo's partner page. */
const maxPartnerTries = 20;
/** The wait for the process to exit by itself, before what is still open is given up. */
const exitDelayMs = 200;

export function addServeCommand(program: Command): void {
  program
    .command('serve')
    .description('Serve the API and the widgets until interrupted. Reads its settings from the environment.')
    .action(async () => {
      // From the start: a signal that arrives while the server starts stops it afterwards.
      const signal = stopSignal();
      const server = await serve(readConfig(process.env));
      await signal;
      try {
        await server.stop();
      } finally {
        setTimeout(() => process.exit(), exitDelayMs).unref();
      }
    });
}

export interface RunningServer {
  /** @throws OperatorError where something has not ended in time */
  stop(): Promise<void>;
}

/** Starts a server, and prints the addresses of the demo once it answers. */
export async function serve(config: Config): Promise<RunningServer> {
  const log = createLog(config);
  const { port, host } = config;
  // Before the database is opened: two servers must not write to the same data.
  const obstacle = await portObstacle(port, host);
  if (obstacle) throw new OperatorError(`PORT ${port} on ${host} ${obstacle}. Set PORT to another.`);
  const tracing = config.traces && (await import('./ops/tracing.js')).startTracing(config.traces, version, log);
  const { slowStatementMs } = config;
  const slowStatements = new SlowStatements(slowStatementMs, log, tracing?.observeSlowStatement);
  let refusedAttempts = 0;
  const database = await openDatabase(config.database, {
    maxConnections: config.databasePool,
    onStatement: slowStatementMs > 0 ? slowStatements.observe : undefined,
    writeTracing: tracing?.writes,
    onMigrated: (names) => log.info({ migrations: names }, 'database upgraded'),
    onWait: () => refusedAttempts++ === 0 && log.warn('waiting for another process that changes the database'),
  });
  try {
    await refuseOtherData(database, config);
    await checkSecrets(database, config.secrets);
  } catch (error) {
    await database.close();
    throw error;
  }
  const services = createServices(config, database, log, tracing);
  if (config.valkey) log.warn('AFTERWORD_VALKEY is not used yet: limits and caches are those of this node alone.');

  const partnerPort = config.demo ? await freePortAfter(port, host) : undefined;
  const partnerUrl = partnerPort === undefined ? undefined : `http://localhost:${partnerPort}`;
  const demo = config.demo ? await startDemo(services, partnerUrl) : undefined;
  const { connections, requestMetrics } = services;
  const handleHot = hotHandler(services.sites, services, hotRoutes(services), requestMetrics);
  const app = createApp(services, demo?.app);
  // The trace of a request begins first, because its id may become that of the request.
  const observers = [...(tracing ? [tracing.observeRequest] : []), ...(config.isAccessLogOn ? [accessLog(log)] : [])];
  const listener = createListener(app, services.cache, handleHot, connections, requestMetrics, log, observers);
  await listen(listener, port, host);
  if (demo && partnerPort !== undefined) await listen(createPageListener(demo.partner, connections), partnerPort, host);
  services.mailer.start();
  services.subscriptions.start();
  services.webhooks.start();
  services.retention.start();
  services.backups?.start();
  log.info({ url: config.url, database: database.kind }, 'listening');
  if (demo) printAddresses(services, partnerUrl);
  return {
    stop() {
      log.info('stopping');
      return stopInOrder(stopParts(services, tracing), { drainMs: config.drainMs, deadlineMs: config.stopMs }, log);
    },
  };
}

function stopParts(
  { config, readiness, connections, live, retention, backups, subscriptions, webhooks, mailer, database }: Services,
  tracing: Tracing | undefined,
) {
  return {
    drain() {
      readiness.drain();
      // Without a pause, the listener closes first: clients that are asked to connect again would come too late.
      if (config.drainMs > 0) connections.drain();
    },
    ending: {
      'live updates': () => live.close(),
      async requests() {
        await connections.close();
        await subscriptions.stop();
      },
      mail: () => mailer.stop(),
      webhooks: () => webhooks.stop(),
      backups: async () => backups?.stop(),
      retention: () => retention.stop(),
    },
    breakOff: () => connections.destroy(),
    last: { 'the database': () => database.close(), traces: async () => tracing?.stop() },
  };
}

/** Logs four fields of an error only: databases put the refused row, which is personal data, into others. */
function createLog({ logLevel: level }: Config): Logger {
  return pino({
    level,
    base: undefined,
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: {
      err: ({ name, code, message, stack }: Error & { code?: unknown }) => ({ type: name, code, message, stack }),
    },
  });
}

function printAddresses({ config, log }: Services, partnerUrl: string | undefined): void {
  const addresses = [
    ['A news page with all four widgets', `${config.url}/`],
    ...(partnerUrl ? [["The same on a partner's site", `${partnerUrl}/`]] : []),
    ['Mails it has sent', `${config.url}/outbox`],
    ['The API', `${config.url}/docs`],
    ['Everything it keeps', config.dataFolder],
  ] as const;
  const width = Math.max(...addresses.map(([name]) => name.length));
  const lines = addresses.map(([name, address]) => `  ${name.padEnd(width)}  ${address}`);
  process.stdout.write(`\nAfterword is running. Ctrl+C stops it.\n\n${lines.join('\n')}\n\n`);
  if (!partnerUrl)
    log.warn(`No port of the ${maxPartnerTries} after ${config.port} is free: the partner's page is not served.`);
}

/** Returns the first free port of those after `port`, or `undefined` where none of them is free. */
async function freePortAfter(port: number, host: string): Promise<number | undefined> {
  const candidates = Array.from({ length: maxPartnerTries }, (_, index) => port + 1 + index).filter(
    (candidate) => candidate <= 65_535,
  );
  // `getPort` falls back to a random port.
  const found = await getPort({ port: candidates, host });
  return candidates.includes(found) ? found : undefined;
}

/** Returns the reason why a port cannot be used, or `undefined` where it is free. */
function portObstacle(port: number, host: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', ({ code, message }: NodeJS.ErrnoException) => {
      resolve(code === 'EADDRINUSE' ? 'is taken' : `cannot be used (${code ?? message})`);
    });
    probe.listen(port, host, () => probe.close(() => resolve(undefined)));
  });
}
