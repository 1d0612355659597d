import type { Logger } from 'pino';
import { ThreadOrders } from './comments/orders.js';
import { CommentRules } from './comments/rules/pipeline.js';
import { Standings } from './comments/rules/standing.js';
import type { Config } from './config.js';
import { ClientAddress } from './http/client-address.js';
import { PublicCache } from './http/public-cache.js';
import { RateLimits } from './http/rate-limits.js';
import { LiveHub } from './live/hub.js';
import { createMailer, type Mailer } from './mail/mailer.js';
import { Subscriptions } from './newsletter/subscriptions.js';
import { Crowds } from './reactions/crowds.js';
import { Polls } from './reactions/polls.js';
import { ReaderNames } from './readers/names.js';
import { Readers } from './readers/store.js';
import { ReaderTokens } from './readers/tokens.js';
import { Sites } from './sites/store.js';
import { KnownStories } from './stories/known-stories.js';
import { Shelves } from './stories/shelves.js';
import type { Database } from './storage/database.js';

/** What every part of the server may use; made once at start. */
export interface Services {
  readonly config: Config;
  readonly log: Logger;
  readonly database: Database;
  readonly cache: PublicCache;
  readonly rateLimits: RateLimits;
  readonly clientAddress: ClientAddress;
  readonly sites: Sites;
  readonly stories: KnownStories;
  readonly orders: ThreadOrders;
  readonly commentRules: CommentRules;
  readonly shelves: Shelves;
  readonly polls: Polls;
  readonly crowds: Crowds;
  readonly readers: Readers;
  readonly readerNames: ReaderNames;
  readonly mailer: Mailer;
  readonly subscriptions: Subscriptions;
  readonly live: LiveHub;
}

export function createServices(config: Config, database: Database, log: Logger): Services {
  const mailer = createMailer(config, database, log);
  const services = {
    config,
    log,
    database,
    cache: new PublicCache(),
    rateLimits: new RateLimits(config.limits),
    clientAddress: new ClientAddress(config.trustProxy, log),
    sites: new Sites(database),
    stories: new KnownStories(database),
    orders: new ThreadOrders(database),
    commentRules: new CommentRules(new Standings(database), log, config.limits),
    shelves: new Shelves(database),
    polls: new Polls(database),
    crowds: new Crowds(config.limits),
    readerNames: new ReaderNames(database),
    readers: new Readers(database, new ReaderTokens(config.secrets)),
    mailer,
    subscriptions: new Subscriptions(config, database, mailer, log),
  };
  return { ...services, live: new LiveHub(services) };
}
