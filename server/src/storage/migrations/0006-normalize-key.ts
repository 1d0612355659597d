/**
 * The story key as this migration writes it: a copy of `storyKey` in the contract and `siteKey`, which may change later. A
 * released migration never does.
 */

const storyKeyBytes = 2048;
const tracking = /^(utm_.*|\w+clk?id|[gw]braid|mc_[ce]id|igshid|li_fat_id|_hs.*|vero_.*|zanpid|zarsrc)$/i;
const absoluteUrl = /^https?:\/\//i;

/** Returns a stored key in its present form. */
export type KeyNormalizer = (key: string, origin: string | undefined) => string | undefined;

/**
 * Returns a stored key in the form of this migration; `undefined` where it has none.
 *
 * @param origin the first origin of the site, to which paths are relative
 */
export const normalizeKey: KeyNormalizer = (key, origin) => {
  const isPath = key.startsWith('/') && origin !== undefined && URL.canParse(key, origin);
  const given = isPath ? new URL(key, origin).href : key.trim();
  const normalized = absoluteUrl.test(given) ? normalizeUrl(given) : given.normalize('NFC');
  return normalized && normalized.length <= storyKeyBytes ? normalized : undefined;
};

function normalizeUrl(given: string): string | undefined {
  if (!URL.canParse(given)) return undefined;
  const url = new URL(given);
  url.protocol = 'https:';
  const query = url.searchParams;
  for (const name of [...query.keys()]) if (tracking.test(name)) query.delete(name);
  query.sort();
  const path = url.pathname.replace(/[^/]+/g, (segment) => {
    try {
      return encodeURI(decodeURIComponent(segment).normalize('NFC')).replace(/[/?#]/g, encodeURIComponent);
    } catch {
      return segment.replace(/%../g, (escape) => escape.toUpperCase());
    }
  });
  return url.origin + path + url.search;
}
