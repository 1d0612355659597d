/** Ends a run that needs the built files with one plain line where they are missing or stale. */
import { isBuilt } from '../../scripts/build-stamp.js';

export default function setup() {
  if (!isBuilt()) throw new Error('The build is missing or older than its sources: run npm run build.');
}
