import { isObject } from '../../../client/json.js';
import type { Site } from '../../../client/site.js';

/** A shorter absence is the same visit. */
const minAbsenceMs = 30 * 60_000;
/** Stories remembered per site, the latest ones. */
const maxStories = 100;

type VisitTimes = Record<string, { at: number; before?: number | undefined }>;

function isVisitTimes(value: unknown): value is VisitTimes {
  return isObject(value) && Object.values(value).every((visit) => isObject(visit) && Number.isFinite(visit['at']));
}

/** Records a visit to a story. Returns the ISO time of the visit before; undefined on the first. */
export function recordVisit({ root, storage }: Site, story: string, now = Date.now()): string | undefined {
  const key = `afterword:visits:${root}`;
  const { [story]: last, ...others } = storage.get(key, isVisitTimes) ?? {};
  const before = last && now - last.at > minAbsenceMs ? last.at : last?.before;
  const latest = Object.entries(others).sort(([, a], [, b]) => b.at - a.at);
  storage.set(key, { ...Object.fromEntries(latest.slice(0, maxStories - 1)), [story]: { at: now, before } });
  return before ? new Date(before).toISOString() : undefined;
}
