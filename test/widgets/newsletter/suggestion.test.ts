import { expect, test } from 'vitest';
import { suggestion } from '../../../src/widgets/newsletter/suggestion.js';

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
])('%s was meant to be %s', (email, expected) => expect(suggestion(email)).toBe(expected));
