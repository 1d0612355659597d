import { createServer } from 'node:net';
import type { Command } from 'commander';
import { pino } from 'pino';
import { createApp } from './app.js';
import { OperatorError, readConfig, type Config } from './config.js';
import { createListener, listen, stopListening } from './http/listener.js';
import { createServices } from './services.js';
import { openDatabase } from './storage/database.js';

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
  const log = pino({ level: config.log, base: undefined, timestamp: pino.stdTimeFunctions.isoTime });
  await refuseTakenPort(config);
  const database = await openDatabase(config.database);
  const services = createServices(config, database, log);
  const app = createApp(services);
  const server = createListener(app, services.cache);
  await listen(server, config.port, config.host);
  services.mailer.start();
  await services.subscriptions.start();
  log.info({ url: config.url, database: database.kind }, 'listening');
  return {
    async stop() {
      log.info('stopping');
      await stopListening(server);
      await services.subscriptions.stop();
      await services.mailer.stop();
      await database.close();
    },
  };
}

/** Before the database is touched: a second server on the same data would be worse than none. */
function refuseTakenPort({ port, host }: Config): Promise<void> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) => {
      const why = error.code === 'EADDRINUSE' ? 'is taken' : `cannot be used (${error.code ?? error.message})`;
      reject(new OperatorError(`PORT ${port} on ${host} ${why}. Set PORT to another.`));
    });
    probe.listen(port, host, () => probe.close(() => resolve()));
  });
}

function untilToldToStop(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
}
