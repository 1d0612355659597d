const fields = 'input, textarea, select';

/**
 * Keeps keys from the page that a field of a widget takes, or that the widget has handled. Outside of a shadow root
 * their target is the widget: shortcuts of the page would take them for keys outside of a field.
 *
 * @param widget an element with an open shadow root
 */
export function keepKeys(widget: Element): void {
  let handledKey: string | undefined;
  const handle = (event: Event): void => {
    const { key, type, defaultPrevented } = event as KeyboardEvent;
    const target = event.composedPath()[0] as Element;
    // Fallback content belongs to the page.
    if (widget.contains(target)) return;
    if (type === 'keydown') handledKey = defaultPrevented ? key : undefined;
    // The field may be gone when the key is released.
    if (target.matches(fields) || key === handledKey) event.stopPropagation();
  };
  for (const type of ['keydown', 'keypress', 'keyup']) widget.addEventListener(type, handle);
}
