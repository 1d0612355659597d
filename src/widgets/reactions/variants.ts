import type { LocaleController } from '../../base/locale.js';
import { adoptStyles } from '../../base/style-sheets.js';
import type { Ballot } from './ballot.js';
import { bars } from './bars.styles.js';

/** What the two other looks need of the widget that wears them. */
export interface Dressed extends HTMLElement {
  readonly variant: 'buttons' | 'bars' | 'compact';
  readonly renderRoot: ShadowRoot;
  readonly ballot?: Ballot;
}

/** Gives a poll the look it asks for, until the signal ends it. Fetched by the polls that ask for one. */
export async function dress(host: Dressed, locale: LocaleController, signal: AbortSignal): Promise<void> {
  if (host.variant === 'bars') adoptStyles(host.renderRoot, [bars]);
  else (await import('./picker.js')).keepPicker(host, locale, signal);
}
