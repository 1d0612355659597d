import { readdirSync } from 'node:fs';
import { defineConfig, type UserConfig } from 'vite';
import { cdnPlugins } from './scripts/cdn-plugins.js';
import { serverPlugins } from './scripts/server-plugins.js';

/** Every TypeScript module below a folder, for builds that keep one file per module. */
function modulesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))
    .map((file) => `${folder}/${file}`);
}

/** One plain `.js` per module, nothing bundled, nothing minified: what a bundler downstream wants. */
const npm: UserConfig = {
  build: {
    outDir: 'dist',
    emptyOutDir: false,
    minify: false,
    target: 'es2022',
    lib: { entry: modulesOf('src').filter((file) => !file.startsWith('src/loader/')), formats: ['es'] },
    rolldownOptions: {
      // The decorators' helper is of the compiler, not of a package that a consumer has.
      external: /^(?!\.|\/|\0|src\/|@oxc-project\/runtime)/,
      output: { preserveModules: true, preserveModulesRoot: 'src', entryFileNames: '[name].js' },
    },
  },
};

/** Few files with everything in them: looking for a thousand small ones took most of the server's start. */
const server: UserConfig = {
  // What brings a binary, or looks for one, stays a package of its own.
  ssr: { noExternal: true, external: ['libsql', 'pg'] },
  plugins: serverPlugins(),
  build: {
    outDir: 'server/dist',
    ssr: true,
    minify: false,
    sourcemap: true,
    target: 'node20',
    license: { fileName: 'licenses.md' },
    rolldownOptions: {
      input: { main: 'server/src/main.ts' },
      output: {
        entryFileNames: '[name].js',
        chunkFileNames: '[name].js',
        // To read them takes time at every start; the source maps lead to where they stand.
        comments: false,
        // Apart, so that a stack trace tells our own code from that of others.
        codeSplitting: { groups: [{ name: 'packages', test: /node_modules/, entriesAware: true }] },
      },
    },
  },
};

/** What a page loads by one script tag: small hashed chunks under `assets/`, and the loader under a name that stays. */
const cdn: UserConfig = {
  base: './',
  ssr: { target: 'webworker', noExternal: true },
  plugins: cdnPlugins(),
  build: {
    outDir: 'dist/cdn',
    emptyOutDir: true,
    // Built as for a worker, `import()` stays as it is written: Vite's preloader weighs as much as the loader.
    ssr: true,
    minify: true,
    target: 'es2022',
    rolldownOptions: {
      input: { afterword: 'src/loader/afterword.ts' },
      preserveEntrySignatures: 'strict',
      // A minifier takes most of the time of any build.
      checks: { pluginTimings: false },
      output: {
        entryFileNames: '[name].js',
        chunkFileNames: 'assets/[name]-[hash].js',
        comments: false,
        // One file for what the first paint of every widget needs; the rest comes with whom it serves.
        codeSplitting: { groups: [{ name: 'core', test: inCore }] },
      },
    },
  },
};

function inCore(id: string): boolean {
  return (
    /\/(client|base|contract|lit|lit-html)\//.test(id) &&
    !/\/(reader|http|signals|live|outbox|subject|form-styles|growth|percentages|sign-in-request|times)\b/.test(id)
  );
}

const builds: Record<string, UserConfig> = { npm, cdn, server };

export default defineConfig(({ mode }) => ({ publicDir: false, ...builds[mode] }));
