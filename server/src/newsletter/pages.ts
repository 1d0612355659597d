import type { Api } from '../http/api.js';
import type { Services } from '../services.js';

/** What the links in mails open. Mail scanners follow links: a GET never changes anything. */
export function addNewsletterPages(app: Api, services: Services): void {
  void [app, services];
}
