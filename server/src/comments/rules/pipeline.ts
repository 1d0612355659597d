import type { Comment, CommentNode, Reader } from 'afterword/contract';
import type { Logger } from 'pino';
import type { Site } from '../../sites/store.js';
import { bannedIn } from './banned-words.js';
import { askExternal } from './external.js';
import { mostCounted, note, saying, type Standing, type Standings } from './standing.js';

/** Why a comment waits: the code is for its writer, the detail for the moderator alone. */
export interface Finding {
  readonly reason: NonNullable<Comment['reasons']>[number];
  readonly detail: string;
}

/** What is about to be written, new or changed. */
export interface Candidate {
  readonly site: Site;
  readonly story: { readonly id: string; readonly key: string };
  readonly parentId: string | null;
  readonly author: Reader;
  readonly text: string;
  readonly nodes: readonly CommentNode[];
  /** An edit repeats most of what it changes, and makes no new comment. */
  readonly isEdit: boolean;
}

/** What it has found, for the moderator. */
type Rule = (candidate: Candidate, standing: Standing, says: number) => string | undefined;

const minute = 60_000;

/**
 * The rules, in order. Before them a text is refused that is empty or too long, and a thread that is closed; after them, and
 * only where none of them holds the comment, the publisher's own check is asked.
 */
const rules: readonly (readonly [Finding['reason'], Rule])[] = [
  [
    'guest',
    ({ site, author }) =>
      when(site.settings.moderation === 'pre' && author.kind === 'guest', () => 'guests are read first'),
  ],
  ['repeat', (candidate, standing, says) => repeats(candidate, standing, says)],
  [
    'words',
    ({ site, text }) => {
      const found = bannedIn(text, site.settings.rules.words);
      return when(found.length > 0, () => found.map((word) => `“${word}”`).join(', '));
    },
  ],
  [
    'links',
    ({ site, nodes }) => {
      const { links } = site.settings.rules;
      const count = linksIn(nodes);
      return when(links !== null && count > links, () => `${count} links, ${links} are allowed`);
    },
  ],
  [
    'new-commenter',
    ({ site }, { shown = 0 }) => {
      const wanted = Math.min(site.settings.rules.newCommenter, mostCounted);
      return when(shown < wanted, () => `${shown} of ${wanted} comments shown so far`);
    },
  ],
  [
    'rate',
    ({ site, isEdit }, { recent }) => {
      const { comments, minutes } = site.settings.rules.rate;
      const since = Date.now() - minutes * minute;
      return when(
        !isEdit && (recent[comments - 1]?.at ?? 0) > since,
        () => `${comments} comments in ${minutes} minutes`,
      );
    },
  ],
];
/** Lifted with the limits on requests: they are about how much a reader writes, not about what. */
const aboutPace = new Set(['new-commenter', 'rate']);

/** Judges what readers write. Staff is trusted. */
export class CommentRules {
  readonly #standings: Standings;
  readonly #log: Logger;
  readonly #rules: typeof rules;

  /** @param paced whether the rules about a reader's pace apply */
  constructor(standings: Standings, log: Logger, paced: boolean) {
    this.#standings = standings;
    this.#log = log;
    this.#rules = rules.filter(([reason]) => paced || !aboutPace.has(reason));
  }

  /** @returns all reasons for which it has to wait for a moderator; none where it may be shown at once */
  async judge(candidate: Candidate): Promise<Finding[]> {
    const { site, story, parentId, author, text, isEdit } = candidate;
    if (author.badges.includes('staff')) return [];
    const wantsCount = site.settings.rules.newCommenter > 0;
    if (!this.#standings.knows(author.id, wantsCount)) await this.#standings.load(author.id, wantsCount);
    const standing = this.#standings.of(author.id);
    const says = saying(text);
    const findings: Finding[] = [];
    for (const [reason, rule] of this.#rules) {
      const detail = rule(candidate, standing, says);
      if (detail !== undefined) findings.push({ reason, detail });
    }
    // In the same turn as it was asked, so that of two at once the second sees the first.
    if (!isEdit) note(standing, story.id, says);
    const { external } = site.settings.rules;
    if (!external || findings.length > 0) return findings;
    const { id, name, kind } = author;
    const told = { site: site.id, story: story.key, parentId, text, author: { id, name, kind } };
    const detail = await askExternal(external, told, this.#log);
    return detail === undefined ? [] : [{ reason: 'external', detail }];
  }

  /** What was judged could not be written: then it was not said either, and may be said again. */
  forget(author: Reader): void {
    this.#standings.forget(author.id);
  }
}

const repeats: Rule = ({ site, story, text, isEdit }, { recent }, says) => {
  const { repeatMinutes } = site.settings.rules;
  if (isEdit) return undefined;
  const since = Date.now() - repeatMinutes * minute;
  let times = 0;
  for (const other of recent) {
    if (other.at <= since) break;
    // Under another story, a few words may well be meant again.
    if (other.says === says && (other.storyId === story.id || text.length > fewChars)) times++;
  }
  return when(times > 0, () => `said ${times === 1 ? 'once' : `${times} times`} in the last ${repeatMinutes} minutes`);
};

const fewChars = 40;

function when(holds: boolean, detail: () => string): ReturnType<Rule> {
  return holds ? detail() : undefined;
}

function linksIn(nodes: readonly CommentNode[]): number {
  return nodes.reduce(
    (sum, node) => sum + Number(node.type === 'link') + ('children' in node ? linksIn(node.children) : 0),
    0,
  );
}
