import type { Context } from 'hono';

/** A form as a browser or a mail program sends it, url-encoded or multipart. */
export interface Form {
  /** The first value of a field, or nothing. */
  text(field: string): string;
  all(field: string): string[];
}

/** Reads the form of a request. A body that is not one has no fields. */
export async function readForm(c: Context): Promise<Form> {
  const fields = await c.req.formData().catch(() => new FormData());
  const all = (field: string) => fields.getAll(field).filter((value) => typeof value === 'string');
  return { all, text: (field) => all(field)[0] ?? '' };
}
