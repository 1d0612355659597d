/**
 * Serializes a value of objects, arrays, strings, numbers and booleans as JSON. Calls no `toJSON`: old Prototype.js adds
 * one to arrays and strings.
 */
export function toJson(value: unknown): string | undefined {
  return JSON.stringify(value, function (this: Record<string, unknown>, name) {
    return this[name];
  });
}

/** Returns whether a value is an object and no array, as all answers of the API are. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
