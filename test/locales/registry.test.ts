import { LitElement } from 'lit';
import { afterEach, expect, test, vi } from 'vitest';
import { relativeTime } from '../../src/base/dates.js';
import { LocaleController } from '../../src/base/locale-controller.js';
import { en } from '../../src/locales/en.js';
import { addLocale, type Catalogue, loadCatalogue, supportedLanguage } from '../../src/locales/registry.js';
import { vi as vietnamese } from '../../src/locales/vi.js';

const french: Catalogue = {
  ...en,
  common: { ...en.common, thousands: ' ', ago: () => 'il y a peu', retry: 'Réessayer' },
};
const load = vi.fn(() => Promise.resolve(french));

class LocalizedElement extends LitElement {
  readonly locale = new LocaleController(this);
}
customElements.define('test-localized', LocalizedElement);

afterEach(() => {
  document.body.replaceChildren();
  document.documentElement.removeAttribute('lang');
});

test('addLocale serves the subtags of a language, with its number and date formats', async () => {
  expect(supportedLanguage('fr-CA')).toBe('en');
  addLocale('fr', load);
  expect(supportedLanguage('fr-CA')).toBe('fr');
  document.documentElement.lang = 'fr-CA';
  const { locale } = document.body.appendChild(new LocalizedElement());
  await locale.ready;
  expect(load).toHaveBeenCalledOnce();
  expect(locale.words?.common.retry).toBe('Réessayer');
  expect(locale.number(12_345)).toBe('12 345');
  expect(locale.compact(12_345)).toMatch(/^12,3\sk$/);
  expect(relativeTime(locale, new Date())).toBe('il y a peu');
});

test('addLocale replaces a language that is added again', async () => {
  addLocale('fr', () => Promise.resolve(en));
  expect(await loadCatalogue('fr')).toBe(en);
});

test('the catalogues have the same keys', async () => {
  expect(keysOf(en)).toEqual(keysOf(vietnamese));
  expect(keysOf(await en.commentActions())).toEqual(keysOf(await vietnamese.commentActions()));
});

/** Returns the paths of all keys of a catalogue. */
function keysOf(value: object, path = ''): string[] {
  return Object.entries(value)
    .flatMap(([key, inner]: [string, unknown]) =>
      typeof inner === 'object' ? keysOf(inner as object, `${path}${key}.`) : [`${path}${key}`],
    )
    .sort();
}
