/** Whether a widget may grow without moving what the reader sees: its lower edge is still below the window. */
export function mayGrow(widget: Element): boolean {
  return widget.getBoundingClientRect().bottom >= innerHeight;
}
