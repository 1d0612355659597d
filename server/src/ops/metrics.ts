import type { Registry } from 'prom-client';
import type { Metric } from '../metric.js';
import { secondMs } from '../time.js';

/** Probes of several systems cost one query. */
const countsMs = 10 * secondMs;
/** Below the time-out of Prometheus, so that a database that does not answer hides no other series. */
const countTimeoutMs = secondMs;

/** Without them, a series would begin with its first collection. */
const gcKinds = ['major', 'minor', 'incremental', 'weakcb'];

/** Prints the metrics of all features in the format of Prometheus. */
export class MetricsPage {
  readonly #metrics: readonly Metric[];
  #registry: Promise<Registry> | undefined;

  constructor(metrics: readonly Metric[]) {
    this.#metrics = metrics;
  }

  async print(): Promise<{ text: string; contentType: string }> {
    const registry = await (this.#registry ??= this.#start());
    return { text: await registry.metrics(), contentType: registry.contentType };
  }

  /** Starts at the first request: observing the garbage collector and the event loop costs memory and time. */
  async #start(): Promise<Registry> {
    const { collectDefaultMetrics, Histogram, Registry } = await import('prom-client');
    const registry = new Registry();
    collectDefaultMetrics({ register: registry });
    const gcTimes = registry.getSingleMetric('nodejs_gc_duration_seconds');
    if (gcTimes instanceof Histogram) for (const kind of gcKinds) gcTimes.zero({ kind });
    for (const { name, help, type, read } of this.#metrics) {
      const get = async () => ({
        name,
        help,
        type,
        values: (await read()).map(({ value, labels = {}, suffix }) => ({
          value,
          labels,
          ...(suffix && { metricName: `${name}${suffix}` }),
        })),
      });
      // The library takes any object that has its values when it is asked.
      registry.registerMetric({ name, get, reset: () => undefined } as never);
    }
    return registry;
  }
}

/**
 * Returns a function that reads counts from the database at most every ten seconds. Where the database does not answer in
 * time, it returns those of the last read.
 *
 * @param none the counts before the first read
 */
export function cachedCounts<Counts>(none: Counts, read: () => Promise<Counts>): () => Promise<Counts> {
  let counts = none;
  let readAt = -Infinity;
  let reading: Promise<void> | undefined;
  return async () => {
    if (performance.now() - readAt > countsMs)
      reading ??= read()
        .then(
          (fresh) => {
            counts = fresh;
            readAt = performance.now();
          },
          () => undefined,
        )
        .finally(() => {
          reading = undefined;
        });
    if (reading) {
      let timer: NodeJS.Timeout | undefined;
      const timeout = new Promise((resolve) => (timer = setTimeout(resolve, countTimeoutMs)));
      await Promise.race([reading, timeout]);
      clearTimeout(timer);
    }
    return counts;
  };
}
