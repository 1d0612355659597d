import type { PropertyOptions, ReactiveElement } from './reactive-element.js';

/** A reactive property. In the way of legacy TypeScript, which our build lowers; Lit's carry the standard form as well. */
export function property(options?: PropertyOptions) {
  return (prototype: ReactiveElement, name: string): void => {
    (prototype.constructor as typeof ReactiveElement).createProperty(name, options);
  };
}

/** A reactive property that is not for the page. */
export function state() {
  return property({ state: true });
}
