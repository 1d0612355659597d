/** Returns a function that creates the value of a key once, and returns the same value afterwards. */
export function memoize<Key, Value>(create: (key: Key) => Value): (key: Key) => Value {
  const values = new Map<Key, Value>();
  return (key) => values.get(key) ?? values.set(key, create(key)).get(key)!;
}
