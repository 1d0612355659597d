import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { lang, serverKeyPrefix, slug } from 'afterword/contract';
import { z } from 'zod';
import { growingCache } from '../growing-cache.js';
import { addPoll, defaultPollWords } from '../reactions/polls.js';
import type { Database } from '../storage/database.js';
import type { SiteRow } from '../storage/tables.js';
import type { Command } from '../storage/writer.js';

const commentRulesSchema = z.object({
  /** Words and phrases; how they are found is told in comments/rules/banned-words.ts. */
  words: z.array(z.string().min(1).max(200)).max(20_000).default([]),
  /** More links than this; `null`: any number may stand. */
  links: z.int().min(0).nullable().default(2),
  /** The first so many comments of a reader; 0: none. */
  newCommenter: z.int().min(0).max(20).default(0),
  /** The same said again within so many minutes; 0: as often as they like. */
  repeatMinutes: z.int().min(0).max(1440).default(10),
  /** So many comments within so many minutes. */
  rate: z.object({ comments: z.int().min(1).max(20), minutes: z.int().min(1) }).default({ comments: 20, minutes: 5 }),
  /** The publisher's own check, asked last. */
  external: z
    .object({
      url: z.url({ protocol: /^https?$/ }),
      secret: z.string().min(16),
      timeoutMillis: z.int().min(100).max(5000).default(1500),
    })
    .nullable()
    .default(null),
});

const reactionRulesSchema = z.object({
  /** So many guests of one network may vote in a poll on a story within an hour; others are asked to sign in. `null`: any number. */
  networkGuests: z.int().min(1).nullable().default(500),
  /** So many guests within a minute, five times what is usual and nearly all for the same, pause a poll. `null`: never. */
  burstGuests: z.int().min(1).nullable().default(300),
});

export const siteSettingsSchema = z.object({
  /** Which story keys a reader's write may make known. */
  stories: z.enum(['known', 'origins', 'any']).default('origins'),
  /** Whether a guest's comment waits for a moderator. */
  moderation: z.enum(['pre', 'post']).default('pre'),
  who: z.enum(['guest', 'email', 'signed-on']).default('guest'),
  votes: z.enum(['up', 'up-down']).default('up'),
  editSeconds: z.int().min(0).default(300),
  /** Threads close so many days after their story came out; `null`: never. */
  closeAfterDays: z.int().min(1).nullable().default(null),
  /** Reports by so many readers hold a comment for a moderator. */
  reportsToHold: z.int().min(1).default(3),
  /** What holds a comment for a moderator. */
  rules: commentRulesSchema.prefault({}),
  /** What keeps polls from being stuffed. */
  reactions: reactionRulesSchema.prefault({}),
});
export type SiteSettings = z.infer<typeof siteSettingsSchema>;

export const newSiteSchema = z.object({
  id: slug,
  name: z.string().min(1).max(100),
  lang: lang.default('vi'),
  origins: z.array(z.url({ protocol: /^https?$/ }).transform((url) => new URL(url).origin)).default([]),
  settings: siteSettingsSchema.prefault({}),
});
export type NewSite = z.output<typeof newSiteSchema>;

/** A publisher's site, as the rest of the server sees it. */
export interface Site extends NewSite {
  readonly serverKeyHash: string | null;
}

const freshMillis = 5000;

/** The sites of this server. Reads are kept for five seconds, so a change by the command line comes through. */
export class Sites {
  readonly #database: Database;
  readonly #known = growingCache<Site>(1000, freshMillis);
  readonly #last = growingCache<{ row: SiteRow; site: Site }>(1000);

  constructor(database: Database) {
    this.#database = database;
  }

  async get(id: string): Promise<Site | undefined> {
    const known = this.#known.get(id);
    if (known) return known;
    // It comes out of an address or a form: not every database can be asked for what may stand there.
    if (!slug.safeParse(id).success) return undefined;
    const row = await this.#database.read.selectFrom('sites').selectAll().where('id', '=', id).executeTakeFirst();
    if (!row) return undefined;
    // The same site stays the same object: what others have made of its settings holds on.
    const last = this.#last.get(id);
    const site = last && isDeepStrictEqual(last.row, row) ? last.site : fromRow(row);
    this.#last.set(id, { row, site });
    this.#known.set(id, site);
    return site;
  }

  async list(): Promise<Site[]> {
    return (await this.#database.read.selectFrom('sites').selectAll().orderBy('id').execute()).map(fromRow);
  }

  /** Adds a site with the default poll, or brings an existing one up to date. */
  async put(site: NewSite): Promise<void> {
    await this.#database.writer.submit(putSites, site);
    this.#known.delete(site.id);
  }

  /** Makes a new key for the site's own servers; the old one stops working. It is told once and stored as a hash. */
  async makeServerKey(id: string): Promise<string> {
    const key = `${serverKeyPrefix}${randomBytes(32).toString('base64url')}`;
    await this.#database.writer.submit(setServerKey, { id, hash: hashOf(key) });
    this.#known.delete(id);
    return key;
  }
}

/** Whether a bearer token is the site's server key. */
export function isServerKey(site: Site, token: string | undefined): boolean {
  if (!token?.startsWith(serverKeyPrefix) || !site.serverKeyHash) return false;
  return timingSafeEqual(Buffer.from(hashOf(token)), Buffer.from(site.serverKeyHash));
}

export const putSites: Command<NewSite, void> = {
  name: 'put-sites',
  async run({ db }, sites) {
    for (const site of sites) {
      const row = {
        name: site.name,
        lang: site.lang,
        originsJson: JSON.stringify(site.origins),
        settingsJson: JSON.stringify(site.settings),
      };
      await db
        .insertInto('sites')
        .values({ id: site.id, serverKeyHash: null, createdAt: Date.now(), ...row })
        .onConflict((conflict) => conflict.column('id').doUpdateSet(row))
        .execute();
      await addPoll(db, site.id, defaultPollWords);
    }
    return sites.map(() => undefined);
  },
};

const setServerKey: Command<{ id: string; hash: string }, void> = {
  name: 'set-server-key',
  async run({ db }, keys) {
    for (const { id, hash } of keys)
      await db.updateTable('sites').set({ serverKeyHash: hash }).where('id', '=', id).execute();
    return keys.map(() => undefined);
  },
};

function hashOf(key: string): string {
  return createHash('sha256').update(key).digest('base64url');
}

function fromRow(row: SiteRow): Site {
  return {
    id: row.id,
    name: row.name,
    lang: row.lang,
    origins: JSON.parse(row.originsJson) as string[],
    settings: siteSettingsSchema.parse(JSON.parse(row.settingsJson)),
    serverKeyHash: row.serverKeyHash,
  };
}
