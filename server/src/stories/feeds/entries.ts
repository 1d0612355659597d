import { XMLValidator } from 'fast-xml-parser';
import {
  detectAtomFeed,
  detectRdfFeed,
  detectRssFeed,
  parseFeed,
  type AnyFeed,
  type AtomFeed,
  type DcNs,
  type DcTermsNs,
  type JsonFeed,
  type MediaNs,
  type RdfFeed,
  type RssFeed,
} from 'feedsmith';
import { OperatorError } from '../../config.js';
import type { FoundImage } from './plain-text.js';

/** Parsed feed of any format, with the values as published. */
export interface Feed {
  readonly lang: string | undefined;
  /** Base URL for relative addresses. */
  readonly base: string | undefined;
  readonly entries: readonly Entry[];
}

export interface Entry {
  readonly link: string | undefined;
  readonly title: FeedText | undefined;
  /** Texts in order of preference: the first non-empty one gives the summary, the first with a picture the image. */
  readonly texts: readonly FeedText[];
  readonly dates: readonly string[];
  readonly section: string | undefined;
  readonly bylines: readonly string[];
  readonly lang: string | undefined;
  readonly base: string | undefined;
  readonly media: readonly Medium[];
}

export interface FeedText {
  readonly value: string;
  readonly isHtml: boolean;
}

export interface Medium extends FoundImage {
  readonly type: 'image' | 'video' | 'audio';
  readonly durationSec?: number | undefined;
}

/**
 * Parses RSS, Atom, RDF or JSON Feed.
 *
 * @throws OperatorError with the reason if the feed is invalid
 */
export function readEntries(text: string): Feed {
  if ([detectRssFeed, detectAtomFeed, detectRdfFeed].some((isFeed) => isFeed(text))) checkXml(text);
  let parsed: AnyFeed;
  try {
    parsed = parseFeed(text);
  } catch {
    throw new OperatorError('it is neither RSS, Atom, RDF nor JSON Feed');
  }
  if (parsed.format === 'rss') return fromRss(parsed.feed);
  if (parsed.format === 'atom') return fromAtom(parsed.feed);
  if (parsed.format === 'rdf') return fromRdf(parsed.feed);
  return fromJson(parsed.feed);
}

/** Validates the XML, since the parser accepts truncated documents and would return incomplete entries. */
function checkXml(text: string): void {
  if (declaresEntities(text)) throw new OperatorError('it declares entities, which are not read');
  const valid = XMLValidator.validate(text.trimStart());
  if (valid === true) return;
  // The validator reports a truncated document as a list of unclosed tags.
  const { line, msg } = valid.err;
  throw new OperatorError(
    /^(Invalid '\[|Unclosed tag)/.test(msg)
      ? 'it breaks off before its end'
      : `it is not well-formed XML (line ${line}: ${msg})`,
  );
}

/** Returns true for a DOCTYPE with an internal subset. A DOCTYPE that only names a DTD is harmless. */
function declaresEntities(text: string): boolean {
  let at = 0;
  for (;;) {
    while (/[\s\uFEFF]/.test(text[at] ?? '')) at += 1;
    const end = text.startsWith('<?', at) ? '?>' : text.startsWith('<!--', at) ? '-->' : undefined;
    if (end === undefined) return /^<!DOCTYPE[^>[]*\[/i.test(text.slice(at, at + 10_000));
    const next = text.indexOf(end, at + 2);
    if (next === -1) return false;
    at = next + end.length;
  }
}

function fromRss(feed: RssFeed.Feed<string>): Feed {
  return {
    lang: feed.language ?? feed.dc?.languages?.[0],
    base: feed.link,
    entries: (feed.items ?? []).map((item) => {
      const permalink = item.guid?.isPermaLink === false ? undefined : item.guid?.value;
      return {
        link: item.link ?? item.atom?.links?.find(isAlternate)?.href ?? permalink,
        title: htmlText(item.title ?? item.media?.title?.value ?? item.dc?.titles?.[0]),
        texts: compact([
          htmlText(item.description),
          htmlText(item.content?.encoded),
          htmlText(item.media?.description?.value),
        ]),
        dates: compact([item.pubDate, ...datesOf(item)]),
        section: item.categories?.[0]?.name ?? item.dc?.subjects?.[0],
        bylines: compact([...(item.dc?.creators ?? []), ...(item.authors ?? []).map(({ name }) => name)]),
        lang: item.dc?.languages?.[0],
        base: item.xml?.base ?? feed.xml?.base,
        media: [
          ...mediaOf(item.media),
          ...(item.enclosures ?? []).flatMap(({ url, type }) =>
            medium(url, type, { durationSec: item.itunes?.duration }),
          ),
          ...(item.itunes?.image === undefined ? [] : [{ type: 'image' as const, src: item.itunes.image }]),
        ],
      };
    }),
  };
}

function fromRdf(feed: RdfFeed.Feed<string>): Feed {
  return {
    lang: feed.dc?.languages?.[0],
    base: feed.link,
    entries: (feed.items ?? []).map((item) => ({
      link: item.link ?? item.rdf?.about,
      title: htmlText(item.title ?? item.dc?.titles?.[0]),
      texts: compact([htmlText(item.description), htmlText(item.content?.encoded)]),
      dates: datesOf(item),
      section: item.dc?.subjects?.[0],
      bylines: item.dc?.creators ?? [],
      lang: item.dc?.languages?.[0],
      base: item.xml?.base ?? feed.xml?.base,
      media: mediaOf(item.media),
    })),
  };
}

function fromAtom(feed: AtomFeed.Feed<string>): Feed {
  return {
    lang: feed.xml?.lang,
    base: feed.links?.find(isAlternate)?.href,
    entries: (feed.entries ?? []).map((entry) => ({
      link: entry.links?.find(isAlternate)?.href,
      title: atomText(entry.title),
      texts: compact([atomText(entry.summary), atomText(entry.content), htmlText(entry.media?.description?.value)]),
      dates: compact([entry.published, ...datesOf(entry), entry.updated]),
      section: entry.categories?.[0]?.label ?? entry.categories?.[0]?.term,
      bylines: compact((entry.authors ?? feed.authors ?? []).map(({ name }) => name)),
      lang: entry.xml?.lang ?? entry.dc?.languages?.[0],
      base: entry.xml?.base ?? feed.xml?.base,
      media: [
        ...mediaOf(entry.media),
        ...(entry.links ?? []).flatMap(({ rel, href, type }) => (rel === 'enclosure' ? medium(href, type) : [])),
      ],
    })),
  };
}

function fromJson(feed: JsonFeed.Feed<string>): Feed {
  return {
    lang: feed.language,
    base: feed.home_page_url ?? feed.feed_url,
    entries: (feed.items ?? []).map((item) => ({
      link: item.url ?? item.external_url,
      title: feedText(item.title, false),
      texts: compact([feedText(item.summary, false), htmlText(item.content_html), feedText(item.content_text, false)]),
      dates: compact([item.date_published, item.date_modified]),
      section: item.tags?.[0],
      bylines: compact((item.authors ?? feed.authors ?? []).map(({ name }) => name)),
      lang: item.language,
      base: undefined,
      media: [
        ...compact([item.image, item.banner_image]).map((src) => ({ type: 'image' as const, src })),
        ...(item.attachments ?? []).flatMap(({ url, mime_type, duration_in_seconds }) =>
          medium(url, mime_type, { durationSec: duration_in_seconds }),
        ),
      ],
    })),
  };
}

/** Atom declares the type of its texts; all types but `text` are markup. */
function atomText(text: AtomFeed.Text | AtomFeed.Content | undefined): FeedText | undefined {
  return feedText(text?.value, text?.type !== undefined && text.type !== 'text' && text.type !== 'text/plain');
}

/** RSS declares no type; feeds contain markup in descriptions and entities in titles. */
function htmlText(value: string | undefined): FeedText | undefined {
  return feedText(value, true);
}

function feedText(value: string | undefined, isHtml: boolean): FeedText | undefined {
  return value === undefined ? undefined : { value, isHtml };
}

function isAlternate({ rel, href }: { readonly rel?: string; readonly href?: string }): boolean {
  return href !== undefined && (rel === undefined || rel === 'alternate');
}

function datesOf({
  dc,
  dcterms,
}: {
  readonly dc?: DcNs.ItemOrFeed<string>;
  readonly dcterms?: DcTermsNs.ItemOrFeed<string>;
}): string[] {
  return compact([...(dc?.dates ?? []), ...(dcterms?.issued ?? []), ...(dcterms?.created ?? [])]);
}

/** Collects media, largest pictures first. */
function mediaOf(media: MediaNs.ItemOrFeed | undefined): Medium[] {
  const contents = [
    ...(media?.contents ?? []),
    ...(media?.groups ?? []).flatMap(({ contents: inGroup }) => inGroup ?? []),
  ];
  const found = contents.flatMap(({ url, type, medium: kind, width, height, duration }) =>
    medium(url, type ?? kindOf(kind, url), { width, height, durationSec: duration }),
  );
  const thumbnails = (media?.thumbnails ?? []).flatMap(({ url, width, height }) =>
    medium(url, 'image/', { width, height }),
  );
  return [...found.sort((a, b) => (b.width ?? 0) - (a.width ?? 0)), ...thumbnails];
}

/** Derives the type of media that declare none. */
function kindOf(medium: string | undefined, url: string | undefined): string | undefined {
  if (medium !== undefined) return `${medium}/`;
  return /\.(avif|gif|jpe?g|png|webp)(\?|$)/i.test(url ?? '') ? 'image/' : undefined;
}

function medium(src: string | undefined, mimeType = '', rest: Omit<Medium, 'type' | 'src'> = {}): Medium[] {
  const type = (['image', 'video', 'audio'] as const).find((name) => mimeType.startsWith(`${name}/`));
  return src === undefined || type === undefined ? [] : [{ type, src, ...rest }];
}

function compact<T>(values: readonly (T | undefined)[]): T[] {
  return values.filter((value) => value !== undefined);
}
