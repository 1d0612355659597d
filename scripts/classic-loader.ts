/** Vite plugin of the script-tag build: the loader runs as a classic script, too. */
import type { Plugin } from 'vite';

const exportsAtEnd = /export\s*\{([^}]*)\};?\s*$/;
const chunkImport = /import\((["'`])\.\/assets\//g;

/**
 * Wraps the loader so that it runs as a module and as a classic script: consent tools turn `type="module"` into
 * `text/plain`, and later into `text/javascript`. A classic script may have neither exports nor `import.meta`.
 *
 * The first line reads differently in both. In a module, `await` is a keyword and what follows is a regular expression:
 * `await /(f=>f)/ / 1;`, then a constant and the exports. In a script, `await` is a name and two slashes begin a comment: the
 * line is `typeof await / (f=>f)`, and the second line calls that function with ours.
 *
 * The chunks are imported by absolute URLs: a classic script of another origin has no base URL.
 */
export function classicLoader(): Plugin {
  return {
    name: 'classic-loader',
    generateBundle: {
      order: 'post',
      handler(_, bundle) {
        const loader = bundle['afterword.js'];
        const found = loader?.type === 'chunk' ? exportsAtEnd.exec(loader.code) : null;
        if (loader?.type !== 'chunk' || !found) return this.error('The loader has no exports at its end.');
        const exported = found[1]!.split(',').map((one) => one.trim().split(' as '));
        const names = exported.map(([local, name = local]) => name);
        const body = loader.code
          .slice(0, found.index)
          .replaceAll('import.meta.url', 'awUrl')
          .replaceAll(chunkImport, 'import(awBase+$1');
        const values = exported.map(([local, name = local]) => `${name}:${local}`);
        loader.code = [
          `typeof await/(f=>f)//1;const awModule=import.meta.url;export const{${names.join()}}=`,
          `(()=>{const awUrl=typeof awModule=="string"?awModule:document.currentScript.src,awBase=new URL("./assets/",awUrl);`,
          `${body.trim()}return{${values.join()}}})();\n`,
        ].join('\n');
      },
    },
  };
}
