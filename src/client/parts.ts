import type { Comments, Newsletters, Rail, Reactions } from '../contract/types.js';

declare const answer: unique symbol;
/** One entry of `GET /page`, remembering what it is answered with. */
export type Part<Answer> = string & { readonly [answer]?: Answer };

type Value = string | number | null | undefined;

/** Writes entries of `GET /page`. What is no value gives way to the default, and defaults at the end are not written. */
export const parts = {
  reactions: (poll?: Value): Part<Reactions> => `reactions:${valid(poll, 'reactions')}`.replace(/:reactions$/, ''),
  comments: (sort?: Value, limit?: Value): Part<Comments> =>
    `comments:${valid(sort, 'best')}:${valid(limit, 20)}`.replace(/(:best)?:20$/, ''),
  stories: (rail?: Value, limit?: Value): Part<Rail> =>
    `stories:${rail || 'related'}:${valid(limit, 8)}`.replace(/:8$/, ''),
  newsletter: (): Part<Newsletters> => 'newsletter',
};

function valid(value: Value, usual: Value): Value {
  return /^[\w-]+$/.test(`${value ?? ''}`) ? value : usual;
}
