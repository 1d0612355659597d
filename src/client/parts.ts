import type { Comments, Newsletters, Rail, Reactions } from '../contract/types.js';

declare const answer: unique symbol;
/** One entry of `GET /page`, remembering what it is answered with. */
export type Part<Answer> = string & { readonly [answer]?: Answer };

type Value = string | number | null | undefined;

/** Writes entries of `GET /page`. What is no value gives way to the default, and defaults at the end are not written. */
export const parts = {
  reactions: (poll?: Value): Part<Reactions> => entry('reactions', [poll, 'reactions']),
  comments: (sort?: Value, limit?: Value): Part<Comments> => entry('comments', [sort, 'best'], [limit, '20']),
  stories: (rail?: Value, limit?: Value): Part<Rail> => entry(`stories:${rail || 'related'}`, [limit, '8']),
  newsletter: (): Part<Newsletters> => 'newsletter',
};

function entry(name: string, ...values: [value: Value, usual: string][]): string {
  let written = '';
  let pending = name;
  for (const [value, usual] of values) {
    pending += `:${/^[\w-]+$/.test(`${value ?? ''}`) ? value : usual}`;
    if (!pending.endsWith(`:${usual}`)) [written, pending] = [written + pending, ''];
  }
  return written || name;
}
