/** Series of one name, as features hand them in and `/metrics` prints them. Independent of the library that prints. */
export interface Metric {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  read(this: void): readonly Sample[] | Promise<readonly Sample[]>;
}

export interface Sample {
  readonly value: number;
  readonly labels?: Readonly<Record<string, string>>;
  /** Of a histogram: `_bucket`, `_sum` or `_count`. */
  readonly suffix?: string;
}

/** Makes a metric of one series without labels. */
export function single(type: 'counter' | 'gauge', name: string, help: string, read: () => number): Metric {
  return { name, help, type, read: () => [{ value: read() }] };
}

/** Counts values by upper bounds. Observing one costs a few comparisons. */
export class Histogram {
  readonly #bounds: readonly number[];
  readonly #counts: number[];
  #sum = 0;

  /** @param bounds in ascending order, without infinity */
  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
    this.#counts = new Array<number>(bounds.length + 1).fill(0);
  }

  observe(value: number): void {
    const bounds = this.#bounds;
    let index = 0;
    while (index < bounds.length && value > bounds[index]!) index++;
    this.#counts[index]!++;
    this.#sum += value;
  }

  samples(labels: Readonly<Record<string, string>> = {}): Sample[] {
    let count = 0;
    const buckets = this.#counts.map((own, index) => {
      count += own;
      const le = index < this.#bounds.length ? String(this.#bounds[index]) : '+Inf';
      return { suffix: '_bucket', labels: { ...labels, le }, value: count };
    });
    return [...buckets, { suffix: '_sum', labels, value: this.#sum }, { suffix: '_count', labels, value: count }];
  }
}
