/** Entry of the core chunk, with its exports for the loader. */
import { canGrowWithoutShift, nextFrame } from '../base/layout-shift.js';
import { nearestLang, requestedLang } from '../base/locale-controller.js';
import { prefetch } from '../client/prefetch.js';
import { type Catalogue, loadCatalogue, supportedLanguage } from '../locales/registry.js';

export { signIn, signOut } from '../client/site.js';

/** Requests the data and the catalogues of widgets whose code is still loading. */
export function preload(elements: Iterable<Element>): void {
  for (const element of elements) {
    void prefetch(element, requestedLang(nearestLang(element)));
    // The widget loads the catalogue again and shows its failure.
    catalogueFor(element).catch(() => undefined);
  }
}

/**
 * Adds a sentence and a retry button below the fallback content of an element whose code could not be loaded, unless
 * that would shift the layout.
 *
 * @returns the notice that was added
 */
export async function showNotice(element: Element, retry: () => void): Promise<HTMLElement> {
  const { common } = await catalogueFor(element);
  const notice = document.createElement('p');
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = common.retry;
  button.onclick = retry;
  notice.append(common.offline, ' ', button);
  await nextFrame();
  const { height } = element.getBoundingClientRect();
  const canGrow = canGrowWithoutShift(element);
  element.append(notice);
  if (!canGrow && element.getBoundingClientRect().height > height) notice.remove();
  return notice;
}

function catalogueFor(element: Element): Promise<Catalogue> {
  return loadCatalogue(supportedLanguage(nearestLang(element) || navigator.language));
}
