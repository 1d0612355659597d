import type { Reader } from 'afterword/contract';
import { bearerToken, type Authenticator } from '../http/authorization.js';
import { newId } from '../ids.js';
import { Problem } from '../problem.js';
import type { Database } from '../storage/database.js';
import { memoryCache } from '../storage/memory-cache.js';
import { runCached } from '../storage/statement-cache.js';
import type { ReaderRow } from '../storage/tables.js';
import type { Command } from '../storage/writer.js';
import { secondMs } from '../time.js';
import { fromRow } from './reader-rows.js';
import { holdName, noHeldName, renameReaders, type NameFinding, type Rename } from './rename.js';
import type { ReaderTokens } from './tokens.js';

/** The kinds of readers that this server has: no route signs a reader in. */
export const readerKinds: readonly Reader['kind'][] = ['guest'];

const ttlMs = 5 * secondMs;
const maxReaders = 100_000;

/** The readers of all sites, and the reader of a bearer token. */
export class Readers implements Authenticator {
  readonly #database: Database;
  readonly #tokens: ReaderTokens;
  readonly #cache = memoryCache<Reader>(maxReaders, ttlMs);

  constructor(database: Database, tokens: ReaderTokens) {
    this.#database = database;
    this.#tokens = tokens;
  }

  /**
   * Adds a reader without an identity.
   *
   * @param findings reasons to hold the name; empty if others may see it at once
   */
  async addGuest(
    siteId: string,
    name: string,
    findings: readonly NameFinding[] = [],
  ): Promise<{ token: string; reader: Reader }> {
    const row = newGuestRow(siteId, name, findings);
    await this.#database.writer.submit(addReaders, row);
    const reader = fromRow(row);
    this.#cache.set(reader.id, reader);
    return { token: await this.#tokens.sign({ readerId: reader.id, siteId }), reader };
  }

  newToken(siteId: string, readerId: string): Promise<string> {
    return this.#tokens.sign({ siteId, readerId });
  }

  /**
   * Finds the reader of an `Authorization` header.
   *
   * @throws Problem `token-required` or `token-invalid`
   */
  async authenticate(authorization: string | undefined, siteId: string): Promise<Reader> {
    const token = bearerToken(authorization);
    if (token === undefined) throw new Problem('token-required');
    const claims = await this.#tokens.verify(token, siteId);
    const reader = claims && (await this.get(claims.readerId));
    if (!reader) throw new Problem('token-invalid');
    return reader;
  }

  /** Reads a reader, unless erased. */
  async get(id: string): Promise<Reader | undefined> {
    const cached = this.#cache.get(id);
    if (cached) return cached;
    const { read } = this.#database;
    const { rows } = await runCached(
      read,
      'reader',
      () => read.selectFrom('readers').selectAll().where('id', '=', id).where('erasedAt', 'is', null),
      [id],
    );
    const [row] = rows;
    const reader = row && fromRow(row);
    if (reader) this.#cache.set(id, reader);
    return reader;
  }

  /** Clears the cache after a reader was deleted. */
  clearCache(): void {
    this.#cache.clear();
  }

  /** Returns whether a reader belongs to a site. */
  async isOf(id: string, siteId: string): Promise<boolean> {
    const query = this.#database.read.selectFrom('readers').select('id').where('id', '=', id);
    return (await query.where('siteId', '=', siteId).executeTakeFirst()) !== undefined;
  }

  /**
   * Renames a reader, or holds the new name.
   *
   * @returns the reader, with the name that others see and the held one
   * @throws Problem `token-invalid` where the reader was deleted
   */
  async rename(rename: Rename): Promise<Reader> {
    this.#cache.delete(rename.id);
    const renamed = await this.#database.writer.submit(renameReaders, rename);
    this.#cache.set(rename.id, renamed);
    return renamed;
  }

  /** Sets the badges of a reader, such as `staff`. @returns the reader, or `undefined` where there is none */
  async setBadges(id: string, badges: readonly string[]): Promise<Reader | undefined> {
    await this.#database.writer.submit(setReaderBadges, { id, badges });
    this.#cache.delete(id);
    return this.get(id);
  }
}

export const addReaders: Command<ReaderRow, void> = {
  name: 'add-readers',
  async run({ db }, added) {
    await db.insertInto('readers').values(added).execute();
    return added.map(() => undefined);
  },
};

/**
 * Returns the row of a new guest.
 *
 * @param findings reasons to hold the name; empty if others may see it at once
 */
export function newGuestRow(siteId: string, name: string, findings: readonly NameFinding[] = []): ReaderRow {
  return {
    id: newId(),
    siteId,
    ...(findings.length === 0
      ? { name, ...noHeldName, nameRevision: 0 }
      : { name: '', ...holdName(name, findings), nameRevision: 1 }),
    kind: 'guest',
    verified: 0,
    badgesJson: '[]',
    createdAt: Date.now(),
    erasedAt: null,
  };
}

const setReaderBadges: Command<{ id: string; badges: readonly string[] }, void> = {
  name: 'set-reader-badges',
  async run({ db }, badged) {
    for (const { id, badges } of badged)
      await db
        .updateTable('readers')
        .set({ badgesJson: JSON.stringify(badges) })
        .where('id', '=', id)
        .execute();
    return badged.map(() => undefined);
  },
};
