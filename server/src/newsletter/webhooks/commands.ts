import type { Command } from 'commander';
import { readLimit } from '../../command-options.js';
import { OperatorError } from '../../config.js';
import { existingSite, withSite } from '../../sites/with-site.js';
import { Sites } from '../../sites/store.js';
import { withExistingDatabase } from '../../storage/existing-database.js';
import { attempt, DeliveryFailure } from './destination.js';
import { destinationOf } from './destinations.js';
import { addEndpoint, readEndpoint, removeEndpoint, replayDelivery, resumeEndpoint } from './endpoints.js';
import { webhookEvents } from './events.js';
import { readNewEndpoint, type AddOptions } from './new-endpoint.js';

interface DeliveriesOptions {
  readonly site?: string;
  readonly failed?: boolean;
  readonly limit: string;
}

/** Adds `afterword webhooks`: where changes of subscriptions are sent to. */
export function addWebhookCommands(program: Command): void {
  const webhooks = program
    .command('webhooks')
    .description('Endpoints that changes of subscriptions are sent to: signed webhooks, listmonk, Mailchimp, Ghost.');
  addEndpointCommands(webhooks);
  addDeliveryCommands(webhooks);
}

function addEndpointCommands(webhooks: Command): void {
  webhooks
    .command('add')
    .description('Send changes of subscriptions to an endpoint. Prints the secret of its signatures, once.')
    .argument('[url]', 'the address of a webhook')
    .option('--site <id>', 'the site (default: the only one)')
    .option('--events <event...>', `events to send: ${webhookEvents.join(', ')} (default: all)`)
    .option('--allow-private', 'allow http, and addresses of private networks')
    .option('--service <name>', 'use the API of a service: listmonk, mailchimp or ghost')
    .option('--url <url>', 'the address of the service')
    .option('--user <name>', "listmonk's API user")
    .option('--token <token>', 'the token or key of the API; @file reads it from a file')
    .option(
      '--list <id>',
      "the service's list: of listmonk a number, of Mailchimp the audience, of Ghost the newsletter",
    )
    .option('--newsletter <id>', 'our newsletter whose subscribers the list gets')
    .option('--label <name>', 'a label for the members of Ghost')
    .action((url: string | undefined, given: AddOptions) =>
      withSite(given.site, async (database, site) => {
        const endpoint = await readNewEndpoint(database.read, site, url, given);
        const id = await database.writer.submit(addEndpoint, endpoint);
        process.stdout.write(`Webhook ${id} is ready. Try it with: afterword webhooks test ${id}\n`);
        if (endpoint.service === 'webhook')
          process.stdout.write(`Secret of its signatures (shown once): ${endpoint.secret}\n`);
      }),
    );

  webhooks
    .command('list')
    .description('List endpoints: id, site, service, state, failures in a row, queued deliveries, events, address.')
    .option('--site <id>', 'endpoints of one site')
    .action(({ site }: { site?: string }) =>
      withExistingDatabase(async (database) => {
        if (site !== undefined) await existingSite(new Sites(database, []), site);
        const { read } = database;
        let rows = read.selectFrom('webhooks').selectAll().orderBy('id');
        if (site !== undefined) rows = rows.where('siteId', '=', site);
        for (const row of await rows.execute()) {
          const { count } = await read
            .selectFrom('webhook_deliveries')
            .select(({ fn }) => fn.countAll<number>().as('count'))
            .where('webhookId', '=', row.id)
            .where('dueAt', 'is not', null)
            .executeTakeFirstOrThrow();
          const state = row.isActive === 1 ? 'active' : 'paused';
          const events = (JSON.parse(row.eventsJson) as string[]).join(',');
          printRow([row.id, row.siteId, row.service, state, row.failureCount, count, events, shownUrl(row.url)]);
        }
      }),
    );

  webhooks
    .command('remove')
    .description('Remove an endpoint with its deliveries, queued ones included.')
    .argument('<id>', 'its id')
    .action((id: string) =>
      withExistingDatabase(async ({ writer }) => {
        await writer.submit(removeEndpoint, id);
        process.stdout.write(`Webhook ${id} is removed.\n`);
      }),
    );

  webhooks
    .command('resume')
    .description('Send to a paused endpoint again, at once: what was queued meanwhile, too.')
    .argument('<id>', 'its id')
    .action((id: string) =>
      withExistingDatabase(async ({ writer }) => {
        await writer.submit(resumeEndpoint, id);
        process.stdout.write(`Webhook ${id} is active. Running servers follow within two seconds.\n`);
      }),
    );

  webhooks
    .command('test')
    .description('Send an event "test" to a webhook, or check the credentials and the list of a service.')
    .argument('<id>', 'its id')
    .action((id: string) =>
      withExistingDatabase(async ({ read }) => {
        const webhook = await readEndpoint(read, id);
        const destination = destinationOf(webhook);
        try {
          await attempt(webhook, destination, (send) => destination.check(webhook, send));
        } catch (error) {
          if (error instanceof DeliveryFailure) throw new OperatorError(`The endpoint failed: ${error.message}`);
          throw error;
        }
        process.stdout.write('The endpoint has accepted it.\n');
      }),
    );
}

function addDeliveryCommands(webhooks: Command): void {
  webhooks
    .command('deliveries')
    .description('List deliveries, newest first: id, webhook, event, state, tries, time, last error. No addresses.')
    .option('--site <id>', 'deliveries of one site')
    .option('--failed', 'only those that were given up')
    .option('--limit <n>', 'maximum number of deliveries', '50')
    .action(({ site, failed, limit }: DeliveriesOptions) => {
      const maxRows = readLimit(limit);
      return withExistingDatabase(async ({ read }) => {
        let rows = read.selectFrom('webhook_deliveries').selectAll().orderBy('id', 'desc').limit(maxRows);
        if (site !== undefined) rows = rows.where('siteId', '=', site);
        if (failed) rows = rows.where('dueAt', 'is', null).where('deliveredAt', 'is', null);
        for (const row of await rows.execute()) {
          const state = row.dueAt !== null ? 'queued' : row.deliveredAt !== null ? 'delivered' : 'failed';
          const at = new Date(row.dueAt ?? row.deliveredAt ?? row.createdAt).toISOString();
          printRow([row.id, row.webhookId, row.event, state, `${row.tries} tries`, at, row.lastError ?? '-']);
        }
      });
    });

  webhooks
    .command('replay')
    .description('Send deliveries again, with the same webhook-id. Running servers follow within two seconds.')
    .argument('<id...>', 'ids of deliveries')
    .action((ids: string[]) =>
      withExistingDatabase(async ({ writer }) => {
        for (const id of ids) process.stdout.write(`${id}\t${await writer.submit(replayDelivery, id)}\n`);
      }),
    );
}

function printRow(columns: readonly (string | number)[]): void {
  process.stdout.write(`${columns.join('\t')}\n`);
}

/** Leaves out the query, which may hold a token. */
function shownUrl(url: string): string {
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`;
}
