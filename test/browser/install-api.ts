import { InMemoryApi } from '../../src/testing/index.js';

/** Installs an API with a site of its own, so that a late request of one test reaches no other. */
export function installApi(): InMemoryApi {
  return new InMemoryApi({ site: `site-${crypto.randomUUID()}` }).install();
}
