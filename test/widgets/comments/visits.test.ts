import { beforeEach, expect, it } from 'vitest';
import { visit } from '../../../src/widgets/comments/visits.js';

const root = 'https://api.example/v1/sites/demo/';
const minute = 60_000;
const start = Date.UTC(2026, 10, 24, 8);
const at = (minutes: number) => start + minutes * minute;
beforeEach(() => localStorage.clear());

it('tells when the visit before was; who reloads is still on the same one', () => {
  expect(visit(root, 'a', at(0))).toBeUndefined();
  expect(visit(root, 'a', at(5))).toBeUndefined();
  expect(visit(root, 'a', at(90))).toBe(new Date(at(5)).toISOString());
  expect(visit(root, 'a', at(95))).toBe(new Date(at(5)).toISOString());
  expect(visit(root, 'a', at(200))).toBe(new Date(at(95)).toISOString());
  expect(visit(root, 'b', at(200))).toBeUndefined();
});

it('remembers a hundred stories', () => {
  for (let index = 0; index < 120; index++) visit(root, `s${index}`, at(index));
  expect(visit(root, 's0', at(500))).toBeUndefined();
  expect(visit(root, 's119', at(500))).toBe(new Date(at(119)).toISOString());
});
