import { z } from 'zod';
import * as limits from './limits.js';
import { webUrl } from './primitives.js';

const descriptorPattern = /^(?:[1-9]\d{0,4}w|\d{1,2}(?:\.\d{1,3})?x)?$/;

/** The image candidates of a `srcset`, as in HTML. */
export const srcset = z
  .string()
  .max(limits.srcsetChars)
  .refine(
    isSrcset,
    `At most ${limits.srcsetCandidates} URLs, http or https, each with a width (320w) or a density (2x).`,
  )
  .meta({ description: 'Image candidates as in HTML: `https://…/320.jpg 320w, https://…/640.jpg 640w`' });

/** Splits by the rules of HTML: a URL ends at white space, and may contain commas but not end with one. */
function isSrcset(given: string): boolean {
  if (given.length > limits.srcsetChars) return false;
  let rest = given.trimStart();
  for (let count = 1; count <= limits.srcsetCandidates; count++) {
    const [token = ''] = /^\S+/.exec(rest) ?? [];
    const address = token.replace(/,+$/, '');
    rest = rest.slice(token.length);
    // A comma right after the URL ends the candidate.
    const [descriptor = ''] = address === token ? (/^[^,]*/.exec(rest) ?? []) : [];
    if (!webUrl.safeParse(address).success || !descriptorPattern.test(descriptor.trim())) return false;
    rest = rest.slice(descriptor.length).replace(/^[\s,]+/, '');
    if (rest === '') return true;
  }
  return false;
}
