import ts from 'typescript';

/** Configuration of the analyzer that writes `custom-elements.json`, for editors, generators and the playground. */
export default {
  globs: ['src/base/widget-element.ts', 'src/widgets/*/*.ts'],
  exclude: ['**/*.styles.ts'],
  outdir: '.',
  litelement: true,
  plugins: [literalTypes(), elementsOnly(), publishedPaths()],
};

/** Replaces type aliases of attributes, such as `Sort`, and constants as their defaults by the literals, for editors and docs. */
function literalTypes() {
  /** @param {string} text */
  const isResolved = (text) =>
    text.split('|').every((part) => /^\s*('.*'|string|number|boolean|undefined|null)\s*$/.test(part));
  const isLiteral = (/** @type {string | undefined} */ text) =>
    /^('.*'|-?\d+|true|false|undefined)$/.test(text ?? 'undefined');
  return {
    name: 'literal-types',
    /** @param {{ customElementsManifest: any }} context */
    packageLinkPhase({ customElementsManifest }) {
      const unresolved = customElementsManifest.modules.flatMap((/** @type {any} */ { path, declarations }) =>
        declarations.flatMap((/** @type {any} */ { name: className, attributes = [] }) =>
          attributes
            .filter(
              (/** @type {any} */ { type, default: initial, inheritedFrom }) =>
                !inheritedFrom && !(type && isResolved(type.text) && isLiteral(initial)),
            )
            .map((/** @type {any} */ attribute) => ({ path, className, attribute })),
        ),
      );
      const files = unresolved.map((/** @type {any} */ { path }) => path);
      // String literals need no types of the DOM, which take most of the time.
      const program = ts.createProgram(files, { strict: true, lib: ['lib.es5.d.ts'], types: [] });
      const checker = program.getTypeChecker();
      for (const { path, className, attribute } of unresolved) {
        const statements = program.getSourceFile(path)?.statements ?? [];
        const element = statements.find((one) => ts.isClassDeclaration(one) && one.name?.text === className);
        const property = element && checker.getTypeAtLocation(element).getProperty(attribute.fieldName);
        const type = property && checker.getTypeOfSymbol(property);
        const literals = (type?.isUnion() ? type.types : [type]).map((part) =>
          part?.isStringLiteral() ? `'${part.value}'` : undefined,
        );
        if (!literals.includes(undefined)) attribute.type = { text: literals.join(' | ') };
        else if (type && !attribute.type) attribute.type = { text: checker.typeToString(type) };
        const initializer =
          property?.valueDeclaration &&
          ts.isPropertyDeclaration(property.valueDeclaration) &&
          property.valueDeclaration.initializer;
        if (initializer && ts.isIdentifier(initializer))
          attribute.default = checker.typeToString(checker.getTypeAtLocation(initializer));
      }
    },
  };
}

/** Names modules by the file that a consumer imports, not by their source. */
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

/** Keeps elements only, and their public members. */
function elementsOnly() {
  const ofBase = new Set(['render', 'renderFailed', 'willUpdate', 'updated', 'styles']);
  return {
    name: 'elements-only',
    /** @param {{ customElementsManifest: any }} context */
    packageLinkPhase({ customElementsManifest }) {
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
          // The analyzer adds an event without a name for each `dispatchEvent`; the JSDoc of the class has the names.
          declaration.events = declaration.events?.filter((/** @type {{ name?: string }} */ { name }) => name);
        }
      }
      customElementsManifest.modules = elements;
    },
  };
}
