/**
 * Distributes items over bins, keeping their order. An item stays in its bin where the order allows, so that its
 * elements are kept.
 *
 * @param size returns how much of a bin an item takes
 */
export function distribute<Item, Bin extends { items: Item[] }>(
  items: readonly Item[],
  binOf: (item: Item) => Bin | undefined,
  createBin: () => Bin,
  size: (item: Item) => number,
  maxSize: number,
): Bin[] {
  const bins = new Set<Bin>();
  let bin: Bin | undefined;
  let used = 0;
  const start = (next: Bin) => {
    bin = next;
    bins.add(next);
    next.items = [];
    used = 0;
  };
  for (const item of items) {
    const previous = binOf(item);
    if (previous && !bins.has(previous)) start(previous);
    else if (!bin || (previous !== bin && used + size(item) > maxSize)) start(createBin());
    bin!.items.push(item);
    used += size(item);
  }
  return [...bins];
}
