import type { PropertyDeclaration, ReactiveElement } from 'lit';

type Element = typeof ReactiveElement;

/** Lit's decorators for legacy TypeScript alone: theirs carry the standard form as well, which our build does not use. */
export function property(options?: PropertyDeclaration) {
  return (prototype: ReactiveElement, name: string): void => {
    (prototype.constructor as Element).createProperty(name, options);
  };
}

/** A reactive property that is not for the page. */
export function state() {
  return property({ state: true });
}
