import type { vi } from './vi.js';

/** Every word the widgets say. Vietnamese is written first; a key that another language lacks does not compile. */
export type Catalogue = typeof vi;
