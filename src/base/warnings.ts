const warned = new Set<string>();

/** Tells the page's developer once what is wrong and what to do. Never thrown: the host page comes first. */
export function warnOnce(tag: string, message: string): void {
  const text = `[${tag}] ${message}`;
  if (warned.has(text)) return;
  warned.add(text);
  console.warn(text);
}
