import { limits } from 'afterword/contract';
import { sql } from 'kysely';
import { growingCache } from '../growing-cache.js';
import { fieldProblem } from '../problem.js';
import type { Site } from '../sites/store.js';
import type { Database } from '../storage/database.js';
import { byteLength, hasMoreGraphemes, tamedLine } from '../text.js';

/** What a reader could be taken for the newsroom by, as words of a name. */
const roles = [
  ...['Admin', 'Administrator', 'Moderator', 'Editor', 'Newsroom', 'Staff', 'Official'],
  ...['Quản trị', 'Quản trị viên', 'Ban quản trị', 'Kiểm duyệt viên', 'Điều hành viên'],
  ...['Ban biên tập', 'Biên tập viên', 'Tòa soạn', 'BBT', 'BTV'],
];
const freshMillis = 5000;

/** The names readers give themselves, and those they may not. */
export class ReaderNames {
  readonly #database: Database;
  readonly #staff = growingCache<ReadonlySet<string>>(1000, freshMillis);
  #folds?: Promise<{ fold: (name: string) => string; roles: readonly string[] }>;

  constructor(database: Database) {
    this.#database = database;
  }

  /**
   * A name as it is stored; an empty one is a nameless guest.
   *
   * @throws Problem `validation-failed` where it is too long, `name-reserved` where it could be taken for the newsroom's or one
   * of its people's, whatever letters of other scripts it is put together of
   */
  async accepted(given: string, site: Site): Promise<string> {
    const name = tamedLine(given);
    if (byteLength(name) > limits.nameBytes || hasMoreGraphemes(name, limits.nameGraphemes))
      throw fieldProblem('validation-failed', 'name', `At most ${limits.nameGraphemes} characters.`);
    if (name === '') return name;
    const { fold, roles } = await (this.#folds ??= loadFolds());
    const folded = fold(name);
    const within = ` ${folded} `;
    const isOurs = [...roles, fold(site.name)].some((role) => role !== '' && within.includes(` ${role} `));
    if (isOurs || (await this.#staffOf(site, fold)).has(folded))
      throw fieldProblem('name-reserved', 'name', 'It could be taken for the newsroom. Choose another.');
    return name;
  }

  async #staffOf(site: Site, fold: (name: string) => string): Promise<ReadonlySet<string>> {
    const known = this.#staff.get(site.id);
    if (known) return known;
    const rows = await this.#database.read
      .selectFrom('readers')
      .select('name')
      .where('siteId', '=', site.id)
      // Said so that the database knows its list of those with badges to be enough.
      .where('badgesJson', '!=', sql.lit('[]'))
      .where('name', '!=', '')
      .execute();
    const names = new Set(rows.map(({ name }) => fold(name)));
    this.#staff.set(site.id, names);
    return names;
  }
}

/** The table of look-alikes comes with the first name that is given, not with the server. */
async function loadFolds() {
  const { default: lookAlike } = await import('unhomoglyph');
  /** What a name looks like at a glance: Unicode's own table of confusable characters, without marks, case and signs. */
  const fold = (name: string) =>
    // Capitals first: the table takes I, l and 1 for one another.
    lookAlike(plain(lookAlike(plain(name))))
      .replace(/[^\p{L}\p{N}]+/gu, ' ')
      .trim();
  return { fold, roles: roles.map(fold) };
}

function plain(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/[\p{M}\p{Cf}]/gu, '')
    .toLowerCase()
    .replaceAll('đ', 'd');
}
