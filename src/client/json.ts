/** Old Prototype.js gives arrays a `toJSON` that answers a string. The replacer sees past it. */
export function json(body: unknown): string | undefined {
  return JSON.stringify(body, function (this: Record<string, unknown>, name, value: unknown) {
    return Array.isArray(this[name]) ? this[name] : value;
  });
}
