import type { Server } from 'node:http';
import { createServer } from 'node:net';
import type { Command } from 'commander';
import { pino, type Logger } from 'pino';
import { createApp, hotRoutesOf } from './app.js';
import { OperatorError, readConfig, type Config } from './config.js';
import { startDemo } from './demo/start.js';
import { createListener, createPageListener, listen, stopListening } from './http/listener.js';
import { Retention } from './retention.js';
import { createServices, type Services } from './services.js';
import { openDatabase } from './storage/database.js';

/** How many ports after the server's own are tried for the demo's partner page. */
const partnerTries = 20;

export function addServeCommand(program: Command): void {
  program
    .command('serve')
    .description('Serve the API and the widgets until told to stop. Reads its settings from the environment.')
    .action(async () => {
      const server = await serve(readConfig(process.env));
      await untilToldToStop();
      await server.stop();
    });
}

export interface RunningServer {
  stop(): Promise<void>;
}

/** Starts everything, and says where to look once it answers. */
export async function serve(config: Config): Promise<RunningServer> {
  const log = createLog(config);
  const { port, host } = config;
  // Before the database is touched: a second server on the same data would be worse than none.
  const refusal = await whyNotFree(port, host);
  if (refusal) throw new OperatorError(`PORT ${port} on ${host} ${refusal}. Set PORT to another.`);
  const database = await openDatabase(config.database).catch((error: Error) => {
    throw new OperatorError(`The database cannot be opened: ${error.message}`, { cause: error });
  });
  const services = createServices(config, database, log);
  if (config.valkey) log.warn('AFTERWORD_VALKEY is not used yet: limits and caches are those of this node alone.');

  const partnerPort = config.demo ? await freePortAfter(port, host) : undefined;
  const partnerUrl = partnerPort === undefined ? undefined : `http://localhost:${partnerPort}`;
  const demo = config.demo ? await startDemo(services, partnerUrl) : undefined;
  const servers = [createListener(createApp(services, demo?.app), services, hotRoutesOf(services))];
  await listen(servers[0] as Server, port, host);
  if (demo && partnerPort !== undefined) {
    const partner = createPageListener(demo.partner);
    await listen(partner, partnerPort, host);
    servers.push(partner);
  }
  services.mailer.start();
  await services.subscriptions.start();
  const retention = new Retention(database, log);
  await retention.start();
  log.info({ url: config.url, database: database.kind }, 'listening');
  if (demo) sayWhereToLook(services, partnerUrl);
  return {
    async stop() {
      log.info('stopping');
      retention.stop();
      await services.live.close();
      await Promise.all(servers.map(stopListening));
      await services.subscriptions.stop();
      await services.mailer.stop();
      await database.close();
    },
  };
}

/** Of errors only what is said about the code: databases tell the refused row in fields of their own. */
function createLog({ log: level }: Config): Logger {
  return pino({
    level,
    base: undefined,
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: {
      err: ({ name, code, message, stack }: Error & { code?: unknown }) => ({ type: name, code, message, stack }),
    },
  });
}

function sayWhereToLook({ config, log }: Services, partnerUrl: string | undefined): void {
  const places = [
    ['A news page with all four widgets', `${config.url}/`],
    ...(partnerUrl ? [["The same on a partner's site", `${partnerUrl}/`]] : []),
    ['Mails it has sent', `${config.url}/outbox`],
    ['The API', `${config.url}/docs`],
    ['Everything it keeps', config.data],
  ] as const;
  const width = Math.max(...places.map(([what]) => what.length));
  const lines = places.map(([what, where]) => `  ${what.padEnd(width)}  ${where}`);
  process.stdout.write(`\nAfterword is running. Ctrl+C stops it.\n\n${lines.join('\n')}\n\n`);
  if (!partnerUrl)
    log.warn(`No port of the ${partnerTries} after ${config.port} is free: the partner's page is not served.`);
}

async function freePortAfter(port: number, host: string): Promise<number | undefined> {
  for (let candidate = port + 1; candidate <= Math.min(port + partnerTries, 65_535); candidate += 1) {
    if ((await whyNotFree(candidate, host)) === undefined) return candidate;
  }
  return undefined;
}

function whyNotFree(port: number, host: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', ({ code, message }: NodeJS.ErrnoException) => {
      resolve(code === 'EADDRINUSE' ? 'is taken' : `cannot be used (${code ?? message})`);
    });
    probe.listen(port, host, () => probe.close(() => resolve(undefined)));
  });
}

function untilToldToStop(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
}
