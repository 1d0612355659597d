import { limits } from 'afterword/contract';
import { sql } from 'kysely';
import { fieldProblem } from '../problem.js';
import type { Site } from '../sites/store.js';
import type { Database } from '../storage/database.js';
import { memoryCache } from '../storage/memory-cache.js';
import { byteLength, hasMoreGraphemes, sanitizeLine } from '../text.js';
import { secondMs } from '../time.js';

/** Words of a name that pretend to belong to the newsroom. */
const roleNames = [
  ...['Admin', 'Administrator', 'Moderator', 'Editor', 'Newsroom', 'Staff', 'Official'],
  ...['Quản trị', 'Quản trị viên', 'Ban quản trị', 'Kiểm duyệt viên', 'Điều hành viên'],
  ...['Ban biên tập', 'Biên tập viên', 'Tòa soạn', 'BBT', 'BTV'],
];
const ttlMs = 5 * secondMs;
const maxSites = 1000;

/** Checks the names that readers choose. */
export class ReaderNames {
  readonly #database: Database;
  readonly #staffNames = memoryCache<ReadonlySet<string>>(maxSites, ttlMs);
  #folds?: Promise<{ fold: (name: string) => string; roles: readonly string[] }>;

  constructor(database: Database) {
    this.#database = database;
  }

  /**
   * Sanitizes a name. An empty one is that of a guest without a name.
   *
   * @throws Problem `validation-failed` where it is too long, `name-reserved` where it looks like the newsroom or one of
   *   its people, also by look-alike letters of other scripts
   */
  async accept(given: string, site: Site): Promise<string> {
    const name = sanitizeLine(given);
    if (byteLength(name) > limits.nameBytes || hasMoreGraphemes(name, limits.nameGraphemes))
      throw fieldProblem('validation-failed', 'name', `At most ${limits.nameGraphemes} characters.`);
    if (name === '') return name;
    const { fold, roles } = await (this.#folds ??= loadFolds());
    const folded = fold(name);
    const words = ` ${folded} `;
    const isReserved = [...roles, fold(site.name)].some((role) => role !== '' && words.includes(` ${role} `));
    if (isReserved || (await this.#staffNamesOf(site, fold)).has(folded))
      throw fieldProblem('name-reserved', 'name', 'It could be taken for the newsroom. Choose another.');
    return name;
  }

  async #staffNamesOf(site: Site, fold: (name: string) => string): Promise<ReadonlySet<string>> {
    const known = this.#staffNames.get(site.id);
    if (known) return known;
    const rows = await this.#database.read
      .selectFrom('readers')
      .select('name')
      .where('siteId', '=', site.id)
      // As the partial index has it, so that the database uses the index.
      .where('badgesJson', '!=', sql.lit('[]'))
      .where('name', '!=', '')
      .execute();
    const names = new Set(rows.map(({ name }) => fold(name)));
    this.#staffNames.set(site.id, names);
    return names;
  }
}

/** Imports the table of look-alikes with the first name, since it slows down the start. */
async function loadFolds() {
  const { default: lookAlike } = await import('unhomoglyph');
  /** Folds a name by Unicode's table of confusable characters, and removes marks, case and punctuation. */
  const fold = (name: string) =>
    // Lower case first: the table maps I, l and 1 to one another.
    lookAlike(foldCase(lookAlike(foldCase(name))))
      .replace(/[^\p{L}\p{N}]+/gu, ' ')
      .trim();
  return { fold, roles: roleNames.map(fold) };
}

function foldCase(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/[\p{M}\p{Cf}]/gu, '')
    .toLowerCase()
    .replaceAll('đ', 'd');
}
