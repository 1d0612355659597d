import { readdirSync, readFileSync } from 'node:fs';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { defineConfig, type Plugin, type UserConfig } from 'vite';

const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };

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
      external: /^(?!\.|\/|src\/)/,
      output: { preserveModules: true, preserveModulesRoot: 'src', entryFileNames: '[name].js' },
    },
  },
};

const server: UserConfig = {
  build: {
    outDir: 'server/dist',
    ssr: true,
    minify: false,
    sourcemap: true,
    target: 'node20',
    rolldownOptions: {
      input: modulesOf('server/src'),
      output: { preserveModules: true, preserveModulesRoot: 'server/src', entryFileNames: '[name].js' },
    },
  },
  ssr: { external: true },
};

/** What a page loads by one script tag: small hashed chunks under `assets/`, and the loader under a name that stays. */
const cdn: UserConfig = {
  base: './',
  plugins: [plainImports(), ownPolicy(), tightStyles(), finish()],
  build: {
    outDir: 'dist/cdn',
    emptyOutDir: true,
    target: 'es2022',
    rolldownOptions: {
      input: { afterword: 'src/loader/afterword.ts' },
      preserveEntrySignatures: 'strict',
      output: {
        entryFileNames: '[name].js',
        chunkFileNames: 'assets/[name]-[hash].js',
        comments: false,
        codeSplitting: {
          groups: [
            { name: 'core', test: /src\/(base|client|contract)\/|node_modules\/(@lit\/|lit[^/]*\/(?!directives))/ },
          ],
        },
      },
    },
  },
};

/** `import()` as it is written: Vite's preloader weighs half as much as the loader, and every chunk here has the same parent. */
function plainImports(): Plugin {
  return {
    name: 'plain-imports',
    enforce: 'pre',
    load(id) {
      return id.startsWith('\0vite/preload-helper') ? 'export const __vitePreload = (load) => load();' : undefined;
    },
    transform(code, id) {
      // package.json speaks of dist/define, where the same files end up for a bundler.
      return id.includes('/src/define/') ? { code, map: null, moduleSideEffects: true } : undefined;
    },
  };
}

/** Lit makes its Trusted Types policy unguarded, under a name that a second Lit on the page has taken already. */
function ownPolicy(): Plugin {
  const policy = /(\w+)\.createPolicy\("lit-html",(\{createHTML:.+?\})\)/;
  return {
    name: 'own-trusted-types-policy',
    transform(code, id) {
      if (!id.endsWith('/lit-html.js')) return undefined;
      if (!policy.test(code)) this.error('Lit makes its Trusted Types policy in another way now.');
      return { code: code.replace(policy, '(()=>{try{return $1.createPolicy("afterword",$2)}catch{}})()'), map: null };
    },
  };
}

/** White space and comments inside css templates. */
function tightStyles(): Plugin {
  return {
    name: 'tight-styles',
    enforce: 'post',
    transform(code, id) {
      if (!/src\/.*\.ts$/.test(id) || !code.includes('css`')) return undefined;
      const tight = (css: string) =>
        css
          .replace(/\/\*.*?\*\//gs, '')
          .replace(/\s+/g, ' ')
          .replace(/ ?([{};,]) ?/g, '$1')
          .replace(/(?<=[{;][\w-]+): /g, ':')
          .replace(/;}/g, '}');
      return { code: code.replace(/css`([^`]*)`/g, (_, css: string) => `css\`${tight(css)}\``), map: null };
    },
  };
}

/** The loader's immutable twin, the style sheet for a page's head, and everything compressed once for all. */
function finish(): Plugin {
  return {
    name: 'finish',
    generateBundle: {
      order: 'post',
      handler(_, bundle) {
        for (const chunk of Object.values(bundle)) {
          // What line breaks are left stand in html templates, where each is worth a space.
          if (chunk.type === 'chunk') chunk.code = chunk.code.trim().replace(/\n\s*/g, ' ');
        }
        const loader = bundle['afterword.js'];
        if (loader?.type !== 'chunk') return this.error('The loader is missing.');
        const files: Record<string, string> = {
          [`assets/afterword-${version}.js`]: loader.code.replaceAll('./assets/', './'),
          'cloak.css': readFileSync('src/loader/cloak.css', 'utf8'),
        };
        for (const [fileName, source] of Object.entries(files)) this.emitFile({ type: 'asset', fileName, source });
        for (const file of Object.values(bundle)) {
          const source = Buffer.from(file.type === 'chunk' ? file.code : file.source);
          this.emitFile({ type: 'asset', fileName: `${file.fileName}.gz`, source: gzipSync(source, { level: 9 }) });
          this.emitFile({ type: 'asset', fileName: `${file.fileName}.br`, source: brotliCompressSync(source) });
        }
      },
    },
  };
}

const builds: Record<string, UserConfig> = { npm, cdn, server };

export default defineConfig(({ mode }) => ({ publicDir: false, ...builds[mode] }));
