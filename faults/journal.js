/** A list of all writes that a server has acknowledged, and a comparison with the rows of its database. */

export const writeKinds = /** @type {const} */ (['comments', 'replies', 'votes', 'reactions', 'subscriptions']);

/**
 * @typedef {(typeof writeKinds)[number]} WriteKind
 * @typedef {object} Loss
 * @property {WriteKind} kind
 * @property {string} what
 */

/**
 * Records acknowledged writes.
 *
 * A write without a response may have been stored or not. Of a value that is overwritten, such as a vote, both the
 * acknowledged and the unanswered value are right then. A comment that is sent again with its idempotency key is stored
 * once.
 */
export class Journal {
  /** @type {Map<string, { text: string, parent: string | null }>} by id */
  comments = new Map();
  /** @type {Map<string, Set<number>>} by comment and reader */
  votes = new Map();
  /** @type {Map<string, Set<string>>} by story and reader */
  reactions = new Map();
  /** @type {Set<string>} addresses */
  subscriptions = new Set();
  /** @type {Record<WriteKind, number>} */
  counts = { comments: 0, replies: 0, votes: 0, reactions: 0, subscriptions: 0 };

  get total() {
    return writeKinds.reduce((sum, kind) => sum + this.counts[kind], 0);
  }

  /**
   * Compares with the rows of the database.
   *
   * @param {import('./databases.js').TestDatabase} database
   * @returns {Promise<{ losses: Loss[], repeated: string[] }>} writes that are missing or have another value, and texts that are stored twice
   */
  async compare({ query }) {
    /** @type {Loss[]} */
    const losses = [];
    const comments = new Map((await query('select id, parent_id, text from comments')).map((row) => [row.id, row]));
    for (const [id, { text, parent }] of this.comments) {
      const row = comments.get(id);
      if (row?.text !== text || row.parent_id !== parent)
        losses.push({ kind: parent === null ? 'comments' : 'replies', what: id });
    }
    const votes = valuesOf(await query('select comment_id, reader_id, value from comment_votes'));
    for (const [key, values] of this.votes) if (!values.has(votes.get(key))) losses.push({ kind: 'votes', what: key });
    const reactions = valuesOf(
      await query(
        'select s.key as story, v.reader_id, v.choices_json from reaction_votes v join stories s on s.id = v.story_id',
      ),
    );
    for (const [key, choices] of this.reactions) {
      const [stored] = JSON.parse(reactions.get(key) ?? '[]');
      if (!choices.has(stored)) losses.push({ kind: 'reactions', what: key });
    }
    const addresses = new Set(
      (await query('select email from subscription_requests union select email from subscriptions')).map(
        ({ email }) => email,
      ),
    );
    for (const address of this.subscriptions)
      if (!addresses.has(address)) losses.push({ kind: 'subscriptions', what: address });
    const texts = await query('select text from comments group by author_id, text having count(*) > 1');
    return { losses, repeated: texts.map(({ text }) => text) };
  }
}

/**
 * Keys rows by their first two columns.
 *
 * @param {any[]} rows
 * @returns {Map<string, any>} the third column of each
 */
function valuesOf(rows) {
  return new Map(rows.map((row) => Object.values(row)).map(([a, b, value]) => [`${a} ${b}`, value]));
}
