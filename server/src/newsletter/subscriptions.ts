import type { Logger } from 'pino';
import type { Config } from '../config.js';
import { newId } from '../ids.js';
import type { Mailer } from '../mail/mailer.js';
import { fieldProblem, Problem } from '../problem.js';
import type { Site } from '../sites/store.js';
import type { Database } from '../storage/database.js';
import type { ConsentEventRow } from '../storage/tables.js';
import { confirmByCode, confirmByLink, readConfirmation, type Confirmation } from './confirming.js';
import { readEmailAddress } from './email-address.js';
import { readLeaving, unsubscribe, type Leaving } from './leaving.js';
import { readStoredNewsletters } from './lists.js';
import { choosePreferences, readPreferences, type Preferences } from './preferences.js';
import { handleRequests, storeRequests, type ConsentedList } from './requests.js';
import { NewsletterSecrets } from './secrets.js';

/** A wish to subscribe, as it came in. */
export interface Wish {
  readonly email: string;
  readonly lists: readonly string[];
  /** The ids of the wordings agreed to. */
  readonly consents: readonly string[];
  readonly lang: string | undefined;
  /** A person never sees the trap field, so whoever filled it is not one. */
  readonly trapped: boolean;
  readonly method: 'widget' | 'form';
}

/** Between an answer and the work it set off: time enough for the answer to be out of the house. */
const afterAnswerMillis = 20;

/**
 * Who gets which newsletter, by double opt-in.
 *
 * A wish is stored and answered, always alike; what it means for its address is worked out after the answer, so that
 * neither words nor time tell whether the address is known.
 */
export class Subscriptions {
  readonly #database: Database;
  readonly #mailer: Mailer;
  readonly #log: Logger;
  readonly #secrets: NewsletterSecrets;
  readonly #commands;
  readonly #waiting = new Set<NodeJS.Timeout>();
  #handling: Promise<void> = Promise.resolve();

  constructor(config: Pick<Config, 'secrets' | 'url'>, database: Database, mailer: Mailer, log: Logger) {
    this.#database = database;
    this.#mailer = mailer;
    this.#log = log;
    this.#secrets = new NewsletterSecrets(config.secrets);
    this.#commands = {
      handleRequests: handleRequests(this.#secrets, config.url),
      confirmByLink: confirmByLink(this.#secrets),
      confirmByCode: confirmByCode(this.#secrets),
      unsubscribe: unsubscribe(this.#secrets),
      choosePreferences: choosePreferences(this.#secrets),
    };
  }

  /** Handles what an earlier run answered but did not get to. */
  async start(): Promise<void> {
    const left = await this.#database.read.selectFrom('subscription_requests').select('id').orderBy('id').execute();
    for (const { id } of left) this.#handleSoon(id);
  }

  /** Ends with what is under way; wishes not yet handled stay stored. */
  async stop(): Promise<void> {
    for (const timer of this.#waiting) clearTimeout(timer);
    this.#waiting.clear();
    await this.#handling;
  }

  /**
   * Takes a wish. Resolves alike for every address.
   *
   * @throws Problem `mail-off`, `email-invalid`, `list-not-found`, `consent-missing`
   */
  async request(site: Site, wish: Wish): Promise<void> {
    if (this.#mailer.mode === 'off') throw new Problem('mail-off');
    const email = readEmailAddress(wish.email);
    if (!email) throw fieldProblem('email-invalid', 'email', 'Not an address that mail can be sent to.');
    const lists = await this.#consentedLists(site, wish);
    if (wish.trapped) return;
    const id = newId();
    await this.#database.writer.submit(storeRequests, {
      id,
      siteId: site.id,
      emailKey: email.key,
      email: email.address,
      listsJson: JSON.stringify(lists),
      lang: wish.lang ?? site.lang,
      method: wish.method,
      createdAt: Date.now(),
    });
    this.#handleSoon(id);
  }

  /** What a confirmation link would do; `undefined` where it is not one of ours. */
  readConfirmation(token: string): Promise<Confirmation | undefined> {
    return readConfirmation(this.#database.read, this.#secrets.hashOfToken(token));
  }

  /** @returns how it went, and a token for the preferences where something was confirmed just now */
  async confirm(token: string): Promise<{ confirmation: Confirmation | undefined; manageToken: string | undefined }> {
    const manage = this.#secrets.newToken();
    const confirmation = await this.#database.writer.submit(this.#commands.confirmByLink, {
      tokenHash: this.#secrets.hashOfToken(token),
      manageTokenHash: manage.tokenHash,
    });
    return { confirmation, manageToken: confirmation?.state === 'confirmed' ? manage.token : undefined };
  }

  /** @throws Problem `email-invalid` or `code-wrong` */
  async confirmByCode(site: Pick<Site, 'id'>, given: { email: string; code: string }): Promise<void> {
    const email = readEmailAddress(given.email);
    if (!email) throw fieldProblem('email-invalid', 'email', 'Not an address that mail can be sent to.');
    const right = await this.#database.writer.submit(this.#commands.confirmByCode, {
      siteId: site.id,
      emailKey: email.key,
      code: given.code.replace(/\s/g, ''),
    });
    if (!right) throw fieldProblem('code-wrong', 'code', 'Wrong, used up, or older than 30 minutes.');
  }

  /** What an unsubscribe link would end: `forged` where we did not make it, `undefined` where nothing is left to end. */
  async readLeaving(token: string): Promise<Leaving | 'forged' | undefined> {
    const subscriptionIds = this.#secrets.readUnsubscribeToken(token);
    return subscriptionIds ? readLeaving(this.#database.read, subscriptionIds) : 'forged';
  }

  /** Does nothing where the token is not one of ours. */
  async unsubscribe(token: string, method: ConsentEventRow['method']): Promise<void> {
    const subscriptionIds = this.#secrets.readUnsubscribeToken(token);
    if (subscriptionIds) await this.#database.writer.submit(this.#commands.unsubscribe, { subscriptionIds, method });
  }

  readPreferences(token: string): Promise<Preferences | undefined> {
    return readPreferences(this.#database.read, this.#secrets.hashOfToken(token));
  }

  choosePreferences(
    token: string,
    choice: { lists: readonly string[]; consents: readonly string[] },
  ): Promise<Preferences | undefined> {
    const tokenHash = this.#secrets.hashOfToken(token);
    return this.#database.writer.submit(this.#commands.choosePreferences, { tokenHash, ...choice });
  }

  async #consentedLists(site: Site, { lists, consents }: Wish): Promise<ConsentedList[]> {
    const known = new Map((await readStoredNewsletters(this.#database.read, site.id)).map((list) => [list.id, list]));
    return [...new Set(lists)].map((id) => {
      const list = known.get(id);
      if (!list) throw fieldProblem('list-not-found', 'lists', 'The site has no newsletter of that id.');
      if (!consents.includes(list.consent.id))
        throw fieldProblem('consent-missing', 'consent', `The current consent of ${id} is not among those given.`);
      return { id, consent: list.consent.id };
    });
  }

  #handleSoon(id: string): void {
    const timer = setTimeout(() => {
      this.#waiting.delete(timer);
      const handled = this.#handle(id);
      this.#handling = this.#handling.then(() => handled);
    }, afterAnswerMillis);
    this.#waiting.add(timer);
  }

  async #handle(id: string): Promise<void> {
    try {
      await this.#database.writer.submit(this.#commands.handleRequests, id);
      this.#mailer.wake();
    } catch (error) {
      this.#log.error(
        { err: error, request: id },
        'a subscription request failed; it is tried again at the next start',
      );
    }
  }
}
