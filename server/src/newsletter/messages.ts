import type { Catalogue } from '../locales/registry.js';
import { composeMail } from '../mail/layout.js';
import type { MailMessage } from '../mail/queue.js';
import type { MailSite } from '../mail/style.js';
import { localize } from '../text.js';
import type { StoredNewsletter } from './domain/lists.js';

/** Site and language of a mail. */
export interface MailContext {
  readonly site: MailSite;
  readonly newsletters: readonly StoredNewsletter[];
  /** Requested language, for the names of newsletters. */
  readonly lang: string;
  readonly catalogue: Catalogue;
  /** Base URL of all links. */
  readonly url: string;
}

/**
 * Composes the mail that asks to confirm the subscription.
 *
 * @param token of the link; undefined where only the code confirms
 */
export function confirmMail(
  context: MailContext,
  {
    lists,
    token,
    code,
    unsubscribeToken,
  }: { lists: readonly string[]; token: string | undefined; code: string; unsubscribeToken: string },
): Promise<MailMessage> {
  const { catalogue, site, url } = context;
  const words = catalogue.newsletterMails;
  return composeMail(
    { site, lang: catalogue.lang },
    {
      subject: words.confirmSubject(site.name),
      lead: words.confirmLead,
      items: listNames(context, lists),
      ...(token !== undefined && {
        action: {
          lead: words.confirmAsk,
          url: `${url}/newsletter/confirm?token=${token}`,
          label: words.confirmButton,
        },
      }),
      code: { lead: token === undefined ? words.confirmCode : words.confirmOrCode, code },
      note: token === undefined ? words.confirmNotYou : `${words.confirmNotYou} ${words.confirmLinkEnds}`,
      unsubscribe: { url: unsubscribeUrl(url, unsubscribeToken), label: words.unsubscribe },
    },
  );
}

/** Composes the mail to an address that is subscribed already. Only mail reveals this, never a response. */
export function alreadySubscribedMail(
  context: MailContext,
  { token, unsubscribeToken }: { token: string; unsubscribeToken: string },
): Promise<MailMessage> {
  const { catalogue, site, url } = context;
  const words = catalogue.newsletterMails;
  return composeMail(
    { site, lang: catalogue.lang },
    {
      subject: words.knownSubject(site.name),
      lead: words.knownLead,
      action: {
        lead: words.knownAsk,
        url: `${url}/newsletter/preferences?token=${token}`,
        label: words.preferencesLink,
      },
      note: words.knownNotYou,
      unsubscribe: { url: unsubscribeUrl(url, unsubscribeToken), label: words.unsubscribeAll },
    },
  );
}

/** Composes the mail with the code that a reader needs to download or erase their data. */
export function personCodeMail(
  context: MailContext,
  { code, unsubscribeToken }: { code: string; unsubscribeToken: string | undefined },
): Promise<MailMessage> {
  const { catalogue, site, url } = context;
  const words = catalogue.newsletterMails;
  return composeMail(
    { site, lang: catalogue.lang },
    {
      subject: words.personSubject(site.name),
      lead: words.personLead,
      code: { lead: words.personCode, code },
      note: words.personNotYou,
      ...(unsubscribeToken !== undefined && {
        unsubscribe: { url: unsubscribeUrl(url, unsubscribeToken), label: words.unsubscribeAll },
      }),
    },
  );
}

export function unsubscribeUrl(url: string, token: string): string {
  return `${url}/newsletter/unsubscribe?token=${token}`;
}

function listNames({ newsletters, lang, site }: MailContext, lists: readonly string[]): string[] {
  return newsletters.filter(({ id }) => lists.includes(id)).map(({ name }) => localize(name, lang, site.lang));
}
