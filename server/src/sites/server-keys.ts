import { hash, randomBytes, timingSafeEqual } from 'node:crypto';
import { serverKeyPrefix } from 'afterword/contract';
import type { SiteRow } from '../storage/tables.js';
import type { Command } from '../storage/writer.js';
import type { EpochMs } from '../time.js';

/** The keys of a site: the current one, and the one before while it is still valid. Only hashes are stored. */
export type SiteKeys = Pick<SiteRow, 'serverKeyHash'> &
  Partial<Pick<SiteRow, 'previousServerKeyHash' | 'previousServerKeyUntil'>>;

/** Returns a new server key, and its hash. */
export function newServerKey(): { readonly key: string; readonly keyHash: string } {
  const key = `${serverKeyPrefix}${randomBytes(32).toString('base64url')}`;
  return { key, keyHash: hashOf(key) };
}

/** Returns whether a bearer token is a valid server key of a site. */
export function isServerKey(site: SiteKeys, token: string | undefined, now: EpochMs = Date.now()): boolean {
  if (!token?.startsWith(serverKeyPrefix)) return false;
  const tokenHash = hashOf(token);
  const { serverKeyHash, previousServerKeyHash = null, previousServerKeyUntil } = site;
  if (isEqual(tokenHash, serverKeyHash)) return true;
  return now < (previousServerKeyUntil ?? 0) && isEqual(tokenHash, previousServerKeyHash);
}

/** Replacement of a site's key. */
export interface KeyRotation {
  readonly id: string;
  readonly keyHash: string;
  /** The time until which the key before stays valid. In the past, it ends at once. */
  readonly previousUntil: EpochMs;
}

/** Replaces server keys. Of the keys before, only the last stays valid. */
export const rotateServerKeys: Command<KeyRotation, void> = {
  name: 'rotate-server-keys',
  async run({ db }, rotations) {
    for (const { id, keyHash, previousUntil } of rotations) {
      const isKept = previousUntil > Date.now();
      await db
        .updateTable('sites')
        .set(({ ref }) => ({
          // Both databases read the columns as they were before the statement.
          previousServerKeyHash: isKept ? ref('serverKeyHash') : null,
          previousServerKeyUntil: isKept ? previousUntil : null,
          serverKeyHash: keyHash,
        }))
        .where('id', '=', id)
        .execute();
    }
    return rotations.map(() => undefined);
  },
};

function isEqual(tokenHash: string, stored: string | null): boolean {
  return stored !== null && timingSafeEqual(Buffer.from(tokenHash), Buffer.from(stored));
}

function hashOf(key: string): string {
  return hash('sha256', key, 'base64url');
}
