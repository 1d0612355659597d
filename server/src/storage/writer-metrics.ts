import { Histogram, single, type Metric } from '../metric.js';
import { secondMs } from '../time.js';

const batchBounds = [1, 2, 5, 10, 20, 50, 100, 200, 400];
const commitBounds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5];

/** Counts the writes of a process and its commits. */
export class WriterMetrics {
  readonly #batchSizes = new Histogram(batchBounds);
  readonly #commitTimes = new Histogram(commitBounds);
  #pendingCount = 0;
  #refusedCount = 0;

  submitted(): void {
    this.#pendingCount++;
  }

  /** Wraps what settles a write. */
  settling<Output>(resolve: (output: Output) => void, reject: (error: unknown) => void) {
    return {
      resolve: (output: Output) => {
        this.#pendingCount--;
        resolve(output);
      },
      reject: (error: unknown) => {
        this.#pendingCount--;
        this.#refusedCount++;
        reject(error);
      },
    };
  }

  committed(batchSize: number, durationMs: number): void {
    this.#batchSizes.observe(batchSize);
    this.#commitTimes.observe(durationMs / secondMs);
  }

  metrics(): Metric[] {
    return [
      single('gauge', 'afterword_writes_pending', 'Writes that are not durable yet.', () => this.#pendingCount),
      single(
        'counter',
        'afterword_writes_refused_total',
        'Writes that were refused or failed.',
        () => this.#refusedCount,
      ),
      {
        name: 'afterword_commit_writes',
        help: 'Writes that shared a commit.',
        type: 'histogram',
        read: () => this.#batchSizes.samples(),
      },
      {
        name: 'afterword_commit_duration_seconds',
        help: 'Time of a transaction from its begin until it is durable.',
        type: 'histogram',
        read: () => this.#commitTimes.samples(),
      },
    ];
  }
}
