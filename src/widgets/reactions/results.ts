import { catalogueFor, type LocaleController } from '../../base/locale.js';
import { percentages } from '../../base/percentages.js';
import { adoptStyles } from '../../base/style-sheets.js';
import type { Place } from '../../client/index.js';
import { live } from '../../client/live.js';
import type { LiveEvent } from '../../contract/types.js';
import type { Catalogue } from '../../locales/catalogue.js';
import { Ballot } from './ballot.js';
import { resultsStyles } from './results.styles.js';
import { wishIn } from './waiting.js';

/** Every choice's share in percent. */
export function sharesOf(ballot: Ballot): number[] {
  return percentages(ballot.answer.poll.choices.map(({ id }) => ballot.count(id)));
}

/** The sentence below the choices, once there is more to it than how many take part. */
export function summaryOf(
  ballot: Ballot,
  numbers: string,
  words: Catalogue['reactions'],
  locale: LocaleController,
): string {
  const { counts, poll } = ballot.answer;
  const chosen = counts && !poll.multiple && poll.choices.find(({ id }) => id === ballot.wanted[0]);
  const others = chosen ? ballot.count(chosen.id) - 1 : 0;
  const sentence = chosen
    ? words[poll.id === 'reactions' ? 'feels' : 'chose'](others, locale.number(others), chosen.label)
    : numbers;
  return poll.state === 'open' ? sentence : `${words[poll.state]} ${sentence}`;
}

/** What a template does not draw: lines as long as their shares, and the states that a page may style by. */
export function showResults(
  { answer, wanted }: Ballot,
  root: ShadowRoot,
  setState: (name: string, on: boolean) => void,
): void {
  setState('voted', wanted.length > 0);
  for (const state of ['closed', 'frozen']) setState(state, answer.poll.state === state);
  adoptStyles(root, [resultsStyles]);
  // By CSSOM, which a strict style-src allows.
  for (const bar of root.querySelectorAll<HTMLElement>('.bar'))
    bar.style.setProperty('--_share', bar.dataset['share']!);
}

const actMillis = 500;

/** Hears how others vote, over the browser's one connection, and sends what waits of an earlier visit. */
export function follow(
  voter: { readonly poll: string; ballot?: Ballot; refresh(): Promise<void>; react(choice: string): Promise<void> },
  place: Place,
  signal: AbortSignal,
): void {
  const hear = (event: LiveEvent): void => {
    const { ballot, poll } = voter;
    if (signal.aborted || !ballot) return;
    if (event.type === 'reset') void voter.refresh();
    if (event.type !== 'reactions' || event.poll !== poll) return;
    // Its counts may hold an act of ours whose answer is still on its way.
    if (ballot.wanted !== ballot.held) return void setTimeout(hear, actMillis, event);
    const { answer, held } = ballot;
    const { counts, total, version, state = answer.poll.state } = event;
    if (version > answer.version)
      voter.ballot = new Ballot({ ...answer, counts, total, version, poll: { ...answer.poll, state } }, held);
  };
  live(place, hear, signal);
  // Whoever loses the connection later can still vote.
  void import('./voting.js').then(({ votingWords }) => votingWords(catalogueFor(place.lang))).catch(() => undefined);
  const wish = wishIn(place, voter.poll);
  if (!wish || !voter.ballot || signal.aborted) return;
  // What could not be sent before the page was left.
  const { held, answer } = voter.ballot;
  const gone = held.filter((id) => !wish.includes(id));
  // In a poll of one, taking another choice lets go of the first.
  const changed = [...(answer.poll.multiple || !wish.length ? gone : []), ...wish.filter((id) => !held.includes(id))];
  for (const id of changed) void voter.react(id);
}
