/** Collects items, and handles those that have arrived meanwhile together. */
export class WriteQueue<Item> {
  readonly #handle: (batch: Item[]) => Promise<void>;
  readonly #maxBatch: number;
  #pending: Item[] = [];
  #draining: Promise<void> | undefined;

  /**
   * @param handle never rejects
   * @param maxBatch the largest number of items handled together
   */
  constructor(handle: (batch: Item[]) => Promise<void>, maxBatch: number) {
    this.#handle = handle;
    this.#maxBatch = maxBatch;
  }

  add(item: Item): void {
    this.#pending.push(item);
    this.#draining ??= this.#drain();
  }

  /** Resolves once every item has been handled. */
  async drained(): Promise<void> {
    await this.#draining;
  }

  async #drain(): Promise<void> {
    while (this.#pending.length > 0) {
      // Lets requests that have already reached the socket join this batch.
      await new Promise((resolve) => setImmediate(resolve));
      await this.#handle(this.#pending.splice(0, this.#maxBatch));
    }
    this.#draining = undefined;
  }
}
