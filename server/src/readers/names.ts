import { limits } from 'afterword/contract';
import { sql } from 'kysely';
import { fieldProblem } from '../problem.js';
import type { Site } from '../sites/store.js';
import type { Database } from '../storage/database.js';
import { memoryCache } from '../storage/memory-cache.js';
import { blankToSpace, byteLength, hasMoreGraphemes, isBlank, sanitizeLine } from '../text.js';
import { secondMs } from '../time.js';
import type { MarksRule } from '../letters/folded-word.js';
import { type FoldedName, foldName, holdsPhrase, isSameName, keyOf, readingsOfName } from './look-alike.js';

/** Words that make a name look like the newsroom's. Longer names hold them: `Ban biên tập`, `Quản trị viên`. */
const newsroomRoles: readonly string[] = [
  ...['Admin', 'Admins', 'Administrator', 'Sysadmin', 'Webmaster', 'Mod', 'Mods', 'Moderator', 'Moderators'],
  ...['Editor', 'Editors', 'Editorial', 'Newsroom', 'Staff', 'Official'],
  ...['Quản trị', 'Điều hành', 'Kiểm duyệt', 'Biên tập', 'Tòa soạn', 'Tòa báo', 'Chủ bút'],
  ...['Phóng viên', 'Nhà báo', 'Ký giả', 'Bình luận viên', 'Cộng tác viên', 'Ban bạn đọc', 'Ban thư ký'],
  ...['BBT', 'BTV', 'TBT', 'QTV', 'PV', 'CTV'],
];
const ttlMs = 5 * secondMs;
const maxSites = 1000;

/** The roles, folded with the first name, since reading the table of look-alikes takes time. */
let roles: readonly FoldedName[] | undefined;

/** The names of a site's staff by their key; see `keyOf`. */
type StaffNames = ReadonlyMap<string, readonly FoldedName[]>;

/** Checks the names that readers choose. */
export class ReaderNames {
  readonly #database: Database;
  readonly #staffNames = memoryCache<StaffNames>(maxSites, ttlMs);

  constructor(database: Database) {
    this.#database = database;
  }

  /**
   * Sanitizes a name. An empty one, or one of which nothing is visible, is that of a guest without a name.
   *
   * @param current the reader's name, which is accepted again
   * @throws Problem `validation-failed` where it is too long, `name-reserved` where it looks like the newsroom or one of
   *   its people, also by look-alike letters of other scripts
   */
  async accept(given: string, site: Site, current?: string): Promise<string> {
    const sanitized = sanitizeLine(blankToSpace(given));
    const name = isBlank(sanitized) ? '' : sanitized;
    if (byteLength(name) > limits.nameBytes || hasMoreGraphemes(name, limits.nameGraphemes))
      throw fieldProblem('validation-failed', 'name', `At most ${limits.nameGraphemes} characters.`);
    if (name === '' || name === current) return name;
    if (await this.#isReserved(name, site))
      throw fieldProblem('name-reserved', 'name', 'It could be taken for the newsroom. Choose another.');
    return name;
  }

  async #isReserved(name: string, site: Site): Promise<boolean> {
    const staffNames = await this.#staffNamesOf(site);
    return readingsOfName(name).some((reading) => isReservedName(reading, site, staffNames));
  }

  async #staffNamesOf(site: Site): Promise<StaffNames> {
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
    const names = new Map<string, FoldedName[]>();
    for (const folded of rows.map(({ name }) => foldName(name)))
      names.set(keyOf(folded), [...(names.get(keyOf(folded)) ?? []), folded]);
    this.#staffNames.set(site.id, names);
    return names;
  }
}

function isReservedName(folded: FoldedName, site: Site, staffNames: StaffNames): boolean {
  roles ??= newsroomRoles.map(foldName);
  if (roles.some((role) => holdsPhrase(folded, role, role.isMarked ? 'own-or-none' : 'any'))) return true;
  const siteName = foldName(site.name);
  // A word without marks among others with them is a word of its own: `Phạm Văn Hoa` does not name `Văn Hóa`.
  if (holdsPhrase(folded, siteName, marksRuleOf(siteName, folded.isMarked ? 'own' : 'own-or-none'))) return true;
  const staff = staffNames.get(keyOf(folded)) ?? [];
  return staff.some((other) => isSameName(folded, other, marksRuleOf(other, 'own-or-none')));
}

/** A name of several words, none of which has marks, is reserved with any, as Vietnamese names are often typed without. */
function marksRuleOf({ words, isMarked }: FoldedName, otherwise: MarksRule): MarksRule {
  return !isMarked && words.length > 1 ? 'any' : otherwise;
}
