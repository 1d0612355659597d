import { hash, randomBytes, timingSafeEqual } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { lang, limits, serverKeyPrefix, slug } from 'afterword/contract';
import type { Kysely } from 'kysely';
import { z } from 'zod';
import type { Database } from '../storage/database.js';
import { memoryCache } from '../storage/memory-cache.js';
import type { SiteRow, Tables } from '../storage/tables.js';
import { runSequentially, type Command } from '../storage/writer.js';
import { byteLength } from '../text.js';
import { secondMs } from '../time.js';

const commentRulesSchema = z.object({
  /** Words and phrases, matched by comments/rules/banned-words.ts. */
  words: z.array(z.string().min(1).max(limits.bannedWordChars)).max(limits.bannedWords).default([]),
  /** More links than this hold a comment; `null` allows any number. */
  links: z.int().min(0).max(limits.integer).nullable().default(2),
  /** The first comments of a reader that are held; 0 for none. */
  newCommenter: z.int().min(0).max(20).default(0),
  /** The minutes within which a repeated text is held; 0 for never. */
  repeatMinutes: z.int().min(0).max(1440).default(10),
  /** More comments within so many minutes are held. */
  rate: z
    .object({ comments: z.int().min(1).max(20), minutes: z.int().min(1).max(1440) })
    .default({ comments: 20, minutes: 5 }),
  /** The publisher's own check, called last. */
  external: z
    .object({
      url: z.url({ protocol: /^https?$/ }).max(limits.storyKeyBytes),
      secret: z.string().min(16).max(1000),
      timeoutMillis: z.int().min(100).max(5000).default(1500),
    })
    .nullable()
    .default(null),
});

const reactionRulesSchema = z.object({
  /** Guests of one network that may vote in a poll on a story, or on a comment, within an hour. Others must sign in. `null` for any number. */
  networkGuests: z.int().min(1).max(limits.integer).nullable().default(500),
  /** Guests within a minute that freeze a poll, where that is five times the usual number and nearly all vote alike. `null` for never. */
  burstGuests: z.int().min(1).max(limits.integer).nullable().default(300),
});

export const siteSettingsSchema = z.object({
  /** The story keys that a reader's write may create. */
  stories: z.enum(['known', 'origins', 'any']).default('origins'),
  /** `pre` holds a guest's comment for a moderator. */
  moderation: z.enum(['pre', 'post']).default('pre'),
  who: z.enum(['guest', 'email', 'signed-on']).default('guest'),
  votes: z.enum(['up', 'up-down']).default('up'),
  editSeconds: z.int().min(0).max(limits.integer).default(300),
  /** Days after publication when threads close; `null` for never. */
  closeAfterDays: z.int().min(1).max(36_500).nullable().default(null),
  /** The number of readers whose reports hold a comment. */
  reportsToHold: z.int().min(1).max(limits.integer).default(3),
  /** Rules that hold a comment for a moderator. */
  rules: commentRulesSchema.prefault({}),
  /** Mails to confirm and notices that anybody can trigger, in an hour: by one network, and in all. Others are not sent. */
  newsletter: z
    .object({ networkMailsPerHour: z.int().min(1).default(20), mailsPerHour: z.int().min(1).default(1000) })
    .prefault({}),
  /** Rules against ballot stuffing. */
  reactions: reactionRulesSchema.prefault({}),
});
export type SiteSettings = z.infer<typeof siteSettingsSchema>;

/** Settings that are about to be stored. Those that an earlier version has stored may exceed the limit of bytes. */
export const newSettingsSchema = siteSettingsSchema.refine(
  ({ rules }) => rules.words.reduce((bytes, word) => bytes + byteLength(word), 0) <= limits.bannedWordsBytes,
  { path: ['rules', 'words'], error: `At most ${limits.bannedWordsBytes / 1024} kB in all.` },
);

export const newSiteSchema = z.object({
  id: slug,
  name: z.string().min(1).max(100),
  lang: lang.default('vi'),
  origins: z.array(z.url({ protocol: /^https?$/ }).transform((url) => new URL(url).origin)).default([]),
  settings: siteSettingsSchema.prefault({}),
});
export type NewSite = z.output<typeof newSiteSchema>;

/** A publisher's site. */
export interface Site extends NewSite {
  readonly serverKeyHash: string | null;
}

const ttlMs = 5 * secondMs;
const maxSites = 1000;

/** Adds rows of a feature to a site, in the transaction that stores the site. Runs again when the site is changed. */
export type SiteSetup = (db: Kysely<Tables>, siteId: string) => Promise<void>;

/** The sites of this server. Cached for five seconds, so that changes by the command line show. */
export class Sites {
  readonly #database: Database;
  readonly #cache = memoryCache<Site>(maxSites, ttlMs);
  readonly #last = memoryCache<{ row: SiteRow; site: Site }>(maxSites);
  readonly #put: Command<NewSite, void>;
  readonly #add: Command<NewSite, boolean>;

  /** @param setups run by `add` and `put` */
  constructor(database: Database, setups: readonly SiteSetup[]) {
    this.#database = database;
    this.#put = putSites(setups);
    this.#add = addSites(setups);
  }

  async get(id: string): Promise<Site | undefined> {
    const cached = this.#cache.get(id);
    if (cached) return cached;
    // PostgreSQL refuses some characters that a URL or a form may contain.
    if (!slug.safeParse(id).success) return undefined;
    const row = await this.#database.read.selectFrom('sites').selectAll().where('id', '=', id).executeTakeFirst();
    if (!row) return undefined;
    // An unchanged site stays the same object, so that caches of its settings stay valid.
    const last = this.#last.get(id);
    const site = last && isDeepStrictEqual(last.row, row) ? last.site : fromRow(row);
    this.#last.set(id, { row, site });
    this.#cache.set(id, site);
    return site;
  }

  async list(): Promise<Site[]> {
    return (await this.#database.read.selectFrom('sites').selectAll().orderBy('id').execute()).map(fromRow);
  }

  /**
   * Adds a site, and runs the setups of the features.
   *
   * @returns false where there is a site of this id, which is left unchanged
   */
  add(site: NewSite): Promise<boolean> {
    return this.#database.writer.submit(this.#add, site);
  }

  /** Adds or updates a site, and runs the setups of the features. */
  async put(site: NewSite): Promise<void> {
    await this.#database.writer.submit(this.#put, site);
    this.#cache.delete(site.id);
  }

  /** Makes a new server key, which replaces the old one. Only its hash is stored. */
  async makeServerKey(id: string): Promise<string> {
    const key = `${serverKeyPrefix}${randomBytes(32).toString('base64url')}`;
    await this.#database.writer.submit(setServerKey, { id, hash: hashOf(key) });
    this.#cache.delete(id);
    return key;
  }
}

/** Returns whether a bearer token is the server key of a site. */
export function isServerKey(site: Site, token: string | undefined): boolean {
  if (!token?.startsWith(serverKeyPrefix) || !site.serverKeyHash) return false;
  return timingSafeEqual(Buffer.from(hashOf(token)), Buffer.from(site.serverKeyHash));
}

/** Adds sites, and runs the setups of each in the same transaction. Leaves sites that exist unchanged. */
function addSites(setups: readonly SiteSetup[]): Command<NewSite, boolean> {
  return {
    name: 'add-sites',
    run: ({ db }, sites) =>
      runSequentially(sites, async (site) => {
        const { numInsertedOrUpdatedRows } = await db
          .insertInto('sites')
          .values({ id: site.id, serverKeyHash: null, createdAt: Date.now(), ...toRow(site) })
          .onConflict((conflict) => conflict.column('id').doNothing())
          .executeTakeFirstOrThrow();
        const isNew = numInsertedOrUpdatedRows === 1n;
        if (isNew) for (const setUp of setups) await setUp(db, site.id);
        return isNew;
      }),
  };
}

/** Stores sites, and runs the setups of each in the same transaction. */
export function putSites(setups: readonly SiteSetup[]): Command<NewSite, void> {
  return {
    name: 'put-sites',
    async run({ db }, sites) {
      for (const site of sites) {
        const row = toRow(site);
        await db
          .insertInto('sites')
          .values({ id: site.id, serverKeyHash: null, createdAt: Date.now(), ...row })
          .onConflict((conflict) => conflict.column('id').doUpdateSet(row))
          .execute();
        for (const setUp of setups) await setUp(db, site.id);
      }
      return sites.map(() => undefined);
    },
  };
}

const setServerKey: Command<{ id: string; hash: string }, void> = {
  name: 'set-server-key',
  async run({ db }, keys) {
    for (const { id, hash } of keys)
      await db.updateTable('sites').set({ serverKeyHash: hash }).where('id', '=', id).execute();
    return keys.map(() => undefined);
  },
};

function hashOf(key: string): string {
  return hash('sha256', key, 'base64url');
}

function toRow({ name, lang, origins, settings }: NewSite) {
  return { name, lang, originsJson: JSON.stringify(origins), settingsJson: JSON.stringify(settings) };
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
