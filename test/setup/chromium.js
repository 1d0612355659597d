/** Ends a run that needs a browser with one plain line where there is none. */
import { requireChromium } from '../../scripts/chromium.js';

export default function setup() {
  requireChromium();
}
