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

export function rowOf(track: HTMLElement): Row {
  const [first, second] = track.children as unknown as (HTMLElement | undefined)[];
  const { scrollLeft: left, clientWidth: visible, scrollWidth: whole } = track;
  const step = first && second ? Math.abs(second.offsetLeft - first.offsetLeft) : visible;
  return { left, visible, whole, step: step || visible };
}
