/** What the analyzer reads for `custom-elements.json`, which editors and framework generators read in turn. */
export default {
  globs: ['src/base/widget-element.ts', 'src/widgets/*/*.ts'],
  exclude: ['**/*.styles.ts'],
  outdir: '.',
  litelement: true,
  plugins: [elementsOnly(), publishedPaths()],
};

/** Modules are named by the file that a consumer imports, not by their source. */
function publishedPaths() {
  /** @param {string} path */
  const published = (path) => path.replace(/^\/?src\//, 'dist/').replace(/\.ts$/, '.js');
  return {
    name: 'published-paths',
    /** @param {{ customElementsManifest: any }} context */
    packageLinkPhase({ customElementsManifest }) {
      const rename = (/** @type {any} */ node) => {
        if (Array.isArray(node)) node.forEach(rename);
        else if (node && typeof node === 'object') {
          for (const [key, value] of Object.entries(node)) {
            if ((key === 'path' || key === 'module') && typeof value === 'string') node[key] = published(value);
            else rename(value);
          }
        }
      };
      rename(customElementsManifest);
    },
  };
}

/** An element's own files, and what is private, the base's or only seen in passing, are nobody's business. */
function elementsOnly() {
  const ofBase = new Set(['render', 'renderFailed', 'willUpdate', 'updated', 'styles']);
  return {
    name: 'elements-only',
    /** @param {{ customElementsManifest: any }} context */
    packageLinkPhase({ customElementsManifest }) {
      for (const declaration of customElementsManifest.modules.flatMap(
        (/** @type {any} */ { declarations }) => declarations,
      )) {
        if (declaration.superclass?.name !== 'ReactiveElement') continue;
        // What draws an element is not published: to a page it is one of the platform's.
        declaration.customElement = true;
        declaration.superclass = { name: 'HTMLElement' };
      }
      const isElement = (/** @type {any} */ declaration) => declaration.customElement;
      const elements = customElementsManifest.modules.filter((/** @type {any} */ { declarations }) =>
        declarations.some(isElement),
      );
      for (const element of elements) {
        element.declarations = element.declarations.filter(isElement);
        for (const declaration of element.declarations) {
          declaration.members = declaration.members?.filter(
            (/** @type {{ name: string, privacy?: string }} */ { name, privacy }) =>
              (privacy ?? 'public') === 'public' && !name.startsWith('#') && !ofBase.has(name),
          );
          // A dispatch that the analyzer meets in the code has no name; the class's own comment has it.
          declaration.events = declaration.events?.filter((/** @type {{ name?: string }} */ { name }) => name);
        }
      }
      customElementsManifest.modules = elements;
    },
  };
}
