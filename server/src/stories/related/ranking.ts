import type { Story } from 'afterword/contract';
import type { Database } from '../../storage/database.js';
import { dayMs, type EpochMs } from '../../time.js';
import type { PublishedStory, RailCandidates } from '../rails/rail-cache.js';
import { inverseDocumentFrequencies, similarity, termsOf, type Terms } from './terms.js';

/** Texts of a story that are compared. */
export interface Headline {
  readonly id: string;
  readonly title: string | null;
  readonly summary: string | null;
  readonly section: string | null;
}

interface TermIndex {
  readonly terms: ReadonlyMap<string, Terms>;
  readonly weights: ReadonlyMap<string, number>;
}

/** Half-life of a match by the candidate's age. */
const halfLifeDays = 30;
/** Lower similarities are noise. Determined with real feeds. */
const minSimilarity = 0.045;
const sameSectionBonus = 0.03;

const noTerms: Terms = new Map();

const termIndexes = new WeakMap<RailCandidates, TermIndex>();

export function readHeadline({ read }: Database, id: string): Promise<Headline | undefined> {
  return read
    .selectFrom('stories')
    .select(['id', 'title', 'summary', 'section'])
    .where('id', '=', id)
    .executeTakeFirst();
}

/** Ranks candidates with similar text, best first, followed by the other stories of the same section. */
export function rankRelated(
  own: Headline,
  candidates: RailCandidates,
  now: EpochMs,
): { readonly story: PublishedStory; readonly reason: Story['reason'] }[] {
  const { terms, weights } = termIndexOf(candidates);
  const ownTerms = termsOf(own.title ?? '', own.summary);
  const similar = [];
  const sameSectionOnly = [];
  for (const story of candidates.stories) {
    const text = similarity(ownTerms, terms.get(story.id) ?? noTerms, weights);
    const sameSection = own.section !== null && story.section === own.section;
    if (text >= minSimilarity) {
      const age = (now - story.publishedAt) / dayMs;
      const score = (text + (sameSection ? sameSectionBonus : 0)) * 0.5 ** (age / halfLifeDays);
      similar.push({ story, score, reason: 'text' as const });
    } else if (sameSection) sameSectionOnly.push({ story, reason: 'section' as const });
  }
  return [...similar.sort((a, b) => b.score - a.score), ...sameSectionOnly];
}

function termIndexOf(candidates: RailCandidates): TermIndex {
  const cached = termIndexes.get(candidates);
  if (cached) return cached;
  const terms = new Map(candidates.stories.map(({ id, title, summary }) => [id, termsOf(title, summary)]));
  const index = { terms, weights: inverseDocumentFrequencies([...terms.values()]) };
  termIndexes.set(candidates, index);
  return index;
}
