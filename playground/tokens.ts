/** Reads the design tokens, as custom properties that a page may set. */
import source from '../src/base/tokens.json';

export interface Token {
  /** Name of the custom property. */
  readonly name: string;
  readonly description: string;
  readonly group: string;
  /** A literal, or what the token falls back to. */
  readonly value: string;
  /** A hex colour, for a colour picker. */
  readonly color: string | undefined;
}

interface Node {
  readonly $value?: unknown;
  readonly $description?: string;
  readonly $extensions?: { readonly afterword: { readonly css?: string } };
}

export const tokens: readonly Token[] = Object.entries(source)
  .filter(([name]) => !name.startsWith('$'))
  .flatMap(([group, node]) => collect(group, [group], node as Node));

function collect(group: string, path: readonly string[], node: Node): Token[] {
  if (node.$value !== undefined) return [token(group, path, node)];
  return Object.entries(node)
    .filter(([name]) => name === '$root' || !name.startsWith('$'))
    .flatMap(([name, child]) => collect(group, name === '$root' ? path : [...path, name], child as Node));
}

function token(group: string, path: readonly string[], { $value, $description = '', $extensions }: Node): Token {
  const { hex } = $value as { hex?: string };
  return {
    name: `--aw-${path.join('-')}`,
    description: $description,
    group,
    value: $extensions?.afterword.css ?? literal($value),
    color: hex,
  };
}

function literal(value: unknown): string {
  if (typeof value === 'string') return value.replace(/^\{(.+)\}$/, (_, path: string) => path.replaceAll('.', '-'));
  const { value: number, unit } = value as { value?: number; unit?: string };
  if (number !== undefined) return `${number}${unit}`;
  return Object.values(value as object)
    .map(literal)
    .join(' ');
}
