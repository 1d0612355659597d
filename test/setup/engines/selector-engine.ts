import { createRequire } from 'node:module';
import { build } from 'vite';
import type { Ivya } from 'ivya';

declare global {
  /** Playwright's selectors, in a page. */
  var selectorEngine: Ivya | undefined;
}

const entry = 'virtual:selector-engine';
let bundled: Promise<string> | undefined;

/** Returns an expression that sets `selectorEngine` in a page. */
export function selectorEngineScript(): Promise<string> {
  return (bundled ??= bundle());
}

async function bundle(): Promise<string> {
  const ivya = createRequire(import.meta.url).resolve('ivya');
  const output = await build({
    configFile: false,
    logLevel: 'warn',
    build: { write: false, rolldownOptions: { input: entry, output: { format: 'iife' } } },
    plugins: [
      {
        name: 'selector-engine',
        resolveId: (id) => (id === entry ? id : undefined),
        load: (id) =>
          id === entry
            ? `import { Ivya } from ${JSON.stringify(ivya)}; globalThis.selectorEngine = Ivya.create({ browser: 'chromium' });`
            : undefined,
      },
    ],
  });
  if (!('output' in output)) throw new Error('The selector engine was not bundled.');
  // A function's body, since the bundle is statements.
  return `(() => { ${output.output[0].code} })()`;
}
