/** Returns true where an element may grow without layout shift: its lower edge is below the viewport. */
export function canGrowWithoutShift(element: Element): boolean {
  return element.getBoundingClientRect().bottom >= innerHeight;
}
