import type { Story } from 'afterword/contract';
import type { Database } from '../storage/database.js';
import type { Shelf } from './shelves.js';
import type { PublishedStory } from './story-shape.js';
import { likeness, termsOf, termWeights, type Terms } from './terms.js';

/** What a story says about itself in a word. */
export interface Headline {
  readonly id: string;
  readonly title: string | null;
  readonly section: string | null;
}

interface TermIndex {
  readonly terms: ReadonlyMap<string, Terms>;
  readonly weights: ReadonlyMap<string, number>;
}

const dayMillis = 24 * 60 * 60 * 1000;
/** After so many days a likeness counts half. */
const halfLifeDays = 30;
/** Below this two headlines share no more than words that every headline has. */
const leastLikeness = 0.12;
const sameSectionWorth = 0.1;

const indexes = new WeakMap<Shelf, TermIndex>();

export function readHeadline({ read }: Database, id: string): Promise<Headline | undefined> {
  return read.selectFrom('stories').select(['id', 'title', 'section']).where('id', '=', id).executeTakeFirst();
}

/** The stories of a shelf that are about the same thing, most alike first, then the others of the section. */
export function rankRelated(
  own: Headline,
  shelf: Shelf,
  now: number,
): { readonly story: PublishedStory; readonly reason: Story['reason'] }[] {
  const { terms, weights } = indexOf(shelf);
  const ownTerms = termsOf(own.title ?? '');
  return shelf.stories
    .map((story) => {
      const text = likeness(ownTerms, terms.get(story.id) ?? new Set(), weights);
      const sameSection = own.section !== null && story.section === own.section;
      const age = (now - story.publishedAt) / dayMillis;
      const isText = text >= leastLikeness;
      const score = (isText ? text : 0) * 0.5 ** (age / halfLifeDays) + (sameSection ? sameSectionWorth : 0);
      return { story, score, reason: isText ? ('text' as const) : ('section' as const) };
    })
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score);
}

function indexOf(shelf: Shelf): TermIndex {
  const known = indexes.get(shelf);
  if (known) return known;
  const terms = new Map(shelf.stories.map(({ id, title }) => [id, termsOf(title)]));
  const made = { terms, weights: termWeights([...terms.values()]) };
  indexes.set(shelf, made);
  return made;
}
