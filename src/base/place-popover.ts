import { autoUpdate, computePosition, flip, offset, type Placement, shift } from '@floating-ui/dom';

const gapPx = 8;

/**
 * Positions a popover of the top layer beside an element, and follows it while the page scrolls.
 *
 * @returns a function that ends it
 */
export async function placePopover(
  anchor: HTMLElement,
  popover: HTMLElement,
  placement: Placement,
): Promise<() => void> {
  const update = async () => {
    const { x, y } = await computePosition(anchor, popover, {
      placement,
      middleware: [offset(gapPx), flip(), shift({ padding: gapPx })],
    });
    // By CSSOM, which a strict style-src allows, and as a transform, which is no layout shift.
    popover.style.translate = `${x}px ${y}px`;
  };
  Object.assign(popover.style, { top: 0, left: 0, ...withoutZoom(anchor) });
  await update();
  return autoUpdate(anchor, popover, update);
}

/**
 * Returns styles that undo the page's CSS `zoom` on an element of the top layer, which would scale its position as well.
 * The text stays as large as that around it.
 */
function withoutZoom({
  currentCSSZoom: zoom = 1,
}: HTMLElement & { currentCSSZoom?: number }): Partial<CSSStyleDeclaration> {
  return zoom === 1 ? {} : { zoom: `${1 / zoom}`, fontSize: `${zoom}em` };
}
