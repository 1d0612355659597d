import type { Comment, Counts, Me, NewsletterList, Page, Rail, Story } from '../contract/types.js';
import { createMe } from './fixtures.js';
import { InMemoryPoll } from './poll.js';
import { InMemoryThread } from './thread.js';

type Part = Page['parts'][string];

/** Changes one part of the answer to `GET /page`. The entry has the long names, such as `stories:latest:4`. */
export type PartChange = (part: Part, entry: string) => Part;

/** State of the in-memory API: one reader, and the same poll and thread on every story. */
export class ApiState {
  readonly poll = new InMemoryPoll();
  readonly thread = new InMemoryThread();
  /** Stories by rail; a rail that is missing is empty. */
  rails: Partial<Record<Rail['rail'], Story[]>> = {};
  /** By default one, in the language of the request. */
  newsletters?: NewsletterList[];
  /** Answers of `GET /counts` by story; zero for a story that is missing. */
  storyCounts: Counts['counts'] = {};
  /** The one reader, with the votes on comments and the comments of their own. */
  me: Me = createMe();
  /** The code in the mail that confirms a subscription. */
  confirmationCode = '246810';
  /** Comments by Idempotency-Key. */
  readonly postedComments = new Map<string, Comment>();
  /** Applied in order to each part of `GET /page`. */
  readonly partChanges: PartChange[] = [];

  /** The reader's token; every other is refused. */
  get token(): string {
    return createToken(this.me.reader.id);
  }
}

/** Builds a token that names its reader, as those of the API do. */
export function createToken(readerId: string): string {
  return `e30.${btoa(JSON.stringify({ sub: readerId }))}.x`;
}
