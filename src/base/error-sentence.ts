import type { Catalogue } from '../locales/registry.js';

/** Returns the sentence for a failed request: by the code of the error, else the fallback. */
export function errorSentence(error: unknown, words: Catalogue, fallback: string): string {
  const sentences: Partial<Record<string, string>> = words.errors;
  return sentences[(error as { code?: string }).code ?? ''] ?? fallback;
}
