/** Vite plugins of the server build. */
import type { Plugin } from 'vite';

export function serverPlugins(): Plugin[] {
  return [englishOnly()];
}

/** Leaves out Zod's messages in other languages: the API answers in English, and widgets have their own messages. */
function englishOnly(): Plugin {
  return {
    name: 'english-only',
    load: (id) => (id.endsWith('/zod/v4/locales/index.js') ? "export { default as en } from './en.js';" : undefined),
  };
}
