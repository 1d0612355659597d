import { readdirSync } from 'node:fs';
import { basename, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig, type Rolldown, type UserConfig } from 'vite';
import { cdnPlugins } from './scripts/cdn-assets.js';
import { serverPlugins } from './scripts/server-plugins.js';

const root = fileURLToPath(new URL('.', import.meta.url));

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
      // The second is a program that the first one runs.
      input: { main: 'server/src/main.ts', 'copy-database': 'server/src/ops/copy-database.js' },
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

/** The script tag: the loader under a stable name, hashed chunks under `assets/`. */
const cdn: UserConfig = {
  base: './',
  ssr: { target: 'webworker', noExternal: true },
  plugins: cdnPlugins(),
  build: {
    outDir: 'dist/cdn',
    emptyOutDir: true,
    // The SSR mode leaves `import()` as it is: Vite's preload helper would double the loader's size.
    ssr: true,
    minify: true,
    target: 'es2022',
    license: { fileName: 'licenses.md' },
    rolldownOptions: {
      // As entries, the chunks that the loader imports need no namespace objects, whose helper would be one more request.
      input: {
        afterword: 'src/loader/afterword.ts',
        core: 'src/loader/core.ts',
        ...Object.fromEntries(modulesOf('src/define').map((file) => [basename(file, '.ts'), file])),
      },
      preserveEntrySignatures: 'allow-extension',
      // Lit does not declare that its index of decorators has no side effects.
      treeshake: { moduleSideEffects: [{ test: /\/lit\/decorators\.js$/, sideEffects: false }] },
      // Minifying takes most of the time of any build.
      checks: { pluginTimings: false },
      output: {
        entryFileNames: ({ name }) => (name === 'afterword' ? '[name].js' : 'assets/[name]-[hash].js'),
        chunkFileNames: 'assets/[name]-[hash].js',
        comments: false,
        // V8 compiles these chunks while they arrive, not function by function while they render.
        postBanner: ({ name }) => (name === 'core' || name === 'comments' ? '//# allFunctionsCalledOnLoad\n' : ''),
        codeSplitting: {
          groups: [
            { name: 'core', test: inCore },
            { name: widgetOf, includeDependenciesRecursively: false },
          ],
        },
      },
    },
  },
};

/** Modules of the core chunk: what the first paint of every widget needs. And those among them that only some widgets, an act or a later moment need. */
const coreModules =
  /^(src\/(client|base|contract)\/|src\/loader\/core|src\/locales\/registry|node_modules\/(@lit|lit|lit-html|lit-element)\/)/;
const lazyModules =
  /\/client\/(live|outbox|session|signals|single-parts|page-watcher)|\/base\/(dates|sign-in-request|error-sentence|layout-shift|newsroom-text|place-popover|submit|styles\/form)|\/directives?\b|\/directive-helpers|\/decorators\/(base|query)/;

function inCore(id: string): boolean {
  const path = relative(root, id).replaceAll('\\', '/');
  return coreModules.test(path) && !lazyModules.test(path);
}

/**
 * Names the chunk of a module that an element imports statically: the widget's, or `shared` for several widgets. Lazy chunks
 * import from there.
 */
function widgetOf(id: string, context: Rolldown.ChunkingContext): string | null {
  const importers = new Set([id]);
  for (const module of importers)
    context.getModuleInfo(module)?.importers.forEach((importer) => importers.add(importer));
  const widgets = [...importers].flatMap((module) => /\/src\/(?:define|widgets)\/([\w-]+)/.exec(module)?.[1] ?? []);
  const isNeededAtOnce = [...importers].some((module) => module.includes('/src/define/'));
  if (!isNeededAtOnce) return null;
  return new Set(widgets).size === 1 ? widgets[0]! : 'shared';
}

const builds: Record<string, UserConfig> = { npm, cdn, server };

export default defineConfig(({ mode }) => ({ publicDir: false, ...builds[mode] }));
