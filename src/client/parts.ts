import type { Comments, Newsletters, Rail, Reactions } from '../contract/types.js';

declare const answer: unique symbol;
/** One entry of `GET /page`, remembering what it is answered with. */
export type Part<Answer> = string & { readonly [answer]?: Answer };

const slug = /^[a-z0-9-]{1,64}$/;

/** Writes entries of `GET /page`. A value the API would refuse gives way to the default, and defaults are not written. */
export const parts = {
  reactions: (poll?: string | null): Part<Reactions> => entry('reactions', word(poll, 'reactions')),
  comments: (sort?: string | null, limit?: string | number | null): Part<Comments> =>
    entry('comments', word(sort, 'best'), size(limit, 20)),
  stories: (rail?: string | null, limit?: string | number | null): Part<Rail> =>
    entry(`stories:${word(rail, 'related')[0]}`, size(limit, 8)),
  newsletter: (): Part<Newsletters> => 'newsletter',
};

/** What an element of ours will ask for, read off its tag before its code is there. */
export function partOf(element: Element): Part<unknown> | undefined {
  const attribute = (name: string) => element.getAttribute(name);
  switch (element.localName) {
    case 'aw-reactions':
      return parts.reactions(attribute('poll'));
    case 'aw-comments':
      return parts.comments(attribute('sort'), attribute('page-size'));
    case 'aw-stories':
      return parts.stories(attribute('rail'), attribute('limit'));
    case 'aw-newsletter':
      return parts.newsletter();
  }
  return undefined;
}

/** A value and its default. */
type Value = readonly [string, string];

function entry(name: string, ...values: Value[]): string {
  const last = values.findLastIndex(([value, usual]) => value !== usual);
  return [name, ...values.slice(0, last + 1).map(([value]) => value)].join(':');
}

function word(value: string | null | undefined, usual: string): Value {
  return [value && slug.test(value) ? value : usual, usual];
}

function size(value: string | number | null | undefined, usual: number): Value {
  const number = Math.trunc(Number(value));
  return [String(number > 0 ? Math.min(number, 100) : usual), String(usual)];
}
