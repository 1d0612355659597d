import { lang as langSchema, storyInputSchema, storyKey, type StoryInput } from 'afterword/contract';
import { tamedLine } from '../../text.js';
import type { Entry, Feed, Medium, Words } from './entries.js';
import { plainText, shortened, type FoundImage, type PlainText } from './plain-text.js';

/** What a feed gives. */
export interface FeedStories {
  readonly stories: readonly FeedStory[];
  /** How many entries gave no story, by reason. */
  readonly skipped: ReadonlyMap<SkipReason, number>;
}

export interface FeedStory {
  readonly story: StoryInput;
  /** Whether the feed told the date; else it is the time of reading. */
  readonly isDated: boolean;
}

export type SkipReason = 'without a link' | 'without a title' | 'told before' | 'not fit to be stored';

const titleChars = 500;
const summaryChars = 500;
const nameChars = 100;
const bylineChars = 200;

/**
 * Makes stories of a feed's entries, in plain text.
 *
 * @param url where the feed came from, for relative addresses
 * @param now no story is from the future: such a date becomes this one
 */
export function feedStories(feed: Feed, url: string | undefined, now: number): FeedStories {
  const stories = new Map<string, FeedStory>();
  const skipped = new Map<SkipReason, number>();
  for (const [index, entry] of feed.entries.entries()) {
    // Without dates the order of the feed, newest first, is all there is.
    const made = storyOf(entry, feed, url, now - index);
    const key = typeof made === 'string' ? undefined : storyKey(made.story.url);
    const reason = typeof made === 'string' ? made : key !== undefined && stories.has(key) ? 'told before' : undefined;
    if (reason !== undefined) skipped.set(reason, (skipped.get(reason) ?? 0) + 1);
    else if (key !== undefined && typeof made !== 'string') stories.set(key, made);
  }
  return { stories: [...stories.values()], skipped };
}

function storyOf(entry: Entry, feed: Feed, feedUrl: string | undefined, now: number): FeedStory | SkipReason {
  const bases = [feedUrl, feed.base, entry.base];
  const url = webAddress(entry.link, bases);
  if (url === undefined) return 'without a link';
  const title = entry.title && textOf(entry.title).paragraphs.join(' ');
  if (!title) return 'without a title';
  const texts = entry.texts.map(textOf);
  const summary = texts.map(leadOf).find(Boolean);
  const date = entry.dates.map(timeOf).find((time) => time !== undefined);
  const moving = entry.media.find(({ type }) => type !== 'image');
  const parsed = storyInputSchema.safeParse({
    url,
    title: shortened(title, titleChars),
    publishedAt: new Date(Math.min(date ?? now, now)).toISOString(),
    summary: summary && shortened(summary, summaryChars),
    image: imageOf([...entry.media, ...texts.flatMap(({ image }) => image ?? [])], bases),
    section: nameOf(entry.section, nameChars),
    byline: nameOf(entry.bylines.filter((name) => !name.includes('@')).join(', '), bylineChars),
    kind: moving ? (moving.type === 'video' ? 'video' : 'podcast') : 'article',
    durationSec: moving?.durationSec === undefined ? undefined : Math.round(moving.durationSec),
    lang: langSchema.safeParse(entry.lang ?? feed.lang).data,
  });
  if (!parsed.success) return 'not fit to be stored';
  return { story: parsed.data, isDated: date !== undefined };
}

function textOf({ value, isHtml }: Words): PlainText {
  return isHtml ? plainText(value) : { paragraphs: [tamedLine(value)], image: undefined };
}

/** The first paragraph that says something; many feeds carry the whole story. */
function leadOf({ paragraphs }: PlainText): string {
  return paragraphs.find(({ length }) => length >= leadChars) ?? paragraphs.join(' ');
}

const leadChars = 40;

/** A name has at least one letter or digit. */
function nameOf(given: string | undefined, most: number): string | undefined {
  const name = plainText(given ?? '').paragraphs.join(' ');
  return /[\p{L}\p{N}]/u.test(name) ? shortened(name, most) : undefined;
}

function imageOf(found: readonly (Medium | FoundImage)[], bases: readonly (string | undefined)[]): StoryInput['image'] {
  for (const image of found) {
    if ('type' in image && image.type !== 'image') continue;
    const src = webAddress(image.src, bases);
    if (src === undefined) continue;
    const isSized = isPositive(image.width) && isPositive(image.height);
    return {
      src,
      ...(isSized && { width: image.width, height: image.height }),
      ...(image.alt && { alt: tamedLine(image.alt) }),
    };
  }
  return undefined;
}

function isPositive(size: number | undefined): size is number {
  return size !== undefined && Number.isInteger(size) && size > 0;
}

/** Each base may itself be relative to the one before. */
function webAddress(given: string | undefined, bases: readonly (string | undefined)[]): string | undefined {
  let base: string | undefined;
  for (const next of bases) {
    if (next !== undefined && URL.canParse(next, base)) base = new URL(next, base).href;
  }
  if (!given || !URL.canParse(given, base)) return undefined;
  const url = new URL(given, base);
  return url.protocol === 'https:' || url.protocol === 'http:' ? url.href : undefined;
}

// JavaScript finds a date in nearly anything: only what looks like ISO 8601 or RFC 822 is one.
const dateLike = /^(\d{4}-\d{2}-\d{2}|(\p{L}{3,9},?\s+)?\d{1,2}\s+\p{L}{3,9}\s+\d{2,4}\b)/u;

function timeOf(given: string): number | undefined {
  const written = given.trim();
  const time = dateLike.test(written) ? Date.parse(written) : NaN;
  return time > 0 ? time : undefined;
}
