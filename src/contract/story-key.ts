import { storyKeyBytes } from './limits.js';

const tracking = /^(utm_.*|fbclid|gclid)$/i;
const absoluteUrl = /^https?:\/\//i;

/**
 * Returns the canonical key of a story, the same for every spelling of its URL.
 *
 * A URL becomes https with a lower-case host, without fragment and tracking parameters (`utm_*`, `fbclid`, `gclid`),
 * its other parameters sorted. Anything else is the publisher's own id and only trimmed and composed (NFC).
 *
 * @returns the key; `undefined` where the value is empty, too long or an invalid URL
 */
export function storyKey(value: string): string | undefined {
  const given = value.trim().normalize('NFC');
  const key = fits(given) && absoluteUrl.test(given) ? keyOfUrl(given) : given;
  return key && fits(key) ? key : undefined;
}

function keyOfUrl(given: string): string | undefined {
  // `URL.canParse` is missing in supported browsers.
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
