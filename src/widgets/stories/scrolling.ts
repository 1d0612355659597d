/** Where a row of cards stands, in pixels from its start: a script from right to left counts downwards. */
export interface Row {
  readonly left: number;
  readonly visible: number;
  readonly whole: number;
  /** From the start of one card to the start of the next. */
  readonly step: number;
}

/** Half a card short of an end is at the end: rounding and snapping never quite arrive. */
export function endsOf({ left, visible, whole, step }: Row): { start: boolean; end: boolean } {
  const gone = Math.abs(left);
  return { start: gone < step / 2, end: whole - visible - gone < step / 2 };
}

/** How far one turn goes: as many cards as are wholly visible. */
export function turn({ visible, step }: Pick<Row, 'visible' | 'step'>, gap: number): number {
  return Math.max(1, Math.floor((visible + gap) / step)) * step;
}

export function rowOf(track: HTMLElement): Row {
  const [first, second] = track.children as unknown as (HTMLElement | undefined)[];
  const { scrollLeft: left, clientWidth: visible, scrollWidth: whole } = track;
  const step = first && second ? Math.abs(second.offsetLeft - first.offsetLeft) : visible;
  return { left, visible, whole, step: step || visible };
}

/** Turns the row one way or the other, as its script and the reader's wish for stillness have it. */
export function scrollRow(track: HTMLElement, towards: 1 | -1): void {
  const { direction, columnGap } = getComputedStyle(track);
  const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
  const distance = turn(rowOf(track), parseFloat(columnGap) || 0);
  track.scrollBy({
    left: distance * towards * (direction === 'rtl' ? -1 : 1),
    behavior: still ? 'instant' : 'smooth',
  });
}
