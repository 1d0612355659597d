import { storyKeyBytes } from './limits.js';

/**
 * Query parameters that name the source of a visit: campaigns (`utm_*`), identifiers of clicks (`fbclid`, `gclid`,
 * `msclkid` …, `gbraid`, `wbraid`), Zalo, Instagram, LinkedIn and Zanox, and mails of Mailchimp, HubSpot and Vero.
 */
const tracking = /^((utm_|_hs|vero_).*|\w+clk?id|[gw]braid|mc_[ce]id|igshid|li_fat_id|zanpid|zarsrc)$/i;
const absoluteUrl = /^https?:\/\//i;

/**
 * Returns the canonical key of a story, the same for every spelling of its URL.
 *
 * A URL becomes https with a lower-case host, without credentials, fragment and {@link tracking} parameters, its other
 * parameters sorted and written as `application/x-www-form-urlencoded`, its path normalized as of RFC 3986, section 6.2.2.
 * Anything else is the publisher's own id and only trimmed and composed (NFC).
 *
 * Keys are stored: a change of this function needs a migration like `0006-story-keys`.
 *
 * @returns the key, which is its own key; `undefined` where the value is empty, too long or an invalid URL
 */
export function storyKey(value: string): string | undefined {
  const given = value.trim();
  // Keys of URLs are ASCII. The schema `story` counts the bytes of ids.
  const key = absoluteUrl.test(given) ? keyOfUrl(given) : given.normalize('NFC');
  return key && key.length <= storyKeyBytes ? key : undefined;
}

function keyOfUrl(given: string): string | undefined {
  // `URL.canParse` is missing in supported browsers.
  try {
    const url = new URL(given);
    url.protocol = 'https:';
    const query = url.searchParams;
    for (const name of [...query.keys()]) if (tracking.test(name)) query.delete(name);
    query.sort();
    const { origin, pathname, search } = url;
    if (origin.length + pathname.length + search.length > storyKeyBytes) return undefined;
    return origin + normalizePath(pathname) + search;
  } catch {
    return undefined;
  }
}

/**
 * Normalizes a path. Escapes are in upper case (RFC 3986, section 6.2.2.1) and stay only where a segment needs them: `%7E`
 * is `~` (6.2.2.2), and so is `%28` a parenthesis, by which no two pages differ. Its text is composed (NFC, as in RFC 3987,
 * section 5.3.2.2). `URL` itself resolves dot segments (6.2.2.3).
 */
function normalizePath(path: string): string {
  return path.replace(/[^/]+/g, (segment) => {
    try {
      return encodeURI(decodeURIComponent(segment).normalize('NFC')).replace(/[/?#]/g, encodeURIComponent);
    } catch {
      // Not UTF-8, or a percent sign that begins no escape.
      return segment.replace(/%../g, (escape) => escape.toUpperCase());
    }
  });
}
