import type { Place } from '../../client/index.js';
import { pageSettings } from '../../client/settings.js';
import { SafeStorage } from '../../client/storage.js';
import { subjectOf } from '../../client/subject.js';

/** What a reader wants to hold in a poll, and the API does not know yet. */
interface Wish {
  readonly choices: readonly string[];
  /** Whose it is; nobody's yet where the reader had not acted before. */
  readonly reader?: string | undefined;
}

const storage = new SafeStorage(pageSettings().storage);

/** Keeps what could not be sent, also for after a reload; without choices it is forgotten. */
export function keepWish(place: Place, poll: string, choices?: readonly string[]): void {
  const { [keyOf(place, poll)]: _, ...others } = wishesOf(place);
  const wish = choices && { [keyOf(place, poll)]: { choices, reader: subjectOf(place.site.token) } };
  const all = { ...others, ...wish };
  storage.set(nameOf(place), Object.keys(all).length ? all : undefined);
}

/** What waits in a poll. What another person left is not sent in this reader's name. */
export function wishIn(place: Place, poll: string): readonly string[] | undefined {
  const wish = wishesOf(place)[keyOf(place, poll)];
  return wish && (!wish.reader || wish.reader === subjectOf(place.site.token)) ? wish.choices : undefined;
}

function wishesOf(place: Place): Record<string, Wish> {
  return storage.get<Record<string, Wish>>(nameOf(place)) ?? {};
}

function nameOf({ site }: Place): string {
  return `afterword:votes:${site.root}`;
}

function keyOf({ story }: Place, poll: string): string {
  return `${poll} ${story}`;
}
