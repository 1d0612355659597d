/**
 * Resolves in the next frame, before it is drawn; at once in a hidden page, which draws none.
 *
 * What is measured before may be wrong when it is drawn, because the page may scroll meanwhile.
 */
export async function nextFrame(): Promise<void> {
  if (!document.hidden) await new Promise(requestAnimationFrame);
}

/** Returns true where an element may grow in this frame without layout shift: its lower edge is below the viewport. */
export function canGrowWithoutShift(element: Element): boolean {
  return element.getBoundingClientRect().bottom >= innerHeight;
}
