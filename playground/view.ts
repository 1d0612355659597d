/** Choices that belong to the page around the element. The first of each is the default. */
export const choices = {
  host: ['plain', 'serif-newspaper', 'sans-tabloid', 'dark-magazine'],
  theme: ['auto', 'light', 'dark'],
  lang: ['vi', 'en'],
  dir: ['ltr', 'rtl'],
  width: ['full', '360', '768', '1280'],
} as const;
export type Choice = keyof typeof choices;

/** Everything the playground shows. It is kept in the address, so that a link leads to it. */
export type View = Record<Choice, string> & {
  /** Tag of the element. */
  readonly tag: string;
  /** Name of a state, or `all`. */
  readonly state: string;
  /** Attributes of the element; an empty value stands for a boolean attribute that is set. */
  readonly attributes: Readonly<Record<string, string>>;
  /** Custom properties, set on the element. */
  readonly properties: Readonly<Record<string, string>>;
};

export const defaultView: View = {
  tag: 'aw-reactions',
  state: 'ready',
  ...(Object.fromEntries(Object.entries(choices).map(([name, [first]]) => [name, first])) as Record<Choice, string>),
  attributes: {},
  properties: {},
};

/** Attributes are written `@name=value`, custom properties by their names, defaults not at all. */
export function toSearchParams({ attributes, properties, ...rest }: View): URLSearchParams {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(rest)) {
    if (value !== defaultView[name as keyof typeof rest]) params.set(name, value);
  }
  for (const [name, value] of Object.entries(attributes)) params.set(`@${name}`, value);
  for (const [name, value] of Object.entries(properties)) params.set(name, value);
  return params;
}

export function fromSearchParams(params: URLSearchParams): View {
  const attributes: Record<string, string> = {};
  const properties: Record<string, string> = {};
  const rest: Record<string, string> = {};
  for (const [name, value] of params) {
    if (name.startsWith('@')) attributes[name.slice(1)] = value;
    else if (name.startsWith('--')) properties[name] = value;
    else if (name in defaultView) rest[name] = value;
  }
  return { ...defaultView, ...rest, attributes, properties };
}
