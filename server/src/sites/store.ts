import { isDeepStrictEqual } from 'node:util';
import { newSiteSchema, siteSettingsSchema, slug } from 'afterword/contract';
import type { Kysely } from 'kysely';
import type { z } from 'zod';
import { Problem } from '../problem.js';
import type { Database } from '../storage/database.js';
import { memoryCache } from '../storage/memory-cache.js';
import type { SiteRow, Tables } from '../storage/tables.js';
import { runSequentially, type Command } from '../storage/writer.js';
import { secondMs } from '../time.js';
import { newServerKey, rotateServerKeys, type SiteKeys } from './server-keys.js';

export { newSiteSchema, siteSettingsSchema };
export type SiteSettings = z.output<typeof siteSettingsSchema>;
export type NewSite = z.output<typeof newSiteSchema>;

/** A publisher's site. */
export interface Site extends NewSite, SiteKeys {}

/** The time after which changes by other processes show. */
export const siteCacheMs = 5 * secondMs;
const maxSites = 1000;

/** Adds rows of a feature to a site, in the transaction that stores the site. Runs again when the site is changed. */
export type SiteSetup = (db: Kysely<Tables>, siteId: string) => Promise<void>;

/** A change of a stored site. An error that it throws leaves the site as it is. */
interface SiteChange {
  readonly id: string;
  change(this: void, site: Site): NewSite;
}

/** The sites of this server. Cached for five seconds, so that changes by the command line show. */
export class Sites {
  readonly #database: Database;
  readonly #cache = memoryCache<Site>(maxSites, siteCacheMs);
  readonly #last = memoryCache<{ row: SiteRow; site: Site }>(maxSites);
  readonly #put: Command<NewSite, void>;
  readonly #add: Command<NewSite, boolean>;
  readonly #update: Command<SiteChange, NewSite>;

  /** @param setups run by `add`, `put` and `update` */
  constructor(database: Database, setups: readonly SiteSetup[]) {
    this.#database = database;
    this.#put = putSites(setups);
    this.#add = addSites(setups);
    this.#update = updateSites(setups);
  }

  /** Returns a site, unless it is being removed. */
  async get(id: string): Promise<Site | undefined> {
    const cached = this.#cache.get(id);
    if (cached) return cached;
    // PostgreSQL refuses some characters that a URL or a form may contain.
    if (!slug.safeParse(id).success) return undefined;
    const row = await this.#database.read
      .selectFrom('sites')
      .selectAll()
      .where('id', '=', id)
      .where('removedAt', 'is', null)
      .executeTakeFirst();
    if (!row) return undefined;
    // An unchanged site stays the same object, so that caches of its settings stay valid.
    const last = this.#last.get(id);
    const site = last && isDeepStrictEqual(last.row, row) ? last.site : fromRow(row);
    this.#last.set(id, { row, site });
    this.#cache.set(id, site);
    return site;
  }

  async list(): Promise<Site[]> {
    const rows = this.#database.read.selectFrom('sites').selectAll().where('removedAt', 'is', null).orderBy('id');
    return (await rows.execute()).map(fromRow);
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

  /**
   * Changes a stored site, and runs the setups of the features. Changes of other processes are not lost.
   *
   * @param change runs in the transaction, and again where that is repeated
   * @throws Problem `site-not-found`, and what `change` throws
   */
  async update(id: string, change: SiteChange['change']): Promise<NewSite> {
    const site = await this.#database.writer.submit(this.#update, { id, change });
    this.#cache.delete(id);
    return site;
  }

  /**
   * Makes a new server key. Only its hash is stored.
   *
   * @param overlapMs the time that the key before stays valid
   */
  async makeServerKey(id: string, overlapMs = 0): Promise<string> {
    const { key, keyHash } = newServerKey();
    await this.#database.writer.submit(rotateServerKeys, { id, keyHash, previousUntil: Date.now() + overlapMs });
    this.#cache.delete(id);
    return key;
  }
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

/** Changes stored sites, and runs the setups of each in the same transaction. */
function updateSites(setups: readonly SiteSetup[]): Command<SiteChange, NewSite> {
  return {
    name: 'update-sites',
    run: ({ db, locked }, changes) =>
      runSequentially(changes, async ({ id, change }) => {
        const found = db.selectFrom('sites').selectAll().where('id', '=', id).where('removedAt', 'is', null);
        const row = await locked(found).executeTakeFirst();
        if (!row) return new Problem('site-not-found');
        let changed: NewSite;
        try {
          changed = change(fromRow(row));
        } catch (error) {
          return error as Error;
        }
        await db.updateTable('sites').set(toRow(changed)).where('id', '=', id).execute();
        for (const setUp of setups) await setUp(db, id);
        return changed;
      }),
  };
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
    previousServerKeyHash: row.previousServerKeyHash,
    previousServerKeyUntil: row.previousServerKeyUntil,
  };
}
