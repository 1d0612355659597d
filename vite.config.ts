import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { defineConfig, type Plugin, type Rolldown, type UserConfig } from 'vite';

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
      // The decorators' helper is of the compiler, not of a package that a consumer has.
      external: /^(?!\.|\/|\0|src\/|@oxc-project\/runtime)/,
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
  ssr: { target: 'webworker', noExternal: true },
  plugins: [definesRegister(), slimLit(), plainDecorators(), tightStyles(), finish()],
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
    /\/(client|base|contract|lit|@lit)\//.test(id.replace('\0rolldown/', '/base/')) &&
    !/\/(reader|signals|directives|form-styles|times|growth|percentages)\b/.test(id)
  );
}

/** package.json speaks of dist/define, where the same files end up for a bundler. */
function definesRegister(): Plugin {
  return {
    name: 'defines-register',
    transform: (code, id) => (id.includes('/src/define/') ? { code, map: null, moduleSideEffects: true } : undefined),
  };
}

/**
 * Lit without what only other pages need: it makes its Trusted Types policy unguarded, under a name that a second Lit on
 * the page has taken already; it counts its copies in globals; and it knows ways around browsers that we do not serve.
 */
function slimLit(): Plugin {
  const cuts: Record<string, [what: RegExp, instead: string][]> = {
    'lit-html.js': [
      [
        /(\w+)\.createPolicy\("lit-html",(\{createHTML:.+?\})\)/,
        '(()=>{try{return $1.createPolicy("afterword",$2)}catch{}})()',
      ],
      [/,\w+=\w+\.litHtmlPolyfillSupport;[^;]+?\.push\("[\d.]+"\);/, ';'],
    ],
    'reactive-element.js': [
      [/\w+=\w+\.reactiveElementPolyfillSupport,/, ''],
      [/,\w+\?\.\(\{ReactiveElement:\w+\}\),\(\w+\.reactiveElementVersions\?\?=\[\]\)\.push\("[\d.]+"\)/, ''],
    ],
    'lit-element.js': [
      [
        /,\w+\.litElementHydrateSupport\?\.\(\{LitElement:\w+\}\);const \w+=\w+\.litElementPolyfillSupport;\w+\?\.\(\{LitElement:\w+\}\);/,
        ';',
      ],
      [/\(\w+\.litElementVersions\?\?=\[\]\)\.push\("[\d.]+"\);/, ''],
    ],
    'css-tag.js': [[/\w+\.ShadowRoot&&\(void 0===.+?"replace"in CSSStyleSheet\.prototype/, '!0']],
  };
  return {
    name: 'slim-lit',
    transform(code, id) {
      const file = /\/(?:lit-html|@lit\/reactive-element|lit-element)\/([\w-]+\.js)$/.exec(id)?.[1];
      if (!file || !cuts[file]) return undefined;
      for (const [what, instead] of cuts[file]) {
        if (!what.test(code)) this.error(`${file} is not what it was: look at ${what} again.`);
        code = code.replace(what, instead);
      }
      return { code, map: null };
    },
  };
}

/** Our decorators do one thing, and need nothing of the helper that serves all. */
function plainDecorators(): Plugin {
  const code = 'export default ([decorate], target, name) => decorate(target, name);';
  return {
    name: 'plain-decorators',
    transform: (_, id) => (/runtime.*\/decorate\.js$/.test(id) ? { code, map: null } : undefined),
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
        const chunks = Object.values(bundle).filter((file) => file.type === 'chunk');
        // What line breaks are left stand in html templates, where each is worth a space.
        for (const chunk of chunks) chunk.code = chunk.code.trim().replace(/\n\s*/g, ' ');
        inlineRuntime(chunks, bundle);
        const loader = bundle['afterword.js'];
        if (loader?.type !== 'chunk') return this.error('The loader is missing.');
        const twin = loader.code.replaceAll('./assets/', './');
        this.emitFile({ type: 'asset', fileName: `assets/afterword-${version}.js`, source: twin });
        this.emitFile({ type: 'asset', fileName: 'cloak.css', source: readFileSync('src/loader/cloak.css') });
      },
    },
    writeBundle({ dir = '' }, bundle) {
      for (const file of Object.keys(bundle).map((name) => `${dir}/${name}`)) {
        const source = readFileSync(file);
        writeFileSync(`${file}.gz`, gzipSync(source, { level: 9 }));
        writeFileSync(`${file}.br`, brotliCompressSync(source));
      }
    },
  };
}

/** The bundler's own few lines would be one more file on the way to the first paint: they go where they are used. */
function inlineRuntime(chunks: Rolldown.OutputChunk[], bundle: Rolldown.OutputBundle): void {
  const runtime = chunks.find(({ fileName }) => fileName.includes('rolldown-runtime'));
  if (!runtime) return;
  const [, body, result] = /^(.*?)export\{(\w+)[^}]*\};?\s*$/s.exec(runtime.code)!;
  for (const chunk of chunks) {
    chunk.code = chunk.code.replace(
      /import(?:\{\w+ as (\w+)\}from)?"[^"]*rolldown-runtime[^"]*";/,
      (_, local?: string) => (local ? `const ${local}=(()=>{${body}return ${result}})();` : ''),
    );
  }
  delete bundle[runtime.fileName];
}

const builds: Record<string, UserConfig> = { npm, cdn, server };

export default defineConfig(({ mode }) => ({ publicDir: false, ...builds[mode] }));
