import { storyKey } from '../contract/story-key.js';
import { toJson } from './json.js';
import { canonicalUrl, pageSettings } from './settings.js';
import { isCurrentStory, type StoryClient } from './story-client.js';

/**
 * Time in which a page whose address and canonical link name different stories may still change the other one. Widgets of
 * a slower page change twice.
 */
const maxSettlingMs = 150;
/** Attributes of the canonical link and of the script tag. */
const attributes = ['href', 'rel', 'data-story', 'data-site', 'data-api'];
/** The reader comes back or is about to act: by then the page may have navigated without any other sign. */
const readerEvents = ['popstate', 'pageshow', 'pointerdown', 'keydown', 'focusin', 'visibilitychange'];

/** The page as its elements follow it. */
interface FollowedPage {
  /** The client that each element uses; undefined where it has no valid story. */
  readonly clients: ReadonlyMap<Element & { reload(): void }, StoryClient | undefined>;
  /** Resolves when the page has settled on a story; undefined where it has. */
  settled: Promise<void> | undefined;
}

/** Reloads the elements of a page whose story changes, by a navigation within the document or a setting. */
export function watchPage(page: FollowedPage): void {
  new PageWatcher(page).reloadChanged();
}

/** Watches what the story of the page follows from: address, canonical link and settings. */
class PageWatcher {
  readonly #page: FollowedPage;
  #address = location.href;
  #seen: string;
  #hadCanonical: boolean;
  #settlingTimer?: ReturnType<typeof setTimeout>;
  #resolveSettled?: (() => void) | undefined;

  constructor(page: FollowedPage) {
    this.#page = page;
    const { seen, canonical } = readPage();
    this.#seen = seen;
    this.#hadCanonical = !!canonical;
    const observer = new MutationObserver(this.#check);
    observer.observe(document, { subtree: true, attributeFilter: attributes });
    // By a selector: a form named `head` would be in the way of the property.
    observer.observe(document.querySelector('head') ?? document, { childList: true });
    document.addEventListener('aw-settings-change', this.#check);
    this.#watchAddress();
  }

  /** Reloads the elements whose story has changed: they wait until the page has settled. */
  reloadChanged(): void {
    for (const [element, client] of this.#page.clients) if (!isCurrentStory(element, client)) element.reload();
    // The loader requests the data of elements whose code has not loaded.
    document.dispatchEvent(new Event('aw-story-change'));
  }

  /** Patches no method of `history`: without the Navigation API, a change of the address shows by what comes after it. */
  #watchAddress(): void {
    const { navigation, Navigation } = globalThis as { navigation?: EventTarget; Navigation?: typeof EventTarget };
    // A global variable of the page may have taken the name.
    if (Navigation && navigation instanceof Navigation)
      return navigation.addEventListener('currententrychange', this.#check);
    const checkAddress = () => this.#address !== location.href && this.#check();
    new MutationObserver(checkAddress).observe(document, { childList: true, subtree: true });
    for (const type of readerEvents) addEventListener(type, checkAddress, { capture: true, passive: true });
  }

  readonly #check = (): void => {
    this.#address = location.href;
    const { seen, address, canonical } = readPage();
    if (seen === this.#seen) return;
    this.#seen = seen;
    this.#hadCanonical ||= !!canonical;
    this.reloadChanged();
    // A missing canonical link is often about to be replaced.
    if (canonical ? canonical === address : !this.#hadCanonical) this.#settle();
    else if (!this.#page.settled) {
      this.#page.settled = new Promise((resolve) => (this.#resolveSettled = resolve));
      this.#settlingTimer = setTimeout(() => this.#settle(), maxSettlingMs);
    }
  };

  #settle(): void {
    clearTimeout(this.#settlingTimer);
    this.#page.settled = undefined;
    this.#resolveSettled?.();
  }
}

function readPage() {
  const url = canonicalUrl();
  const canonical = url && storyKey(url);
  const address = storyKey(location.href);
  return { address, canonical, seen: toJson([address, canonical, pageSettings()])! };
}
