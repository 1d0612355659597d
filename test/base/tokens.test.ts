import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import source from '../../src/base/tokens.json' with { type: 'json' };

interface Token {
  $value: { value?: number; unit?: string };
  $extensions?: { afterword?: { css?: string } };
}

/** Every `--aw-…` of the middle tier, and the literal that widgets write behind it. */
const literals = new Map<string, string>();
collect(source, []);

function collect(group: object, path: string[]): void {
  if ('$value' in group) {
    const { $value, $extensions } = group as Token;
    const literal = $extensions?.afterword?.css ?? ($value.unit ? `${$value.value}${$value.unit}` : undefined);
    if (literal) literals.set(`--aw-${path.join('-')}`, literal);
    return;
  }
  for (const [name, child] of Object.entries(group)) {
    if (name === '$root') collect(child as object, path);
    else if (!name.startsWith('$')) collect(child as object, [...path, name]);
  }
}

const styles = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('styles.ts'));

test('there are styles to look at', () => expect(styles.length).toBeGreaterThan(4));

test.each(styles)('%s writes the literals of tokens.json', (file) => {
  const css = readFileSync(`src/${file}`, 'utf8').replace(/\s+/g, ' ');
  for (const [, name, literal] of css.matchAll(/var\( ?(--aw-[\w-]+), ((?:[^()]|\((?:[^()]|\([^()]*\))*\))+?) ?\)/g)) {
    // What is inherited by default may stand on another ground where a theme is forced.
    if (literals.has(name!) && literals.get(name!) !== 'inherit')
      expect(`${name}: ${literal}`).toBe(`${name}: ${literals.get(name!)}`);
  }
});
