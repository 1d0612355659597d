import { readFileSync } from 'node:fs';
import type { Kysely } from 'kysely';
import { OperatorError } from '../../config.js';
import type { Site } from '../../sites/store.js';
import type { Tables, WebhookRow } from '../../storage/tables.js';
import { readStoredNewsletters } from '../domain/lists.js';
import { destinations } from './destinations.js';
import type { NewEndpoint } from './endpoints.js';
import { webhookEvents, type WebhookEvent } from './events.js';
import type { ServiceSettings } from './settings.js';
import { newWebhookSecret } from './signed-webhook.js';

/** The options of `afterword webhooks add`. */
export interface AddOptions extends ServiceSettings {
  readonly site?: string;
  readonly events?: readonly string[];
  readonly allowPrivate?: boolean;
  readonly service?: string;
  readonly url?: string;
  readonly token?: string;
}

type Service = Exclude<WebhookRow['service'], 'webhook'>;

/** The options that each service needs besides `--newsletter`. */
const neededOptions: Readonly<Record<Service, readonly ('url' | 'user' | 'token' | 'list' | 'label')[]>> = {
  listmonk: ['url', 'user', 'token', 'list'],
  mailchimp: ['token', 'list'],
  ghost: ['url', 'token', 'list'],
};

/** Events that are sent to a service. It has no use for addresses that have not confirmed. */
const serviceEvents: readonly WebhookEvent[] = ['confirmed', 'changed', 'left', 'bounced'];

/** Checks what is to be added. @throws OperatorError with what is missing or wrong */
export async function readNewEndpoint(
  read: Kysely<Tables>,
  site: Site,
  address: string | undefined,
  given: AddOptions,
): Promise<NewEndpoint> {
  const allowsPrivate = given.allowPrivate === true;
  const events = readEvents(given.events);
  if (given.service === undefined) {
    if (address === undefined) throw new OperatorError('Name the address of the webhook, or a --service.');
    return {
      ...{ siteId: site.id, service: 'webhook', url: readUrl(address, allowsPrivate), allowsPrivate },
      ...{ secret: newWebhookSecret(), settings: {}, events: events ?? webhookEvents },
    };
  }
  const service = readService(given.service);
  const missing = [...neededOptions[service], 'newsletter' as const].filter((option) => !given[option]);
  if (missing.length > 0)
    throw new OperatorError(`${service} needs ${missing.map((option) => `--${option}`).join(', ')}.`);
  const { newsletter, user, list, label } = given;
  const known = (await readStoredNewsletters(read, site.id)).map(({ id }) => id);
  if (!known.includes(newsletter!))
    throw new OperatorError(`The site has no newsletter "${newsletter}". There are: ${known.join(', ') || 'none'}.`);
  const secret = readToken(given.token!);
  return {
    ...{ siteId: site.id, service, secret, allowsPrivate, events: events ?? serviceEvents },
    url: readUrl(given.url ?? mailchimpUrl(secret), allowsPrivate),
    settings: {
      ...(newsletter !== undefined && { newsletter }),
      ...(user !== undefined && { user }),
      ...(list !== undefined && { list }),
      ...(label !== undefined && { label }),
    },
  };
}

function readService(name: string): Service {
  const known = Object.keys(neededOptions).filter((service) => service in destinations);
  if (!known.includes(name)) throw new OperatorError(`--service ${name} is not one of ${known.join(', ')}.`);
  return name as Service;
}

function readEvents(given: readonly string[] | undefined): readonly WebhookEvent[] | undefined {
  const names = given?.flatMap((names) => names.split(',')).filter(Boolean);
  const unknown = names?.find((name) => !(webhookEvents as readonly string[]).includes(name));
  if (unknown !== undefined) throw new OperatorError(`--events ${unknown} is not one of ${webhookEvents.join(', ')}.`);
  return names && ([...new Set(names)] as WebhookEvent[]);
}

function readUrl(address: string, allowsPrivate: boolean): string {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) throw new OperatorError(`"${address}" is not an address with https.`);
  if (url.protocol === 'http:' && !allowsPrivate)
    throw new OperatorError('The address must begin with https://. --allow-private lets http through.');
  if (url.username || url.password) throw new OperatorError('The address must not contain a user or a password.');
  url.hash = '';
  return url.href;
}

/** Reads a token, which `@` takes from a file: arguments are seen by every user of the machine. */
function readToken(given: string): string {
  if (!given.startsWith('@')) return given.trim();
  try {
    return readFileSync(given.slice(1), 'utf8').trim();
  } catch (error) {
    throw new OperatorError(`${given.slice(1)} cannot be read (${(error as NodeJS.ErrnoException).code}).`);
  }
}

/** Returns the address of the data center that a Mailchimp key ends with. */
function mailchimpUrl(key: string): string {
  const dataCenter = /-([a-z]{2}\d{1,3})$/.exec(key)?.[1];
  if (dataCenter === undefined) throw new OperatorError('A Mailchimp key ends with its data center, such as -us6.');
  return `https://${dataCenter}.api.mailchimp.com`;
}
