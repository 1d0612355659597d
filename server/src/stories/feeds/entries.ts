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

/** A feed of any format: what its entries say, as they say it. */
export interface Feed {
  readonly lang: string | undefined;
  /** What relative addresses in it are relative to. */
  readonly base: string | undefined;
  readonly entries: readonly Entry[];
}

export interface Entry {
  readonly link: string | undefined;
  readonly title: Words | undefined;
  /** Best first; the summary is made from the first that has text, the picture from the first that has one. */
  readonly texts: readonly Words[];
  readonly dates: readonly string[];
  readonly section: string | undefined;
  readonly bylines: readonly string[];
  readonly lang: string | undefined;
  readonly base: string | undefined;
  readonly media: readonly Medium[];
}

export interface Words {
  readonly value: string;
  readonly isHtml: boolean;
}

export interface Medium extends FoundImage {
  readonly type: 'image' | 'video' | 'audio';
  readonly durationSec?: number | undefined;
}

/**
 * Reads RSS, Atom, RDF or JSON Feed.
 *
 * @throws OperatorError saying what is wrong with it
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

/** The parser itself forgives too much: of a feed that breaks off it would make half a story. */
function checkXml(text: string): void {
  if (declaresEntities(text)) throw new OperatorError('it declares entities, which are not read');
  const valid = XMLValidator.validate(text.trimStart());
  if (valid === true) return;
  // Of a feed that ends too early the validator names, or lists, what is still open.
  const { line, msg } = valid.err;
  throw new OperatorError(
    /^(Invalid '\[|Unclosed tag)/.test(msg)
      ? 'it breaks off before its end'
      : `it is not well-formed XML (line ${line}: ${msg})`,
  );
}

/** Whether there is a document type with declarations of its own; one that only names a DTD does no harm. */
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
        title: html(item.title ?? item.media?.title?.value ?? item.dc?.titles?.[0]),
        texts: some([html(item.description), html(item.content?.encoded), html(item.media?.description?.value)]),
        dates: some([item.pubDate, ...datesOf(item)]),
        section: item.categories?.[0]?.name ?? item.dc?.subjects?.[0],
        bylines: some([...(item.dc?.creators ?? []), ...(item.authors ?? []).map(({ name }) => name)]),
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
      title: html(item.title ?? item.dc?.titles?.[0]),
      texts: some([html(item.description), html(item.content?.encoded)]),
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
      title: atomWords(entry.title),
      texts: some([atomWords(entry.summary), atomWords(entry.content), html(entry.media?.description?.value)]),
      dates: some([entry.published, ...datesOf(entry), entry.updated]),
      section: entry.categories?.[0]?.label ?? entry.categories?.[0]?.term,
      bylines: some((entry.authors ?? feed.authors ?? []).map(({ name }) => name)),
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
      title: words(item.title, false),
      texts: some([words(item.summary, false), html(item.content_html), words(item.content_text, false)]),
      dates: some([item.date_published, item.date_modified]),
      section: item.tags?.[0],
      bylines: some((item.authors ?? feed.authors ?? []).map(({ name }) => name)),
      lang: item.language,
      base: undefined,
      media: [
        ...some([item.image, item.banner_image]).map((src) => ({ type: 'image' as const, src })),
        ...(item.attachments ?? []).flatMap(({ url, mime_type, duration_in_seconds }) =>
          medium(url, mime_type, { durationSec: duration_in_seconds }),
        ),
      ],
    })),
  };
}

/** Atom says what its texts are; only `text` is not markup. */
function atomWords(text: AtomFeed.Text | AtomFeed.Content | undefined): Words | undefined {
  return words(text?.value, text?.type !== undefined && text.type !== 'text' && text.type !== 'text/plain');
}

/** RSS does not say, and newsrooms write markup into descriptions and entities into titles. */
function html(value: string | undefined): Words | undefined {
  return words(value, true);
}

function words(value: string | undefined, isHtml: boolean): Words | undefined {
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
  return some([...(dc?.dates ?? []), ...(dcterms?.issued ?? []), ...(dcterms?.created ?? [])]);
}

/** Pictures largest first, so that the card has enough pixels. */
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

/** Newsrooms leave the type of a picture out. */
function kindOf(medium: string | undefined, url: string | undefined): string | undefined {
  if (medium !== undefined) return `${medium}/`;
  return /\.(avif|gif|jpe?g|png|webp)(\?|$)/i.test(url ?? '') ? 'image/' : undefined;
}

function medium(src: string | undefined, mimeType = '', rest: Omit<Medium, 'type' | 'src'> = {}): Medium[] {
  const type = (['image', 'video', 'audio'] as const).find((name) => mimeType.startsWith(`${name}/`));
  return src === undefined || type === undefined ? [] : [{ type, src, ...rest }];
}

function some<T>(values: readonly (T | undefined)[]): T[] {
  return values.filter((value) => value !== undefined);
}
