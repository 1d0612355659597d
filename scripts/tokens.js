/**
 * Generates files from src/base/tokens.json:
 *
 *     src/base/styles/tokens.ts   tokens with a long fallback, declared once on each widget's host
 *     dist/tokens.css             all tokens with their defaults, for a page to start from
 *     dist/tokens.json            a copy of the source, for design tools
 */
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';

/**
 * @typedef {{ $value: any, $type?: string, $extensions?: { afterword: Extension } }} Token
 * @typedef {{ css?: string, dark?: string, host?: boolean, own?: boolean, derived?: boolean, contrast?: string | string[] }} Extension
 * @typedef {Extension & { name: string, css: string, scheme: string }} Declared
 */

const root = fileURLToPath(new URL('..', import.meta.url));
const source = join(root, 'src/base/tokens.json');
/** @type {Declared[]} */
const declared = [];
collect(JSON.parse(readFileSync(source, 'utf8')), []);

/**
 * @param {any} group
 * @param {string[]} path
 */
function collect(group, path) {
  if (group.$value !== undefined) {
    declared.push(declare(path.filter((step) => step !== '$root').join('-'), group));
    return;
  }
  for (const [name, child] of Object.entries(group)) {
    if (name === '$root' || !name.startsWith('$')) collect(child, [...path, name]);
  }
}

/**
 * @param {string} name
 * @param {Token} token
 * @returns {Declared}
 */
function declare(name, token) {
  const extension = token.$extensions?.afterword ?? {};
  const { css, dark } = extension;
  const value = literal(token.$value);
  return { ...extension, name, css: css ?? value, scheme: dark ? `light-dark(${value}, ${dark})` : (css ?? value) };
}

/**
 * @param {any} value
 * @returns {string}
 */
function literal(value) {
  if (typeof value === 'string')
    return value.replace(/^\{(.+)\}$/, (_, path) => `var(--aw-${path.replaceAll('.', '-')})`);
  if ('unit' in value) return `${value.value}${value.unit}`;
  if ('hex' in value) return value.alpha === undefined ? value.hex : `rgb(0 0 0 / ${value.alpha * 100}%)`;
  if ('offsetX' in value) return [value.offsetX, value.offsetY, value.blur, value.color].map(literal).join(' ');
  return `${literal(value.width)} ${value.style} ${literal(value.color)}`;
}

/** Returns the private name of a token inside a shadow root. @param {string} name */
const short = (name) => `--_${name.replace(/^color-/, '')}`;

/**
 * Returns a colour moved towards black or white, whichever is farther from the ground, until it has the contrast with the
 * ground. In `xyz-d65`, y is the relative luminance by which WCAG defines contrast.
 *
 * @param {string} color
 * @param {string} contrast kind of contrast
 */
function legible(color, contrast) {
  const towards = (/** @type {string} */ axis, /** @type {string} */ white) =>
    `calc(${axis} + (${white} - ${axis}) * var(--_to-${contrast}))`;
  const [x, y, z] = [
    towards('x', '0.9505 * var(--_pole)'),
    towards('y', 'var(--_pole)'),
    towards('z', '1.089 * var(--_pole)'),
  ];
  return `color(from ${color} xyz-d65 ${x} ${y} ${z})`;
}

/**
 * Returns the declarations of a token on the host of a widget.
 *
 * @param {Declared} token
 */
function onHost({ name, css, host, own, contrast }) {
  const property = short(name);
  const fallback = css.replace(/--aw-([a-z-]+)/, (_, other) => `${short(other)}-shape`);
  const token = `var(--aw-${name}, ${fallback})`;
  if (typeof contrast === 'string') return [`${property}: ${legible(token, contrast)};`];
  const value = own ? `var(--_own-${name.replace('color-', '')}, ${token})` : token;
  const source = css === 'inherit' ? 'currentColor' : `var(${property})`;
  return [
    ...(host ? [`${property}: ${value};`] : []),
    ...(contrast ?? []).map((kind) => {
      const derived = property === `--_${kind}` ? property : `${property}-${kind}`;
      return `${derived}: ${legible(source, kind)};`;
    }),
  ];
}

const contrasts = [...new Set(declared.flatMap(({ contrast = [] }) => contrast))];
const declarations = [
  // How far a colour of the luminance y has to move towards black or white. Not by 1: white itself would divide by 0.
  ...contrasts.map((kind) => `--_to-${kind}: clamp(0, (var(--_${kind}-limit) - y) / (1.0001 * var(--_pole) - y), 1);`),
  ...declared.filter(({ host, contrast }) => host || contrast).flatMap(onHost),
];
const module = join(root, 'src/base/styles/tokens.ts');
const text = `import { css } from 'lit';

/** Generated from tokens.json by scripts/tokens.js: do not edit. */
export const tokens = css\`:host { ${declarations.join(' ')} }\`;
`;
writeFileSync(module, await format(text, { ...(await resolveConfig(module)), filepath: module }));

mkdirSync(join(root, 'dist'), { recursive: true });
writeFileSync(
  join(root, 'dist/tokens.css'),
  `@layer afterword {
  :root {
${declared
  // Tokens that inherit from the page, or that widgets calculate from other colours, have no default.
  .filter(({ css, derived }) => css !== 'inherit' && !derived)
  .map(({ name, scheme }) => `    --aw-${name}: ${scheme};`)
  .join('\n')}
  }
}
`,
);
copyFileSync(source, join(root, 'dist/tokens.json'));
