import { type Row, rowOf } from './row.js';

/** How far one turn goes: as many cards as are wholly visible. */
export function turn({ visible, step }: Pick<Row, 'visible' | 'step'>, gap: number): number {
  return Math.max(1, Math.floor((visible + gap) / step)) * step;
}

/** Turns a row one way or the other, as its script and the reader's wish for stillness have it. */
export function turnRow(track: HTMLElement, towards: 1 | -1): void {
  const { direction, columnGap } = getComputedStyle(track);
  const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
  const distance = turn(rowOf(track), parseFloat(columnGap) || 0);
  track.scrollBy({
    left: distance * towards * (direction === 'rtl' ? -1 : 1),
    behavior: still ? 'instant' : 'smooth',
  });
}
