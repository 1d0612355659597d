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
import { runExternalCheck, type ExternalCheck, type ExternalCheckInput } from './external.js';
import { findWordsInName, hasLinkInName, nameInReview } from './name-rules.js';
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

/** New name to be checked before it replaces the one that others see. */
export interface NameCandidate {
  readonly site: Site;
  /** The id of the request that chose it. */
  readonly requestId: string;
  readonly author: Reader;
  /** The name that others will see. */
  readonly name: string;
}

/** A name by itself, and what the rules need to know besides. */
interface NameText extends Pick<NameCandidate, 'site' | 'name'> {
  readonly bannedWords: PhraseMatcher;
}

/** The name of a reader, and what the rules need to know besides. */
interface NameEvaluation extends NameCandidate, NameText {
  readonly history: AuthorHistory;
}

/** A candidate, and what the rules need to know besides. */
interface Evaluation extends Candidate, NameEvaluation {
  readonly textHash: number;
}

/** Returns the detail for moderators if the rule holds the comment, or the name. */
type Rule<Input = Evaluation> = (evaluation: Input) => string | undefined;

const findUnreadGuest: Rule<NameEvaluation> = ({ site, author }) =>
  detailIf(site.settings.moderation === 'pre' && author.kind === 'guest', () => 'guests are read first');

const findNewCommenter: Rule<NameEvaluation> = ({ site, history: { visibleCount = 0 } }) => {
  const wanted = Math.min(site.settings.rules.newCommenter, maxVisibleCount);
  return detailIf(visibleCount < wanted, () => `${visibleCount} of ${wanted} comments shown so far`);
};

/**
 * Rules in order of evaluation. Empty or oversized texts and closed threads are refused before; the publisher's own
 * check runs last, and only if no rule has held the comment.
 */
const rules: readonly (readonly [Finding['reason'], Rule])[] = [
  ['guest', findUnreadGuest],
  ['repeat', (evaluation) => findRepeats(evaluation)],
  [
    'words',
    ({ bannedWords, name, text }) => {
      const found = bannedWords.find(text).map((word) => `“${word}”`);
      found.push(...findWordsInName(name, bannedWords));
      return detailIf(found.length > 0, () => found.join(', '));
    },
  ],
  [
    'links',
    ({ site, name, nodes }) => {
      const { links } = site.settings.rules;
      if (links === null) return undefined;
      const count = countLinks(nodes);
      if (hasLinkInName(name, links)) return `an address in the name, ${count} links`;
      return detailIf(count > links, () => `${count} links, ${links} are allowed`);
    },
  ],
  ['new-commenter', findNewCommenter],
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

/** The rules that look at a name by itself, whoever has it. */
const nameTextRules: readonly (readonly [Finding['reason'], Rule<NameText>])[] = [
  [
    'words',
    ({ name, bannedWords }) => {
      const found = findWordsInName(name, bannedWords);
      return detailIf(found.length > 0, () => found.join(', '));
    },
  ],
  [
    'links',
    ({ site, name }) => detailIf(hasLinkInName(name, site.settings.rules.links), () => 'an address in the name'),
  ],
];

/** The rules that look at a new name. The publisher's own check runs last, as for comments. */
const nameRules: readonly (readonly [Finding['reason'], Rule<NameEvaluation>])[] = [
  ['guest', findUnreadGuest],
  ...nameTextRules,
  ['new-commenter', findNewCommenter],
];

/** Rules lifted together with the request limits: they limit how much a reader writes, not its content. */
const paceRules = new Set(['new-commenter', 'rate']);

/** Checks comments and names against the site's rules. Those of staff are not checked. */
export class CommentRules {
  readonly #histories: AuthorHistories;
  readonly #log: Logger;
  readonly #rules: typeof rules;
  readonly #nameRules: typeof nameRules;
  readonly #traceHeaders: () => Record<string, string>;

  /**
   * @param withPaceRules enables the rules about how often a reader writes
   * @param traceHeaders continue the trace of a request in the publisher's own check
   */
  constructor(
    histories: AuthorHistories,
    log: Logger,
    withPaceRules: boolean,
    traceHeaders: () => Record<string, string> = () => ({}),
  ) {
    this.#traceHeaders = traceHeaders;
    this.#histories = histories;
    this.#log = log;
    const isOn = ([reason]: readonly [string, unknown]) => withPaceRules || !paceRules.has(reason);
    this.#rules = rules.filter(isOn);
    this.#nameRules = nameRules.filter(isOn);
  }

  /** @returns the reasons to hold the comment for a moderator; empty if it may be published at once */
  async evaluate(candidate: Candidate): Promise<Finding[]> {
    const { site, story, parentId, author, text, isEdit } = candidate;
    if (author.badges.includes('staff')) return [];
    const name = nameInReview(author);
    const bannedWords = await compileBannedWords(site.settings.rules.words);
    await this.#loadHistory(site, author);
    const history = this.#histories.get(author.id);
    const textHash = hashText(text);
    const findings = applyRules(this.#rules, { ...candidate, name, bannedWords, history, textHash });
    // Recorded in the same tick as it was checked, so that of two concurrent comments the second sees the first.
    if (!isEdit) addRecentComment(history, story.id, textHash);
    const { external } = site.settings.rules;
    // Without a further tick, so that of two concurrent comments the first is stored first.
    if (!external || findings.length > 0) return findings;
    return this.#checkExternally(external, { ...candidate, name }, { story: story.key, parentId, text });
  }

  /** @returns the reasons to hold a new name for a moderator; empty if others may see it at once */
  async evaluateName(candidate: NameCandidate): Promise<Finding[]> {
    const { site, author, name } = candidate;
    if (name === '' || author.badges.includes('staff')) return [];
    const bannedWords = await compileBannedWords(site.settings.rules.words);
    await this.#loadHistory(site, author);
    const history = this.#histories.get(author.id);
    const findings = applyRules(this.#nameRules, { ...candidate, bannedWords, history });
    const { external } = site.settings.rules;
    if (!external || findings.length > 0) return findings;
    return this.#checkExternally(external, candidate, { story: null, parentId: null, text: '' });
  }

  /**
   * Checks the name of a guest who is about to be added. Whatever else holds a name holds the first comment as well, and is
   * read with it.
   *
   * @returns the reasons to hold the name; empty if others may see it at once
   */
  async evaluateFirstName(site: Site, name: string): Promise<Finding[]> {
    if (name === '') return [];
    const bannedWords = await compileBannedWords(site.settings.rules.words);
    return applyRules(nameTextRules, { site, name, bannedWords });
  }

  /** Drops the author's cached history after a comment could not be stored, so that a retry is not a repeat. */
  invalidate(author: Reader): void {
    this.#histories.invalidate(author.id);
  }

  async #loadHistory(site: Site, { id }: Reader): Promise<void> {
    const needsVisibleCount = site.settings.rules.newCommenter > 0;
    if (!this.#histories.has(id, needsVisibleCount)) await this.#histories.load(id, needsVisibleCount);
  }

  async #checkExternally(
    external: ExternalCheck,
    { site, requestId, author: { id, kind }, name }: NameCandidate,
    comment: Pick<ExternalCheckInput, 'story' | 'parentId' | 'text'>,
  ): Promise<Finding[]> {
    const input = { site: site.id, ...comment, author: { id, name, kind } };
    const detail = await runExternalCheck(external, input, requestId, this.#log, this.#traceHeaders());
    return detail === undefined ? [] : [{ reason: 'external', detail }];
  }
}

function applyRules<Input>(
  rulesInOrder: readonly (readonly [Finding['reason'], Rule<Input>])[],
  evaluation: Input,
): Finding[] {
  return rulesInOrder.flatMap(([reason, rule]) => {
    const detail = rule(evaluation);
    return detail === undefined ? [] : [{ reason, detail }];
  });
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
