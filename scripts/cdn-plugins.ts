/** What turns the sources into the few small files that a script tag brings. */
import { readFileSync, writeFileSync } from 'node:fs';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { minify } from 'terser';
import type { Plugin, Rolldown } from 'vite';
import { slimLit } from './slim-lit.js';

const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };

export function cdnPlugins(): Plugin[] {
  return [definesRegister(), slimLit(), plainDecorators(), tightStyles(), finish()];
}

/** package.json speaks of dist/define, where the same files end up for a bundler. */
function definesRegister(): Plugin {
  return {
    name: 'defines-register',
    transform: (code, id) => (id.includes('/src/define/') ? { code, map: null, moduleSideEffects: true } : undefined),
  };
}

/** Our decorators do one thing, which can be written without them and without the helper that serves all. */
function plainDecorators(): Plugin {
  const decorated = /_+decorate\w*\(\[\s*(property|state)\(([^]*?)\)\s*\],\s*(\w+)\.prototype,\s*("\w+"),\s*void 0\)/g;
  return {
    name: 'plain-decorators',
    enforce: 'post',
    transform(code, id) {
      if (!/src\/.*\.ts$/.test(id) || !code.includes('decorate(')) return undefined;
      const plain = code.replace(decorated, (_, kind: string, options: string, element: string, name: string) => {
        const given = kind === 'state' ? '{ state: true }' : options;
        return `${element}.createProperty(${[name, given].filter(Boolean).join()})`;
      });
      return { code: plain, map: null };
    },
  };
}

/** White space and comments inside css templates; and the tag, which answers its text. */
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
          .replace(/ ?([{};,>]) ?/g, '$1')
          .replace(/ ([+~]) (?=\.[a-z]|\*)/g, '$1')
          .replace(/ (?=!important)|;(?=})|(?<=[{;(][\w-]+:) |(?<=::?)\B:(?=before|after)|(?<=\W)0(?=\.\d)/g, '')
          .replace(/='([\w-]+)'\]/g, '=$1]')
          .trim();
      return { code: code.replace(/css`([^`]*)`/g, (_, css: string) => `\`${tight(css)}\``), map: null };
    },
  };
}

/** The loader's immutable twin, the style sheet for a page's head, and everything compressed once for all. */
function finish(): Plugin {
  return {
    name: 'finish',
    // What is done below comes after names are made from contents.
    augmentChunkHash: () =>
      ['scripts/cdn-plugins.ts', 'node_modules/terser/package.json'].map((file) => readFileSync(file, 'utf8')).join(),
    generateBundle: {
      order: 'post',
      async handler(_, bundle) {
        const chunks = Object.values(bundle).filter((file) => file.type === 'chunk');
        // What line breaks are left stand in html templates, where each is worth a space, or none at the end of a tag.
        for (const chunk of chunks)
          chunk.code = chunk.code
            .trim()
            .replace(/(?<=["}])\n\s*(?=\/?>)|\n\s*(?=>)/g, '')
            .replace(/\n\s*/g, ' ');
        inlineRuntime(chunks, bundle);
        fetchTogether(chunks);
        await minifyAgain(chunks);
        compileAhead(chunks);
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

/** What the bundler's own minifier leaves: about one byte in a hundred. */
async function minifyAgain(chunks: Rolldown.OutputChunk[]): Promise<void> {
  for (const chunk of chunks) {
    const { code } = await minify(chunk.code, { module: true, ecma: 2020, compress: { passes: 2 } });
    chunk.code = code!;
  }
}

/**
 * Nearly all of these is run as soon as it is here. A browser that understands the comment compiles them whole while they arrive, off
 * the page's thread, instead of function by function while it draws: a screenful of comments is there some 6 % sooner.
 * Others see a comment. See https://v8.dev/blog/explicit-compile-hints.
 */
function compileAhead(chunks: Rolldown.OutputChunk[]): void {
  for (const chunk of chunks)
    if (['afterword', 'core', 'comments', 'reading'].includes(chunk.name))
      chunk.code = `//# allFunctionsCalledOnLoad\n${chunk.code}`;
}

/**
 * A chunk's own imports are known when it is here: asked for beside it, they come with it instead of after it. So do the
 * page's words beside what all widgets need; a widget in another language than its page asks for its own.
 */
function fetchTogether(chunks: Rolldown.OutputChunk[]): void {
  const importsOf = new Map(chunks.map(({ fileName, imports }) => [fileName, imports]));
  // Who needs it asks again, and hears of a failure.
  const early = (file: string) => `import(${file}).catch(()=>0)`;
  const wordsIn = Object.fromEntries(
    chunks.flatMap(({ facadeModuleId, fileName }) => {
      const lang = /\/locales\/(\w+)\.ts$/.exec(facadeModuleId ?? '')?.[1];
      return lang ? [[lang, `./${fileName}`]] : [];
    }),
  );
  const { en, ...others } = wordsIn;
  const words = `(${JSON.stringify(others)})[(document.documentElement.lang||navigator.language).slice(0,2)]||${JSON.stringify(en)}`;
  for (const chunk of chunks.filter(({ isEntry }) => isEntry)) {
    chunk.code = chunk.code.replace(/import\(`\.\/([^`]+)`\)/g, (call, file: string) => {
      const beside = (importsOf.get(file) ?? []).filter((name) => !/core-|runtime/.test(name));
      const first = beside.map((name) => early(`\`./${name}\``));
      if (file.includes('core-')) first.push(early(words));
      return first.length ? `(${[...first, call].join()})` : call;
    });
  }
}

/**
 * The bundler's own helper would be one more file on the way to the first paint. It makes a module's namespace for who
 * imports it late from a chunk of several modules: an object that holds its functions, which are there from the start,
 * does as well. Where there is more than functions, what we need of the helper goes where it is used.
 */
function inlineRuntime(chunks: Rolldown.OutputChunk[], bundle: Rolldown.OutputBundle): void {
  const helper = '(get)=>{for(const n in get)get[n]={get:get[n]};return Object.defineProperties({},get)}';
  for (const chunk of chunks) {
    if (chunk.fileName.includes('rolldown-runtime')) delete bundle[chunk.fileName];
    chunk.code = chunk.code.replace(
      /import(?:\{\w+ as (\w+)\}from)?"[^"]*rolldown-runtime[^"]*";/,
      (_, local?: string) => (local ? `const ${local}=${helper};` : ''),
    );
    const local = /^const (\w+)=\(get\)/.exec(chunk.code)?.[1];
    if (!local) continue;
    const exported = [.../export\{([^}]*)\}/.exec(chunk.code)![1]!.matchAll(/(\w+) as/g)].map(([, name]) => name);
    const isFunction = (name: string) => new RegExp(`function ${name}\\(`).test(chunk.code);
    let needed = false;
    const made = new RegExp(`(?<=\\b(\\w+)=)${local}\\(\\{((?:\\w+:\\(\\)=>\\w+,?)*)\\}\\)`, 'g');
    const plain = chunk.code.replace(made, (namespace, name: string, entries: string) => {
      if (!exported.includes(name)) return namespace;
      if ([...entries.matchAll(/=>(\w+)/g)].every(([, held]) => isFunction(held!)))
        return `{${entries.replaceAll('()=>', '')}}`;
      needed = true;
      return namespace;
    });
    chunk.code = needed ? plain : plain.replace(`const ${local}=${helper};`, '');
  }
}
