import { sql, type Kysely } from 'kysely';
import { mergeStories } from './0006-merge-stories.js';
import { normalizeKey, type KeyNormalizer } from './0006-normalize-key.js';
import type { Tables } from './0006-tables.js';

/** Two parameters a row stay below the limits of both databases. */
const batchRows = 500;

/** How many stories have changed. */
export interface RenamedStories {
  readonly renamed: number;
  readonly merged: number;
}

/** Returns the present key of a stored one; `undefined` where it has none. */
type KeyOf = (row: { readonly siteId: string; readonly key: string }) => string | undefined;

type Story = Tables['stories'];
type Renamed<Row> = Row & { readonly to: string };

/**
 * Renames the keys and aliases of stories to one spelling of each address, and merges the stories that become one.
 *
 * The former keys stay as aliases, by which servers of the version before find the stories. What such a server creates
 * under a former spelling while it runs beside this version is found again once this has run again: see
 * `afterword stories merge` and docs/upgrade.md.
 */
export async function renameStoryKeys<Schema>(
  database: Kysely<Schema>,
  normalize: KeyNormalizer = normalizeKey,
): Promise<RenamedStories> {
  const db = database as unknown as Kysely<Tables>;
  const sites = await db.selectFrom('sites').select(['id', 'originsJson']).execute();
  const origins = new Map(sites.map(({ id, originsJson }) => [id, (JSON.parse(originsJson) as string[])[0]]));
  const keyOf: KeyOf = ({ siteId, key }) => normalize(key, origins.get(siteId));
  const stories = await renameStories(db, keyOf);
  const merged = await addAliases(db, keyOf);
  return { renamed: stories.renamed, merged: stories.merged + merged };
}

async function renameStories(db: Kysely<Tables>, keyOf: KeyOf): Promise<RenamedStories> {
  let [renamed, merged] = [0, 0];
  for (let after: string | undefined = ''; after !== undefined;) {
    const rows: Story[] = await db
      .selectFrom('stories')
      .select(['id', 'siteId', 'key', 'title'])
      .where('id', '>', after)
      .orderBy('id')
      .limit(batchRows)
      .execute();
    const changed = changedRows(rows, keyOf);
    if (changed.length > 0) {
      const mergedInBatch = await renameBatch(db, changed);
      renamed += changed.length - mergedInBatch;
      merged += mergedInBatch;
    }
    after = rows.at(-1)?.id;
  }
  return { renamed, merged };
}

/** @returns the number of stories that were merged into others */
async function renameBatch(db: Kysely<Tables>, changed: readonly Renamed<Story>[]): Promise<number> {
  const holders = await readHolders(db, changed);
  const free: Renamed<Story>[] = [];
  const duplicates: { story: Renamed<Story>; holder: Story }[] = [];
  for (const story of changed) {
    const name = nameOf(story.siteId, story.to);
    const holder = holders.get(name);
    if (holder && holder.id !== story.id) {
      duplicates.push({ story, holder });
      // A story with an id of its publisher keeps it, and the address as its alias.
      if (holder.key !== story.to || !isBetter(story, holder)) continue;
    } else free.push(story);
    holders.set(name, { ...story, key: story.to });
  }
  if (free.length > 0) await setKeys(db, free);
  const merges = new Merges(db);
  for (const { story, holder } of duplicates) {
    const isKept = holders.get(nameOf(story.siteId, story.to))?.id === story.id;
    await (isKept ? merges.merge(holder.id, story.id) : merges.merge(story.id, holder.id));
    if (isKept) await setKeys(db, [story]);
  }
  await putAliases(
    db,
    changed.map(({ siteId, key, id }) => ({ siteId, key, storyId: merges.present(id) })),
  );
  return merges.count;
}

/** Merges stories one after another, of which some have been merged into others before. */
class Merges {
  readonly #db: Kysely<Tables>;
  readonly #replaced = new Map<string, string>();

  constructor(db: Kysely<Tables>) {
    this.#db = db;
  }

  get count(): number {
    return this.#replaced.size;
  }

  /** Returns the story that a story was merged into, or the story itself. */
  present(id: string): string {
    const into = this.#replaced.get(id);
    return into === undefined ? id : this.present(into);
  }

  async merge(from: string, into: string): Promise<void> {
    const [presentFrom, presentInto] = [this.present(from), this.present(into)];
    if (presentFrom === presentInto) return;
    await mergeStories(this.#db, presentFrom, presentInto);
    this.#replaced.set(presentFrom, presentInto);
  }
}

/** Prefers a story that its publisher has sent to one of readers' writes, then the older one. */
function isBetter(story: Story, other: Story): boolean {
  if ((story.title === null) !== (other.title === null)) return other.title === null;
  return story.id < other.id;
}

/** Reads the stories that have one of the new keys, or an alias of that name. */
async function readHolders(
  db: Kysely<Tables>,
  changed: readonly Renamed<{ readonly siteId: string }>[],
): Promise<Map<string, Story>> {
  const keys = [...new Set(changed.map(({ to }) => to))];
  const byAlias = await db
    .selectFrom('story_aliases as alias')
    .innerJoin('stories', 'stories.id', 'alias.storyId')
    .select(['stories.id', 'stories.siteId', 'stories.key', 'stories.title', 'alias.key as name'])
    .where('alias.key', 'in', keys)
    .execute();
  const byKey = await db
    .selectFrom('stories')
    .select(['id', 'siteId', 'key', 'title'])
    .where('key', 'in', keys)
    .execute();
  return new Map<string, Story>([
    ...byAlias.map(({ name, ...story }) => [nameOf(story.siteId, name), story] as const),
    ...byKey.map((story) => [nameOf(story.siteId, story.key), story] as const),
  ]);
}

async function setKeys(db: Kysely<Tables>, renamed: readonly Renamed<Story>[]): Promise<void> {
  const rows = sql.join(renamed.map(({ id, to }) => sql`(${id}, ${to})`));
  // Both databases name the columns of `values` so.
  await sql`update stories set key = renamed.column2 from (values ${rows}) as renamed where stories.id = renamed.column1`.execute(
    db,
  );
}

/**
 * Adds the present form of aliases.
 *
 * @returns the number of stories that were merged into those of the aliases
 */
async function addAliases(db: Kysely<Tables>, keyOf: KeyOf): Promise<number> {
  let merged = 0;
  for (let after: { siteId: string; key: string } | undefined = { siteId: '', key: '' }; after;) {
    const last: { siteId: string; key: string } = after;
    const rows: Tables['story_aliases'][] = await db
      .selectFrom('story_aliases')
      .select(['siteId', 'key', 'storyId'])
      .where(({ or, and, eb }) =>
        or([eb('siteId', '>', last.siteId), and([eb('siteId', '=', last.siteId), eb('key', '>', last.key)])]),
      )
      .orderBy('siteId')
      .orderBy('key')
      .limit(batchRows)
      .execute();
    const changed = changedRows(rows, keyOf);
    if (changed.length > 0) merged += await addAliasBatch(db, changed);
    after = rows.at(-1);
  }
  return merged;
}

async function addAliasBatch(
  db: Kysely<Tables>,
  changed: readonly Renamed<Tables['story_aliases']>[],
): Promise<number> {
  const holders = await readHolders(db, changed);
  const merges = new Merges(db);
  const added = new Map<string, Tables['story_aliases']>();
  for (const { siteId, to, storyId } of changed) {
    const name = nameOf(siteId, to);
    const holder = holders.get(name);
    // Another story's alias stays what it is.
    if (added.has(name) || (holder && holder.key !== to)) continue;
    if (holder && merges.present(holder.id) === merges.present(storyId)) continue;
    // Readers have written under the address of a story that its publisher has given an id.
    if (holder) await merges.merge(holder.id, storyId);
    added.set(name, { siteId, key: to, storyId });
  }
  const aliases = [...added.values()].map((alias) => ({ ...alias, storyId: merges.present(alias.storyId) }));
  if (aliases.length > 0) await putAliases(db, aliases);
  return merges.count;
}

async function putAliases(db: Kysely<Tables>, aliases: readonly Tables['story_aliases'][]): Promise<void> {
  await db
    .insertInto('story_aliases')
    .values(aliases)
    .onConflict((conflict) =>
      conflict.columns(['siteId', 'key']).doUpdateSet((eb) => ({ storyId: eb.ref('excluded.storyId') })),
    )
    .execute();
}

function changedRows<Row extends { readonly siteId: string; readonly key: string }>(
  rows: readonly Row[],
  keyOf: KeyOf,
): Renamed<Row>[] {
  return rows.flatMap((row) => {
    const to = keyOf(row);
    return to === undefined || to === row.key ? [] : [{ ...row, to }];
  });
}

function nameOf(siteId: string, key: string): string {
  return `${siteId} ${key}`;
}
