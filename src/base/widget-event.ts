/**
 * What a widget tells the page: dispatched from the widget itself, bubbling, and crossing shadow boundaries.
 * Each event of a widget is a subclass with its own name and detail.
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
