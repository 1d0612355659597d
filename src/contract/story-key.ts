/** A story key (publisher's id or canonical URL), in UTF-8 bytes. Apart from the other limits: every widget carries it. */
export const storyKeyBytes = 2048;

const tracking = /^(utm_.*|fbclid|gclid)$/i;
const absoluteUrl = /^https?:\/\//i;

/**
 * The one name of a story, the same for every way of writing its address.
 *
 * A URL becomes https with a lower-case host, without fragment and tracking parameters (`utm_*`, `fbclid`, `gclid`),
 * its other parameters sorted. Anything else is the publisher's own id and only trimmed and composed (NFC).
 *
 * @returns the key, or `undefined` where the value is empty, too long or an address that cannot be parsed
 */
export function storyKey(value: string): string | undefined {
  const given = value.trim().normalize('NFC');
  const key = fits(given) && absoluteUrl.test(given) ? keyOfUrl(given) : given;
  return key && fits(key) ? key : undefined;
}

function keyOfUrl(given: string): string | undefined {
  // `URL.canParse` is younger than the browsers we serve.
  let url: URL;
  try {
    url = new URL(given);
  } catch {
    return undefined;
  }
  url.protocol = 'https:';
  url.hash = url.username = url.password = '';
  for (const name of [...url.searchParams.keys()]) if (tracking.test(name)) url.searchParams.delete(name);
  url.searchParams.sort();
  return url.href;
}

function fits(value: string): boolean {
  return new TextEncoder().encode(value).length <= storyKeyBytes;
}
