import type { Comment, CommentNode, Reader } from 'afterword/contract';
import type { Logger } from 'pino';
import type { Site } from '../../sites/store.js';
import { minuteMs } from '../../time.js';
import {
  addRecentComment,
  hashText,
  maxVisibleCount,
  type AuthorHistories,
  type AuthorHistory,
} from './author-history.js';
import { compileBannedWords } from './banned-words.js';
import { runExternalCheck } from './external.js';
import { hasAddress } from './name-rules.js';
import type { PhraseMatcher } from './phrase-matcher.js';

/** Reason for a hold: the code is sent to the author, the detail to moderators only. */
export interface Finding {
  readonly reason: NonNullable<Comment['reasons']>[number];
  readonly detail: string;
}

/** Comment to be checked before it is posted or edited. */
export interface Candidate {
  readonly site: Site;
  readonly requestId: string;
  readonly story: { readonly id: string; readonly key: string };
  readonly parentId: string | null;
  readonly author: Reader;
  readonly text: string;
  readonly nodes: readonly CommentNode[];
  /** Edits are exempt from the rules `repeat` and `rate`. */
  readonly isEdit: boolean;
}

/** A candidate, and what the rules need to know besides. */
interface Evaluation extends Candidate {
  readonly bannedWords: PhraseMatcher;
  readonly history: AuthorHistory;
  readonly textHash: number;
}

/** Returns the detail for moderators if the rule holds the comment. */
type Rule = (evaluation: Evaluation) => string | undefined;

/**
 * Rules in order of evaluation. Empty or oversized texts and closed threads are refused before; the publisher's own
 * check runs last, and only if no rule has held the comment.
 */
const rules: readonly (readonly [Finding['reason'], Rule])[] = [
  [
    'guest',
    ({ site, author }) =>
      detailIf(site.settings.moderation === 'pre' && author.kind === 'guest', () => 'guests are read first'),
  ],
  ['repeat', (evaluation) => findRepeats(evaluation)],
  [
    'words',
    ({ bannedWords, author, text }) => {
      const found = bannedWords.find(text).map((word) => `“${word}”`);
      // A name may be older than the list.
      const inName = bannedWords.find(author.name).map((word) => `“${word}” in the name`);
      return detailIf(found.length + inName.length > 0, () => [...found, ...inName].join(', '));
    },
  ],
  [
    'links',
    ({ site, author, nodes }) => {
      const { links } = site.settings.rules;
      if (links === null) return undefined;
      const count = countLinks(nodes);
      if (hasAddress(author.name)) return `an address in the name, ${count} links`;
      return detailIf(count > links, () => `${count} links, ${links} are allowed`);
    },
  ],
  [
    'new-commenter',
    ({ site, history: { visibleCount = 0 } }) => {
      const wanted = Math.min(site.settings.rules.newCommenter, maxVisibleCount);
      return detailIf(visibleCount < wanted, () => `${visibleCount} of ${wanted} comments shown so far`);
    },
  ],
  [
    'rate',
    ({ site, isEdit, history: { recent } }) => {
      const { comments, minutes } = site.settings.rules.rate;
      const since = Date.now() - minutes * minuteMs;
      return detailIf(
        !isEdit && (recent[comments - 1]?.at ?? 0) > since,
        () => `${comments} comments in ${minutes} minutes`,
      );
    },
  ],
];
/** Rules lifted together with the request limits: they limit how much a reader writes, not its content. */
const paceRules = new Set(['new-commenter', 'rate']);

/** Checks comments against the site's rules. Comments by staff are not checked. */
export class CommentRules {
  readonly #histories: AuthorHistories;
  readonly #log: Logger;
  readonly #rules: typeof rules;

  /** @param withPaceRules enables the rules about how often a reader writes */
  constructor(histories: AuthorHistories, log: Logger, withPaceRules: boolean) {
    this.#histories = histories;
    this.#log = log;
    this.#rules = rules.filter(([reason]) => withPaceRules || !paceRules.has(reason));
  }

  /** @returns the reasons to hold the comment for a moderator; empty if it may be published at once */
  async evaluate(candidate: Candidate): Promise<Finding[]> {
    const { site, requestId, story, parentId, author, text, isEdit } = candidate;
    if (author.badges.includes('staff')) return [];
    const bannedWords = await compileBannedWords(site.settings.rules.words);
    const needsVisibleCount = site.settings.rules.newCommenter > 0;
    if (!this.#histories.has(author.id, needsVisibleCount)) await this.#histories.load(author.id, needsVisibleCount);
    const history = this.#histories.get(author.id);
    const textHash = hashText(text);
    const findings: Finding[] = [];
    const evaluation = { ...candidate, bannedWords, history, textHash };
    for (const [reason, rule] of this.#rules) {
      const detail = rule(evaluation);
      if (detail !== undefined) findings.push({ reason, detail });
    }
    // Recorded in the same tick as it was checked, so that of two concurrent comments the second sees the first.
    if (!isEdit) addRecentComment(history, story.id, textHash);
    const { external } = site.settings.rules;
    if (!external || findings.length > 0) return findings;
    const { id, name, kind } = author;
    const input = { site: site.id, story: story.key, parentId, text, author: { id, name, kind } };
    const detail = await runExternalCheck(external, input, requestId, this.#log);
    return detail === undefined ? [] : [{ reason: 'external', detail }];
  }

  /** Drops the author's cached history after a comment could not be stored, so that a retry is not a repeat. */
  invalidate(author: Reader): void {
    this.#histories.invalidate(author.id);
  }
}

const findRepeats: Rule = ({ site, story, text, isEdit, history: { recent }, textHash }) => {
  const { repeatMinutes } = site.settings.rules;
  if (isEdit) return undefined;
  const since = Date.now() - repeatMinutes * minuteMs;
  let times = 0;
  for (const other of recent) {
    if (other.at <= since) break;
    // Short texts count as repeats on the same story only.
    if (other.textHash === textHash && (other.storyId === story.id || text.length > shortTextChars)) times++;
  }
  return detailIf(
    times > 0,
    () => `said ${times === 1 ? 'once' : `${times} times`} in the last ${repeatMinutes} minutes`,
  );
};

const shortTextChars = 40;

function detailIf(isHit: boolean, detail: () => string): ReturnType<Rule> {
  return isHit ? detail() : undefined;
}

function countLinks(nodes: readonly CommentNode[]): number {
  return nodes.reduce(
    (sum, node) => sum + Number(node.type === 'link') + ('children' in node ? countLinks(node.children) : 0),
    0,
  );
}
