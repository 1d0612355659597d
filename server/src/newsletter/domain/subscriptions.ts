import type { Logger } from 'pino';
import type { Config } from '../../config.js';
import { newId } from '../../ids.js';
import type { Mailer } from '../../mail/mailer.js';
import { fieldProblem, Problem } from '../../problem.js';
import type { Site } from '../../sites/store.js';
import type { Database } from '../../storage/database.js';
import type { ConsentEventRow } from '../../storage/tables.js';
import type { PersonData } from '../person/person.js';
import { actOnPerson, personCodeComposers, requestPersonCode, type PersonAct } from '../person/person-codes.js';
import { Caps } from './caps.js';
import { confirmByCode, confirmByLink, readConfirmation, type Confirmation } from './confirmation.js';
import { needsSmtpUtf8, parseEmailAddress } from './email-address.js';
import { readStoredNewsletters } from './lists.js';
import { readPreferences, updatePreferences, type Preferences } from './preferences.js';
import { processSignups, storeSignups } from './signup.js';
import { signupMailComposers, type ConsentedList } from './signup-mails.js';
import { SignupWorker } from './signup-worker.js';
import { withoutSuppressed } from './suppressions.js';
import { NewsletterTokens } from './tokens.js';
import { readUnsubscribeTarget, unsubscribe, type UnsubscribeTarget } from './unsubscribe.js';

/** Signup as received. */
export interface SignupRequest {
  readonly email: string;
  readonly lists: readonly string[];
  /** Ids of the accepted consent texts. */
  readonly consents: readonly string[];
  readonly lang: string | undefined;
  /** True if the hidden trap field was filled in, by a bot or by a password manager. */
  readonly isTrapped: boolean;
  readonly method: 'widget' | 'form';
  /** The page of the form, where it is known. */
  readonly page?: string | undefined;
  /** The network that asks, for caps on mails. */
  readonly network: string;
  /** The origin of the page that asks. */
  readonly origin?: string | undefined;
}

/** Makes the composers of newsletter mails, for the mailer. */
export function newsletterComposers({ secrets, areLimitsOn, url }: Pick<Config, 'secrets' | 'areLimitsOn' | 'url'>) {
  const tokens = new NewsletterTokens(secrets);
  const caps = new Caps(tokens, areLimitsOn);
  return withoutSuppressed(
    { ...signupMailComposers(tokens, caps, url), ...personCodeComposers(tokens, caps, url) },
    tokens,
  );
}

/**
 * Newsletter subscriptions with double opt-in.
 *
 * A signup is stored and answered in the same way for every address. It is processed after the response, so that
 * neither body nor timing reveals whether the address is known (no enumeration).
 */
export class Subscriptions {
  readonly #database: Database;
  readonly #mailer: Pick<Mailer, 'mode' | 'supportsSmtpUtf8' | 'wake'>;
  readonly #tokens: NewsletterTokens;
  readonly #commands;
  readonly #worker: SignupWorker;

  constructor(
    config: Pick<Config, 'secrets' | 'areLimitsOn'>,
    database: Database,
    mailer: Pick<Mailer, 'mode' | 'supportsSmtpUtf8' | 'wake'>,
    log: Logger,
  ) {
    this.#database = database;
    this.#mailer = mailer;
    this.#tokens = new NewsletterTokens(config.secrets);
    const caps = new Caps(this.#tokens, config.areLimitsOn);
    this.#worker = new SignupWorker(database, log, processSignups(this.#tokens, caps), () => mailer.wake());
    this.#commands = {
      confirmByLink: confirmByLink(this.#tokens, caps),
      confirmByCode: confirmByCode(this.#tokens, caps),
      unsubscribe: unsubscribe(this.#tokens),
      updatePreferences: updatePreferences(this.#tokens),
      requestPersonCode: requestPersonCode(caps),
      actOnPerson: actOnPerson(this.#tokens, caps),
    };
  }

  /** Processes signups left over by processes that ended, and from now on new ones. */
  start(): void {
    this.#worker.start();
  }

  /** Waits for running work. Unprocessed signups stay stored. */
  stop(): Promise<void> {
    return this.#worker.stop();
  }

  /**
   * Stores a signup. Resolves in the same way for every address.
   *
   * @throws Problem `mail-off`, `email-invalid`, `email-unsupported`, `list-not-found`, `consent-missing`
   */
  async request(site: Site, signup: SignupRequest): Promise<void> {
    if (this.#mailer.mode === 'off') throw new Problem('mail-off');
    const email = parseEmailAddress(signup.email);
    if (!email) throw fieldProblem('email-invalid', 'email', 'Not an address that mail can be sent to.');
    if (needsSmtpUtf8(email)) await this.#requireSmtpUtf8();
    const lists = await this.#consentedLists(site, signup);
    await this.#database.writer.submit(storeSignups, {
      id: newId(),
      siteId: site.id,
      emailKey: email.key,
      email: email.address,
      listsJson: JSON.stringify(lists),
      lang: signup.lang ?? site.lang,
      method: signup.method,
      page: signup.page ?? null,
      isCodeOnly: signup.isTrapped ? 1 : 0,
      createdAt: Date.now(),
      networkHash: this.#tokens.hashLimit(signup.network),
      origin: signup.origin ?? null,
      dueAt: Date.now(),
      tries: 0,
    });
    this.#worker.wake();
  }

  /** Reads the state behind a confirmation link; `undefined` for an unknown token. */
  readConfirmation(token: string): Promise<Confirmation | undefined> {
    return readConfirmation(this.#database.read, this.#tokens.hashToken(token));
  }

  /** @returns the state, and a token for the preferences page if this call has confirmed a subscription */
  async confirm(token: string): Promise<{ confirmation: Confirmation | undefined; manageToken: string | undefined }> {
    const manage = this.#tokens.newToken();
    const confirmation = await this.#database.writer.submit(this.#commands.confirmByLink, {
      tokenHash: this.#tokens.hashToken(token),
      manageTokenHash: manage.tokenHash,
    });
    return { confirmation, manageToken: confirmation?.state === 'confirmed' ? manage.token : undefined };
  }

  /** @throws Problem `email-invalid` or `code-wrong` */
  async confirmByCode(
    site: Pick<Site, 'id'>,
    given: { readonly email: string; readonly code: string; readonly network: string },
  ): Promise<void> {
    const email = parseEmailAddress(given.email);
    if (!email) throw fieldProblem('email-invalid', 'email', 'Not an address that mail can be sent to.');
    const right = await this.#database.writer.submit(this.#commands.confirmByCode, {
      siteId: site.id,
      emailKey: email.key,
      code: this.#tokens.normalizeCode(given.code),
      networkHash: this.#tokens.hashLimit(given.network),
    });
    if (!right) throw fieldProblem('code-wrong', 'code', 'Wrong, used up, or older than 30 minutes.');
  }

  /**
   * Reads the subscriptions behind an unsubscribe link: `invalid-token` for a wrong signature, `undefined` if they
   * were erased.
   */
  async readUnsubscribeTarget(token: string): Promise<UnsubscribeTarget | 'invalid-token' | undefined> {
    const subscriptionIds = this.#tokens.verifyUnsubscribeToken(token);
    return subscriptionIds ? readUnsubscribeTarget(this.#database.read, subscriptionIds) : 'invalid-token';
  }

  /** Ends subscriptions. Ignores tokens with a wrong signature. */
  async unsubscribe(token: string, method: ConsentEventRow['method']): Promise<void> {
    const subscriptionIds = this.#tokens.verifyUnsubscribeToken(token);
    if (subscriptionIds) await this.#database.writer.submit(this.#commands.unsubscribe, { subscriptionIds, method });
  }

  readPreferences(token: string): Promise<Preferences | undefined> {
    return readPreferences(this.#database.read, this.#tokens.hashToken(token));
  }

  choosePreferences(
    token: string,
    choice: { lists: readonly string[]; consents: readonly string[] },
  ): Promise<Preferences | undefined> {
    const tokenHash = this.#tokens.hashToken(token);
    return this.#database.writer.submit(this.#commands.updatePreferences, { tokenHash, ...choice });
  }

  /**
   * Mails a code to the address behind a preferences link.
   *
   * @returns false where the link is unknown or expired
   */
  async requestPersonCode(token: string, network: string): Promise<boolean> {
    const tokenHash = this.#tokens.hashToken(token);
    const networkHash = this.#tokens.hashLimit(network);
    const isKnown = await this.#database.writer.submit(this.#commands.requestPersonCode, { tokenHash, networkHash });
    this.#mailer.wake();
    return isKnown;
  }

  /** Reads or erases the data of the address behind a preferences link: see `actOnPerson`. */
  actOnPerson(
    token: string,
    { act, code, network }: { act: PersonAct['act']; code: string; network: string },
  ): Promise<PersonData | 'erased' | 'code-wrong' | undefined> {
    return this.#database.writer.submit(this.#commands.actOnPerson, {
      tokenHash: this.#tokens.hashToken(token),
      networkHash: this.#tokens.hashLimit(network),
      code: this.#tokens.normalizeCode(code),
      act,
    });
  }

  /** @throws Problem `email-unsupported`, or `mail-off` where the mail server cannot be asked */
  async #requireSmtpUtf8(): Promise<void> {
    const isSupported = await this.#mailer.supportsSmtpUtf8();
    if (isSupported === undefined) throw new Problem('mail-off');
    if (!isSupported) throw fieldProblem('email-unsupported', 'email', 'The mail server does not offer SMTPUTF8.');
  }

  async #consentedLists(site: Site, { lists, consents }: SignupRequest): Promise<ConsentedList[]> {
    const known = new Map((await readStoredNewsletters(this.#database.read, site.id)).map((list) => [list.id, list]));
    return [...new Set(lists)].map((id) => {
      const list = known.get(id);
      if (!list) throw fieldProblem('list-not-found', 'lists', 'The site has no newsletter of that id.');
      if (!consents.includes(list.consent.id))
        throw fieldProblem('consent-missing', 'consent', `The current consent of ${id} is not among those given.`);
      return { id, consent: list.consent.id };
    });
  }
}
