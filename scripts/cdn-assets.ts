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
    trustedTypesPolicy(),
    classicLoader(),
    pinnedLoader(),
    cloakStyles(),
    precompress(),
  ];
}

const createPolicyCall = /(\w+)\.createPolicy\(\s*(["'])lit-html\2\s*,\s*(\{[^}]*\})\s*\)/;

/**
 * Names Lit's Trusted Types policy `afterword`, so that a page can allow exactly ours and a second Lit on the page does
 * not collide with it, and guards its creation: Lit calls `createPolicy` at import, which throws where the page's CSP
 * does not allow the name.
 */
function trustedTypesPolicy(): Plugin {
  return {
    name: 'trusted-types-policy',
    transform(code, id) {
      if (!id.endsWith('/lit-html/lit-html.js')) return undefined;
      if (!createPolicyCall.test(code))
        this.error(
          'lit-html creates its Trusted Types policy in another way: adapt createPolicyCall in cdn-assets.ts.',
        );
      const guarded = '(() => { try { return $1.createPolicy("afterword", $3) } catch {} })()';
      return { code: code.replace(createPolicyCall, guarded), map: null };
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
