import { lang as langSchema, limits, storyInputSchema, storyKey, webUrl, type StoryInput } from 'afterword/contract';
import { sanitizeLine } from '../../text.js';
import type { Entry, Feed, FeedText, Medium } from './entries.js';
import { plainText, truncate, type FoundImage, type PlainText } from './plain-text.js';
import type { EpochMs } from '../../time.js';

/** Stories read from a feed. */
export interface FeedStories {
  readonly stories: readonly FeedStory[];
  /** Number of skipped entries by reason. */
  readonly skipped: ReadonlyMap<SkipReason, number>;
}

export interface FeedStory {
  readonly story: StoryInput;
  /** False if the feed gave no valid date and the time of import is used. */
  readonly isDated: boolean;
}

export type SkipReason = 'without a link' | 'without a title' | 'told before' | 'not fit to be stored';

const maxSummaryChars = 500;

/**
 * Converts a feed's entries to stories in plain text.
 *
 * @param url address of the feed, base for relative addresses
 * @param now upper bound for dates: later ones are replaced by it
 */
export function toFeedStories(feed: Feed, url: string | undefined, now: EpochMs): FeedStories {
  const stories = new Map<string, FeedStory>();
  const skipped = new Map<SkipReason, number>();
  for (const [index, entry] of feed.entries.entries()) {
    // Undated entries keep the order of the feed, newest first.
    const result = toStory(entry, feed, url, now - index);
    const key = typeof result === 'string' ? undefined : storyKey(result.story.url);
    const reason =
      typeof result === 'string' ? result : key !== undefined && stories.has(key) ? 'told before' : undefined;
    if (reason !== undefined) skipped.set(reason, (skipped.get(reason) ?? 0) + 1);
    else if (key !== undefined && typeof result !== 'string') stories.set(key, result);
  }
  return { stories: [...stories.values()], skipped };
}

function toStory(entry: Entry, feed: Feed, feedUrl: string | undefined, now: EpochMs): FeedStory | SkipReason {
  const bases = [feedUrl, feed.base, entry.base];
  const url = resolveUrl(entry.link, bases);
  if (url === undefined) return 'without a link';
  const title = entry.title && toPlainText(entry.title).paragraphs.join(' ');
  if (!title) return 'without a title';
  const texts = entry.texts.map(toPlainText);
  const summary = texts.map(findLead).find(Boolean);
  const date = entry.dates.map(parseTime).find((time) => time !== undefined);
  const playable = entry.media.find(({ type }) => type !== 'image');
  const parsed = storyInputSchema.safeParse({
    url,
    title: truncate(title, limits.storyTitle),
    publishedAt: new Date(Math.min(date ?? now, now)).toISOString(),
    summary: summary && truncate(summary, maxSummaryChars),
    image: findImage([...entry.media, ...texts.flatMap(({ image }) => image ?? [])], bases),
    section: toName(entry.section, limits.storyLabel),
    byline: toName(entry.bylines.filter((name) => !name.includes('@')).join(', '), limits.storyByline),
    kind: playable ? (playable.type === 'video' ? 'video' : 'podcast') : 'article',
    durationSec: toSeconds(playable?.durationSec),
    lang: langSchema.safeParse(entry.lang ?? feed.lang).data,
  });
  if (!parsed.success) return 'not fit to be stored';
  return { story: parsed.data, isDated: date !== undefined };
}

function toPlainText({ value, isHtml }: FeedText): PlainText {
  return isHtml ? plainText(value) : { paragraphs: [sanitizeLine(value)], image: undefined };
}

/** Returns the first paragraph of some length, since many feeds contain the full story. */
function findLead({ paragraphs }: PlainText): string {
  return paragraphs.find(({ length }) => length >= minLeadChars) ?? paragraphs.join(' ');
}

const minLeadChars = 40;

/** Returns the name, or `undefined` if it has neither letters nor digits. */
function toName(given: string | undefined, maxLength: number): string | undefined {
  const name = plainText(given ?? '').paragraphs.join(' ');
  return /[\p{L}\p{N}]/u.test(name) ? truncate(name, maxLength) : undefined;
}

function findImage(
  found: readonly (Medium | FoundImage)[],
  bases: readonly (string | undefined)[],
): StoryInput['image'] {
  for (const image of found) {
    if ('type' in image && image.type !== 'image') continue;
    const src = resolveUrl(image.src, bases);
    if (src === undefined || !webUrl.safeParse(src).success) continue;
    const isSized = isPositive(image.width) && isPositive(image.height);
    return {
      src,
      ...(isSized && { width: image.width, height: image.height }),
      ...(image.alt && { alt: truncate(sanitizeLine(image.alt), limits.imageAlt) }),
    };
  }
  return undefined;
}

function isPositive(size: number | undefined): size is number {
  return size !== undefined && Number.isInteger(size) && size > 0 && size <= limits.imagePixels;
}

/** Returns whole seconds, or `undefined` for a duration that none can be. */
function toSeconds(duration: number | undefined): number | undefined {
  const seconds = Math.round(duration ?? NaN);
  return seconds >= 0 && seconds <= limits.integer ? seconds : undefined;
}

/** Resolves a URL. Each base may be relative to the one before. */
function resolveUrl(given: string | undefined, bases: readonly (string | undefined)[]): string | undefined {
  let base: string | undefined;
  for (const next of bases) {
    if (next !== undefined && URL.canParse(next, base)) base = new URL(next, base).href;
  }
  if (!given || !URL.canParse(given, base)) return undefined;
  const url = new URL(given, base);
  return url.protocol === 'https:' || url.protocol === 'http:' ? url.href : undefined;
}

// Date.parse accepts nearly any text, so only strings similar to ISO 8601 or RFC 822 are parsed.
const datePattern = /^(\d{4}-\d{2}-\d{2}|(\p{L}{3,9},?\s+)?\d{1,2}\s+\p{L}{3,9}\s+\d{2,4}\b)/u;

function parseTime(given: string): number | undefined {
  const written = given.trim();
  const time = datePattern.test(written) ? Date.parse(written) : NaN;
  return time > 0 ? time : undefined;
}
