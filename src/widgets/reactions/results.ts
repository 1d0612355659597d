import type { LocaleController } from '../../base/locale.js';
import { percentages } from '../../base/percentages.js';
import { adoptStyles } from '../../base/style-sheets.js';
import type { Catalogue } from '../../locales/catalogue.js';
import type { Ballot } from './ballot.js';
import { resultsStyles } from './results.styles.js';

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
