/** Reads custom-elements.json: the elements, and what can be set on each. */

/** The parts of the manifest that controls are made from. */
interface Manifest {
  readonly modules: readonly { readonly declarations: readonly Declaration[] }[];
}
interface Declaration {
  readonly tagName?: string;
  readonly summary?: string;
  readonly attributes?: readonly ManifestAttribute[];
  readonly cssProperties?: readonly CssProperty[];
  readonly events?: readonly { readonly name: string }[];
}
interface ManifestAttribute {
  readonly name: string;
  readonly description?: string;
  readonly default?: string;
  readonly type?: { readonly text: string };
}

export interface CssProperty {
  readonly name: string;
  readonly description?: string;
  readonly default?: string;
}

export interface Attribute {
  readonly name: string;
  readonly description: string;
  /** Without quotes; empty where there is none. */
  readonly default: string;
  readonly kind: 'boolean' | 'number' | 'choice' | 'text';
  /** Values of a `choice`. */
  readonly values: readonly string[];
}

export interface ElementInfo {
  readonly tag: string;
  readonly summary: string;
  readonly attributes: readonly Attribute[];
  readonly cssProperties: readonly CssProperty[];
  readonly events: readonly string[];
}

// A glob, because the file is made by the build: a fresh clone is type-checked without it.
const manifests = import.meta.glob<Manifest>('../custom-elements.json', { eager: true, import: 'default' });

export const elements: readonly ElementInfo[] = Object.values(manifests)
  .flatMap(({ modules }) => modules)
  .flatMap(({ declarations }) => declarations)
  .flatMap((declaration) => (declaration.tagName ? [elementInfo(declaration.tagName, declaration)] : []))
  .sort((a, b) => order(a) - order(b));

function order({ tag }: ElementInfo): number {
  const known = ['aw-reactions', 'aw-comments', 'aw-stories', 'aw-newsletter', 'aw-comment-count'].indexOf(tag);
  return known === -1 ? Infinity : known;
}

function elementInfo(tag: string, { summary, attributes, cssProperties, events }: Declaration): ElementInfo {
  return {
    tag,
    summary: summary ?? '',
    // The language, the direction and the theme are chosen for the whole page.
    attributes: (attributes ?? []).map(attribute).filter(({ name }) => name !== 'theme'),
    cssProperties: cssProperties ?? [],
    events: (events ?? []).map(({ name }) => name),
  };
}

function attribute({ name, description = '', type, default: initial = '' }: ManifestAttribute): Attribute {
  const types = (type?.text ?? 'string').split('|').map((part) => part.trim());
  const values = types.flatMap((part) => /^'(.*)'$/.exec(part)?.[1] ?? []);
  const kind = values.length
    ? 'choice'
    : types.includes('boolean')
      ? 'boolean'
      : types.includes('number')
        ? 'number'
        : 'text';
  return { name, description, default: initial.replace(/^'(.*)'$/, '$1'), kind, values };
}
