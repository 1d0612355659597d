import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';
import { root } from '../../scripts/commands.js';

const cdn = join(root, 'dist/cdn');
const prefix = '/built/';
const virtual = '\0built:';

/**
 * Replaces the definitions of the tags, the loader and its style sheet by the files of the script-tag build, so that
 * tests that use tags alone run against the shipped code. The files are served as they are.
 */
export function builtWidgets(): Plugin {
  return {
    name: 'built-widgets',
    enforce: 'pre',
    configureServer({ middlewares }) {
      middlewares.use(prefix, (request, response, next) => {
        const file = join(cdn, new URL(request.url ?? '', 'http://localhost').pathname);
        if (!existsSync(file)) return next();
        response.setHeader('Content-Type', 'text/javascript');
        response.end(readFileSync(file));
      });
    },
    resolveId(specifier) {
      const [, name] = /\/src\/(?:define|loader)\/([\w-]+)\.js$/.exec(specifier) ?? [];
      if (name) return virtual + name;
      return specifier.includes('/src/loader/cloak.css') ? specifier.replace(/^.*\/src\/loader/, cdn) : undefined;
    },
    load(id) {
      if (!id.startsWith(virtual)) return undefined;
      const name = id.slice(virtual.length);
      const file = name === 'afterword' ? 'afterword.js' : chunkOf(name);
      const exported = name === 'afterword' ? '{ observe, signIn, signOut }' : '{}';
      // A computed address, which Vite leaves alone.
      return `const url = '${prefix}${file}'; export const ${exported} = await import(/* @vite-ignore */ url);`;
    },
  };
}

/** Returns the file of the chunk that defines a tag. */
function chunkOf(name: string): string {
  const file = readdirSync(join(cdn, 'assets')).find((file) => new RegExp(`^${name}-[\\w-]{8}\\.js$`).test(file));
  if (!file) throw new Error(`The script-tag build has no chunk named ${name}.`);
  return `assets/${file}`;
}
