/** Vite plugins of the script-tag build. */
import { readFileSync, writeFileSync } from 'node:fs';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import htmlLiterals from 'rollup-plugin-html-literals';
import type { Plugin } from 'vite';
import { classicLoader } from './classic-loader.js';

const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };

export function cdnPlugins(): Plugin[] {
  return [
    // Conservative: keeps one space where the source has white space, so that the built templates look the same.
    htmlLiterals({
      include: ['src/**/*.ts'],
      failOnError: true,
      options: { minifyOptions: { conservativeCollapse: true } },
    }) as unknown as Plugin,
    trustedTypes(),
    classicLoader(),
    pinnedLoader(),
    cloakStyles(),
    precompress(),
  ];
}

/** Places in lit-html, as published, that {@link trustedTypes} changes. */
const litPlaces = {
  policy: /(\w+)=(\w+)\?\2\.createPolicy\(\s*(["'])lit-html\3\s*,\s*(\{[^}]*\})\s*\)/,
  boundSuffix: /(["'])\$lit\$\1/,
  parsing: /const (\w+)=(\w+)\.createElement\("template"\);return \1\.innerHTML=(\w+),\1/,
};

/**
 * Names Lit's Trusted Types policy `afterword`, so that a page can allow exactly ours and a second Lit on the page does
 * not collide with it, and guards its creation: Lit calls `createPolicy` at import, which throws where the page's CSP
 * does not allow the name. Without the policy, a template throws an
 * object whose `load` loads our own parser; the widget renders again then.
 */
function trustedTypes(): Plugin {
  const parser = `${process.cwd()}/src/loader/parse-template.ts`;
  return {
    name: 'trusted-types',
    transform(code, id) {
      if (!id.endsWith('/lit-html/lit-html.js')) return undefined;
      const policy = litPlaces.policy.exec(code);
      if (!policy || !litPlaces.boundSuffix.test(code) || !litPlaces.parsing.test(code))
        return this.error('lit-html is written in another way: adapt litPlaces in cdn-assets.ts.');
      const [, name, types, , rules] = policy;
      const guarded = `${name}=${types}?(()=>{try{return ${types}.createPolicy("afterword",${rules})}catch{}})()`;
      // A chunk of its own: few pages need it. Not awaited here: WebKit never runs some importers of a module that awaits.
      const load = `()=>import(${JSON.stringify(parser)}).then(m=>{parse=m.parseTemplate})`;
      const changed = code
        .replace(litPlaces.policy, guarded)
        .replace(litPlaces.boundSuffix, '"_lit_"')
        .replace(litPlaces.parsing, (found, ...groups) => {
          return `if(isRefused){if(!parse)throw{load:${load}};return parse(${groups[2]})}${found}`;
        });
      return { code: `let parse;${changed}\n;const isRefused=${types}&&!${name};`, map: null };
    },
  };
}

/** Emits the loader's immutable twin, for pages that pin a version. */
function pinnedLoader(): Plugin {
  return {
    name: 'pinned-loader',
    generateBundle: {
      order: 'post',
      handler(_, bundle) {
        const loader = bundle['afterword.js'];
        if (loader?.type !== 'chunk') return this.error('The loader is missing.');
        const source = loader.code.replaceAll('./assets/', './');
        this.emitFile({ type: 'asset', fileName: `assets/afterword-${version}.js`, source });
      },
    },
  };
}

/** Emits cloak.css, for the head of a page. */
function cloakStyles(): Plugin {
  return {
    name: 'cloak-styles',
    generateBundle() {
      this.emitFile({ type: 'asset', fileName: 'cloak.css', source: readFileSync('src/loader/cloak.css') });
    },
  };
}

/** Writes a gzip and a brotli file beside each file. */
function precompress(): Plugin {
  return {
    name: 'precompress',
    writeBundle({ dir = '' }, bundle) {
      for (const name of Object.keys(bundle)) {
        const file = `${dir}/${name}`;
        const source = readFileSync(file);
        writeFileSync(`${file}.gz`, gzipSync(source, { level: constants.Z_BEST_COMPRESSION }));
        writeFileSync(`${file}.br`, brotliCompressSync(source));
      }
    },
  };
}
