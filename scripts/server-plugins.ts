/** What makes the server's bundle smaller than the sum of its parts. */
import type { Plugin } from 'vite';

export function serverPlugins(): Plugin[] {
  return [englishOnly()];
}

/** Zod can say what is wrong in fifty languages; the API speaks one, and texts for readers are the widgets' own. */
function englishOnly(): Plugin {
  return {
    name: 'english-only',
    load: (id) => (id.endsWith('/zod/v4/locales/index.js') ? "export { default as en } from './en.js';" : undefined),
  };
}
