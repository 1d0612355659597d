/**
 * Base class of the events that widgets dispatch from themselves: bubbling, composed, with a typed `detail`.
 * Each widget event is a subclass with its own type and detail.
 */
export class WidgetEvent<Detail> extends Event {
  constructor(
    type: string,
    readonly detail: Detail,
    options?: EventInit,
  ) {
    super(type, { bubbles: true, composed: true, ...options });
  }
}
