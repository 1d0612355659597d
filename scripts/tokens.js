/**
 * Writes what is made from src/base/tokens.json:
 *
 *     src/base/tokens.ts   the tokens inside every shadow root, each falling back from `--aw-…` to its literal
 *     dist/tokens.css      the same names and literals for a page to start from
 *     dist/tokens.json     the source itself, for design tools
 */
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';

/**
 * @typedef {{ $value: any, $type?: string, $extensions?: { afterword: { css?: string, dark?: string } } }} Token
 * @typedef {{ name: string, light: string, dark?: string }} Declared
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
  const { css, dark } = token.$extensions?.afterword ?? {};
  return { name, light: css ?? literal(token.$value), dark };
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

/** @param {string} hex @returns {[lightness: number, chroma: number, hue: number]} */
function oklch(hex) {
  const [r, g, b] = [1, 3, 5]
    .map((at) => parseInt(hex.slice(at, at + 2), 16) / 255)
    .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  const A = 1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s;
  const B = 0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s;
  const hue = (Math.atan2(B, A) * 180) / Math.PI;
  return [0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s, Math.hypot(A, B), (hue + 360) % 360];
}

/** From the light value to the dark one by the lightness of the text: a page's own dark mode needs to tell us nothing.
 * @param {string} light @param {string} dark */
function followingText(light, dark) {
  const to = oklch(dark);
  const channels = oklch(light).map((from, index) => {
    const step = to[index] - from;
    return `calc(${round(from)} + var(--_night) * ${round(step)})`;
  });
  return `oklch(from currentColor ${channels.join(' ')})`;
}

/** @param {number} value */
function round(value) {
  return String(Number(value.toFixed(3)));
}

/** Inside a shadow root a name is short, because it is written often. @param {string} name */
const short = (name) => `--_${name.replace(/^color-/, '')}`;

/** @param {Declared} token */
const scheme = ({ light, dark }) => (dark ? `light-dark(${light}, ${dark})` : light);

// Inherited values are read where they are used: `inherit` in a custom property would mean another thing.
const inner = declared.filter(({ light }) => light !== 'inherit');
const following = inner.filter(({ dark }) => dark);

const module = join(root, 'src/base/tokens.ts');
const text = `import { css } from 'lit';

/** Generated from tokens.json by scripts/tokens.js: do not edit. */
export const tokens = css\`
  :host {
${inner.map((token) => `    ${short(token.name)}: var(--aw-${token.name}, ${scheme(token).replace(/--aw-([a-z-]+)/, (_, name) => short(name))});`).join('\n')}
  }
  @supports (color: oklch(from currentColor l c h)) {
    :host {
      --_night: clamp(0, (l - 0.6) * 99, 1);
${following.map(({ name, light, dark }) => `      ${short(name)}: var(--aw-${name}, ${followingText(light, /** @type {string} */ (dark))});`).join('\n')}
    }
  }
\`;
`;
writeFileSync(module, await format(text, { ...(await resolveConfig(module)), filepath: module }));

mkdirSync(join(root, 'dist'), { recursive: true });
writeFileSync(
  join(root, 'dist/tokens.css'),
  `@layer afterword {
  :root {
${declared
  .filter(({ light }) => light !== 'inherit')
  .map((token) => `    --aw-${token.name}: ${scheme(token)};`)
  .join('\n')}
  }
}
`,
);
copyFileSync(source, join(root, 'dist/tokens.json'));
