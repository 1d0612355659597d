import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import source from '../../src/base/tokens.json' with { type: 'json' };

interface Token {
  $value: { value?: number; unit?: string };
  $extensions?: { afterword?: { css?: string } };
}

/** Design tokens of the middle tier, with the fallback value that styles use. */
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

const styles = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((file) =>
  /(\.styles|\/styles\/\w+)\.ts$/.test(file),
);

test('finds style modules to check', () => expect(styles.length).toBeGreaterThan(4));

test.each(styles)('%s uses the fallback values of tokens.json', (file) => {
  const css = readFileSync(`src/${file}`, 'utf8').replace(/\s+/g, ' ');
  for (const [, name, literal] of css.matchAll(/var\( ?(--aw-[\w-]+), ((?:[^()]|\((?:[^()]|\([^()]*\))*\))+?) ?\)/g)) {
    // A forced theme may give an inherited token another value.
    if (literals.has(name!) && literals.get(name!) !== 'inherit')
      expect(`${name}: ${literal}`).toBe(`${name}: ${literals.get(name!)}`);
  }
});
