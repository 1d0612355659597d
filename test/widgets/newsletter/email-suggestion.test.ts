import { expect, test } from 'vitest';
import { suggestEmail } from '../../../src/widgets/newsletter/email-suggestion.js';

test.each([
  ['lan@gmial.com', 'lan@gmail.com'],
  ['lan@gmai.com', 'lan@gmail.com'],
  ['lan@gmaill.com', 'lan@gmail.com'],
  ['lan@gmail.con', 'lan@gmail.com'],
  ['lan@gmail.co', 'lan@gmail.com'],
  ['lan@yaho.com.vn', 'lan@yahoo.com.vn'],
  ['lan@hotnail.com', 'lan@hotmail.com'],
  ['lan@GMIAL.com', 'lan@gmail.com'],
  ['lan@gmail.com', undefined],
  ['lan@ymail.com', undefined],
  ['lan@mail.com', undefined],
  ['lan@example.com', undefined],
  ['lan@', undefined],
  ['gmial.com', undefined],
  ['', undefined],
])('suggestEmail(%s) returns %s', (email, expected) => expect(suggestEmail(email)).toBe(expected));
