import { beforeEach, expect, it } from 'vitest';
import { Site } from '../../../src/client/site.js';
import { recordVisit } from '../../../src/widgets/comments/model/last-visit.js';

const site = new Site('https://api.example/v1/sites/demo/');
const minute = 60_000;
const start = Date.UTC(2026, 10, 24, 8);
const at = (minutes: number) => start + minutes * minute;
beforeEach(() => localStorage.clear());

it('returns the time of the visit before; a reload is the same visit', () => {
  expect(recordVisit(site, 'a', at(0))).toBeUndefined();
  expect(recordVisit(site, 'a', at(5))).toBeUndefined();
  expect(recordVisit(site, 'a', at(90))).toBe(new Date(at(5)).toISOString());
  expect(recordVisit(site, 'a', at(95))).toBe(new Date(at(5)).toISOString());
  expect(recordVisit(site, 'a', at(200))).toBe(new Date(at(95)).toISOString());
  expect(recordVisit(site, 'b', at(200))).toBeUndefined();
});

it('remembers the latest hundred stories', () => {
  for (let index = 0; index < 120; index++) recordVisit(site, `s${index}`, at(index));
  expect(recordVisit(site, 's0', at(500))).toBeUndefined();
  expect(recordVisit(site, 's119', at(500))).toBe(new Date(at(119)).toISOString());
});
