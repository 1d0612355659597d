import type { Story } from 'afterword/contract';
import type { StoryRow } from '../storage/tables.js';

/** A story that may stand in a rail: told by its publisher, and out. */
export interface PublishedStory extends StoryRow {
  readonly title: string;
  readonly publishedAt: number;
  readonly comments: number;
}

/** A story as the contract has it. */
export function toStory(row: PublishedStory, reason: Story['reason']): Story {
  return {
    id: row.key,
    url: row.url,
    title: row.title,
    publishedAt: new Date(row.publishedAt).toISOString(),
    kind: row.kind as Story['kind'],
    commentCount: row.comments,
    reason,
    ...(row.summary !== null && { summary: row.summary }),
    ...(row.imageJson !== null && { image: JSON.parse(row.imageJson) as NonNullable<Story['image']> }),
    ...(row.section !== null && { section: row.section }),
    ...(row.kicker !== null && { kicker: row.kicker }),
    ...(row.byline !== null && { byline: row.byline }),
    ...(row.durationSec !== null && { durationSec: row.durationSec }),
    ...(row.access !== null && { access: row.access as NonNullable<Story['access']> }),
    ...(row.sponsorJson !== null && { sponsor: JSON.parse(row.sponsorJson) as NonNullable<Story['sponsor']> }),
  };
}
