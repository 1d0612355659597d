import { single, type Metric } from '../metric.js';
import type { Database } from '../storage/database.js';
import type { ConnectionCounts } from '../storage/driver.js';
import { secondMs } from '../time.js';
import type { BackupState } from './backup-schedule.js';
import { cachedCounts } from './metrics.js';

const queueStates = ['due', 'waiting', 'given-up'];
const pausedEndpoints = 'paused-endpoints';

/** What the metrics of a process are read from. */
export interface MetricSources {
  readonly version: string;
  readonly database: Pick<Database, 'kind' | 'writer' | 'connectionCounts'>;
  readonly cache: { readonly hitCount: number; readonly missCount: number; readonly entryCount: number };
  readonly live: { readonly streamCount: number; readonly storyCount: number; readonly refusedCount: number };
  readonly retention: { readonly deletedByRule: ReadonlyMap<string, number> };
  readonly connections: { readonly openCount: number; readonly requestCount: number };
  /** Where the server writes backups by itself. */
  readonly backups: { readonly state: BackupState } | undefined;
  readonly readiness: { check(): Promise<string | undefined> };
  /** By state: `due`, `waiting` or `given-up`. */
  countMails(this: void): Promise<ReadonlyMap<string, number>>;
  /** By state: those of mails, and `paused-endpoints`. */
  countDeliveries(this: void): Promise<ReadonlyMap<string, number>>;
  /** By site. */
  countPending(this: void): Promise<ReadonlyMap<string, { readonly comments: number; readonly names: number }>>;
}

/** Returns the metrics of everything but requests. Every series is there from the start. */
export function serviceMetrics(sources: MetricSources): Metric[] {
  const { version, database, cache, live, retention, connections, readiness, backups } = sources;
  const mails = cachedCounts<ReadonlyMap<string, number>>(
    new Map(queueStates.map((state) => [state, 0])),
    sources.countMails,
  );
  const deliveries = cachedCounts<ReadonlyMap<string, number>>(
    new Map([...queueStates, pausedEndpoints].map((state) => [state, 0])),
    sources.countDeliveries,
  );
  const pending = cachedCounts<Awaited<ReturnType<MetricSources['countPending']>>>(new Map(), sources.countPending);
  const pendingOf = async (kind: 'comments' | 'names') =>
    labelled('site', new Map([...(await pending())].map(([site, counts]) => [site, counts[kind]])));
  return [
    {
      name: 'afterword_build_info',
      help: 'The version, as labels.',
      type: 'gauge',
      read: () => [{ labels: { version, node: process.versions.node, database: database.kind }, value: 1 }],
    },
    {
      name: 'afterword_ready',
      help: 'Whether /readyz answers 200.',
      type: 'gauge',
      read: async () => [{ value: (await readiness.check()) === undefined ? 1 : 0 }],
    },
    single('gauge', 'afterword_http_connections', 'Open connections.', () => connections.openCount),
    single('gauge', 'afterword_http_requests_in_progress', 'Requests without a response, streams included.', () => {
      return connections.requestCount;
    }),
    single('counter', 'afterword_cache_hits_total', 'Public responses from memory.', () => cache.hitCount),
    single('counter', 'afterword_cache_misses_total', 'Public responses that were made.', () => cache.missCount),
    single('gauge', 'afterword_cache_entries', 'Public responses in memory.', () => cache.entryCount),
    ...database.writer.metrics(),
    {
      name: 'afterword_database_connections',
      help: 'Connections of the pool to PostgreSQL, and requests that wait for one. 0 on SQLite.',
      type: 'gauge',
      read: () => labelled('state', connectionStates(database.connectionCounts())),
    },
    single('gauge', 'afterword_live_streams', 'Open streams of live updates.', () => live.streamCount),
    single('gauge', 'afterword_live_stories', 'Stories that streams watch.', () => live.storyCount),
    single('counter', 'afterword_live_streams_refused_total', 'Streams that were refused.', () => live.refusedCount),
    {
      name: 'afterword_mails',
      help: 'Mails that are due, wait for another attempt, or were given up within three days.',
      type: 'gauge',
      read: async () => labelled('state', await mails()),
    },
    {
      name: 'afterword_webhook_deliveries',
      help: 'Webhook deliveries that are due, wait for another attempt, or were given up within three days.',
      type: 'gauge',
      read: async () =>
        labelled('state', new Map([...(await deliveries())].filter(([state]) => queueStates.includes(state)))),
    },
    {
      name: 'afterword_webhooks_paused',
      help: 'Webhooks that are paused after failures in a row.',
      type: 'gauge',
      read: async () => [{ value: (await deliveries()).get(pausedEndpoints) ?? 0 }],
    },
    {
      name: 'afterword_comments_pending',
      help: 'Comments that wait for a moderator, by site, up to 10,000.',
      type: 'gauge',
      read: () => pendingOf('comments'),
    },
    {
      name: 'afterword_names_pending',
      help: "Readers' new names that wait for a moderator, by site, up to 10,000.",
      type: 'gauge',
      read: () => pendingOf('names'),
    },
    {
      name: 'afterword_retention_deleted_total',
      help: 'Expired rows that this process has deleted, by rule.',
      type: 'counter',
      read: () => labelled('rule', retention.deletedByRule),
    },
    single(
      'gauge',
      'afterword_backup_last_success_timestamp_seconds',
      'Unix time of the last scheduled backup that succeeded, by any process. 0 without one.',
      () => (backups?.state.lastAt ?? 0) / secondMs,
    ),
    single('counter', 'afterword_backup_failures_total', 'Scheduled backups that have failed.', () => {
      return backups?.state.failures ?? 0;
    }),
  ];
}

function connectionStates({ total, idle, queued }: ConnectionCounts): ReadonlyMap<string, number> {
  return new Map([
    ['total', total],
    ['idle', idle],
    ['waiting', queued],
  ]);
}

function labelled(label: string, values: ReadonlyMap<string, number>) {
  return [...values].map(([name, value]) => ({ labels: { [label]: name }, value }));
}
