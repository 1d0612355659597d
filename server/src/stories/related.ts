import type { Story } from 'afterword/contract';
import type { Database } from '../storage/database.js';
import type { Shelf } from './shelves.js';
import type { PublishedStory } from './story-shape.js';
import { likeness, termsOf, termWeights, type Terms } from './terms.js';

/** What a story says about itself in a word. */
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

const dayMillis = 24 * 60 * 60 * 1000;
/** After so many days a likeness counts half. */
const halfLifeDays = 30;
/** Below this two stories share no more than turns of phrase. Found by reading what real feeds gave. */
const leastLikeness = 0.045;
const sameSectionWorth = 0.03;

const nothing: Terms = new Map();

const indexes = new WeakMap<Shelf, TermIndex>();

export function readHeadline({ read }: Database, id: string): Promise<Headline | undefined> {
  return read
    .selectFrom('stories')
    .select(['id', 'title', 'summary', 'section'])
    .where('id', '=', id)
    .executeTakeFirst();
}

/** The stories of a shelf that are about the same thing, most alike first, then the others of the section. */
export function rankRelated(
  own: Headline,
  shelf: Shelf,
  now: number,
): { readonly story: PublishedStory; readonly reason: Story['reason'] }[] {
  const { terms, weights } = indexOf(shelf);
  const ownTerms = termsOf(own.title ?? '', own.summary);
  const alike = [];
  const ofSection = [];
  for (const story of shelf.stories) {
    const text = likeness(ownTerms, terms.get(story.id) ?? nothing, weights);
    const sameSection = own.section !== null && story.section === own.section;
    if (text >= leastLikeness) {
      const age = (now - story.publishedAt) / dayMillis;
      const score = (text + (sameSection ? sameSectionWorth : 0)) * 0.5 ** (age / halfLifeDays);
      alike.push({ story, score, reason: 'text' as const });
    } else if (sameSection) ofSection.push({ story, reason: 'section' as const });
  }
  return [...alike.sort((a, b) => b.score - a.score), ...ofSection];
}

function indexOf(shelf: Shelf): TermIndex {
  const known = indexes.get(shelf);
  if (known) return known;
  const terms = new Map(shelf.stories.map(({ id, title, summary }) => [id, termsOf(title, summary)]));
  const made = { terms, weights: termWeights([...terms.values()]) };
  indexes.set(shelf, made);
  return made;
}
