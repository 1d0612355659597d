import { pageSettings } from '../../client/settings.js';
import { SafeStorage } from '../../client/storage.js';

/** Who comes back sooner has not been away. */
const visitMs = 30 * 60_000;
/** Stories remembered on a site, the latest ones. */
const most = 100;

type Visits = Record<string, { at: number; before?: number | undefined }>;

/** Notes that the reader is here, and tells when the visit before this one was. */
export function visit(root: string, story: string, now = Date.now()): string | undefined {
  const storage = new SafeStorage(pageSettings().storage);
  const key = `afterword:visits:${root}`;
  const { [story]: last, ...others } = storage.get<Visits>(key) ?? {};
  const before = last && now - last.at > visitMs ? last.at : last?.before;
  const latest = Object.entries(others).sort(([, a], [, b]) => b.at - a.at);
  storage.set(key, { ...Object.fromEntries(latest.slice(0, most - 1)), [story]: { at: now, before } });
  return before ? new Date(before).toISOString() : undefined;
}
