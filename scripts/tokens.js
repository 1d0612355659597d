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
 * @typedef {{ $value: any, $type?: string, $extensions?: { afterword: { css?: string, dark?: string, host?: boolean } } }} Token
 * @typedef {{ name: string, css: string, scheme: string, host: boolean }} Declared
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
  const { css, dark, host = false } = token.$extensions?.afterword ?? {};
  const value = literal(token.$value);
  return { name, css: css ?? value, scheme: dark ? `light-dark(${value}, ${dark})` : (css ?? value), host };
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

const module = join(root, 'src/base/styles/tokens.ts');
const onHost = declared
  .filter(({ host }) => host)
  .map(
    ({ name, css }) =>
      `${short(name)}: var(--aw-${name}, ${css.replace(/--aw-([a-z-]+)/, (_, other) => short(other))});`,
  );
const text = `import { css } from 'lit';

/** Generated from tokens.json by scripts/tokens.js: do not edit. */
export const tokens = css\`:host { ${onHost.join(' ')} }\`;
`;
writeFileSync(module, await format(text, { ...(await resolveConfig(module)), filepath: module }));

mkdirSync(join(root, 'dist'), { recursive: true });
writeFileSync(
  join(root, 'dist/tokens.css'),
  `@layer afterword {
  :root {
${declared
  // Tokens that inherit from the page have no default.
  .filter(({ css }) => css !== 'inherit')
  .map(({ name, scheme }) => `    --aw-${name}: ${scheme};`)
  .join('\n')}
  }
}
`,
);
copyFileSync(source, join(root, 'dist/tokens.json'));
