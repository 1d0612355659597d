import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../../scripts/commands.js';

/** Sides of the page in properties and values; a margin, padding or inset of four values whose second and fourth differ. */
const sides = /(^|[\s-])(left|right)\b(?!-to-)/;
const fourValues = /\b(?:margin|padding|inset)\s*:\s*\S+\s+(\S+)\s+\S+\s+(\S+?)\s*$/;

const folder = join(root, 'src');
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .map((file) => file.replaceAll('\\', '/'))
  .filter((file) => /(\.styles|\/styles\/\w+|reserve)\.ts$/.test(file));

test('finds style modules', () => expect(files.length).toBeGreaterThan(10));

test.each(files)('%s sets sides by logical properties, or says why it cannot', (file) => {
  const [, ...templates] = readFileSync(join(folder, file), 'utf8').split('css`');
  const physical = templates.flatMap((template) => physicalDeclarations(template.split('`')[0]!));
  expect(physical).toEqual([]);
});

/** Returns the declarations that name a side, in rules without a comment that begins with "Physical". */
function physicalDeclarations(css: string): string[] {
  return css.split('}').flatMap((rule) => {
    if (/[*\s]Physical\b/.test(rule)) return [];
    const declarations = rule.slice(rule.lastIndexOf('{') + 1).replaceAll(/\/\*.*?\*\//gs, '');
    return declarations
      .split(';')
      .map((declaration) => declaration.trim())
      .filter((declaration) => sides.test(declaration) || isUneven(declaration));
  });
}

function isUneven(declaration: string): boolean {
  const [, second, fourth] = fourValues.exec(declaration.replaceAll(/\([^()]*\)/g, '')) ?? [];
  return second !== fourth;
}
