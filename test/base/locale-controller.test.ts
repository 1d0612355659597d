import { afterEach, describe, expect, test } from 'vitest';
import { LitElement } from 'lit';
import { LocaleController, nearestLang } from '../../src/base/locale-controller.js';
import { date, relativeTime } from '../../src/base/dates.js';
import { supportedLanguage } from '../../src/locales/registry.js';
import { waitFor } from '../setup/wait-for.js';

class SpeakerElement extends LitElement {
  readonly locale = new LocaleController(this);
}
customElements.define('test-speaker', SpeakerElement);

async function speaker(parent: ParentNode = document.body, lang?: string): Promise<SpeakerElement> {
  const element = document.createElement('test-speaker') as SpeakerElement;
  if (lang) element.setAttribute('lang', lang);
  parent.append(element);
  await element.locale.ready;
  return element;
}

afterEach(() => {
  document.body.replaceChildren();
  document.documentElement.removeAttribute('lang');
});

test.each([
  ['vi', 'vi'],
  ['vi-VN', 'vi'],
  ['VI', 'vi'],
  ['vi_VN', 'vi'],
  ['en-GB', 'en'],
  ['fr', 'en'],
  ['vienna', 'en'],
  ['constructor', 'en'],
  ['', 'en'],
])('resolves language tag %j to the catalogue %s', (lang, expected) => expect(supportedLanguage(lang)).toBe(expected));

describe('nearestLang', () => {
  test('crosses shadow boundaries', () => {
    document.documentElement.lang = 'en';
    const outer = document.createElement('div');
    outer.lang = 'vi';
    document.body.append(outer);
    const middle = document.createElement('section');
    outer.append(middle);
    const inner = document.createElement('p');
    middle.attachShadow({ mode: 'open' }).append(inner);
    expect(nearestLang(inner)).toBe('vi');
  });

  test('prefers the own lang attribute, and is empty without any', () => {
    const element = document.createElement('p');
    document.body.append(element);
    expect(nearestLang(element)).toBe('');
    element.lang = 'en-GB';
    document.documentElement.lang = 'vi';
    expect(nearestLang(element)).toBe('en-GB');
  });
});

describe('LocaleController', () => {
  test('uses the language that the page declares', async () => {
    document.documentElement.lang = 'vi-VN';
    const { locale } = await speaker();
    expect(locale.declared).toBe('vi-VN');
    expect(locale.words?.common.retry).toBe('Thử lại');
    expect(locale.number(1203)).toBe('1.203');
    expect(locale.compact(12_345)).toMatch(/^12,3\sN$/);
  });

  test('updates when the lang of the element or of the page changes', async () => {
    document.documentElement.lang = 'vi';
    const element = await speaker();
    document.documentElement.lang = 'en';
    await waitFor(() => expect(element.locale.words?.common.retry).toBe('Try again'));
    element.setAttribute('lang', 'vi');
    await waitFor(() => expect(element.locale.words?.common.retry).toBe('Thử lại'));
  });

  test('stops observing when disconnected', async () => {
    document.documentElement.lang = 'vi';
    const element = await speaker();
    element.remove();
    document.documentElement.lang = 'en';
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(element.locale.declared).toBe('vi');
  });
});

describe('relativeTime and date', () => {
  test.each([
    [5, 'vừa xong'],
    [-90, 'vừa xong'],
    [5 * 60, '5 phút trước'],
    [3 * 3600, '3 giờ trước'],
    [26 * 3600, 'hôm qua'],
    [20 * 86_400, '2 tuần trước'],
  ])('formats %d seconds ago as %j', async (seconds, expected) => {
    const { locale } = await speaker(document.body, 'vi');
    expect(relativeTime(locale, new Date(Date.now() - seconds * 1000)).toLowerCase()).toBe(expected);
  });

  test('formats dates in the language', async () => {
    const { locale } = await speaker(document.body, 'vi');
    expect(date(locale, '2026-11-24T05:00:00Z', { dateStyle: 'short', timeZone: 'UTC' })).toBe('24/11/26');
  });
});
