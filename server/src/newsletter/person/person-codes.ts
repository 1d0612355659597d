import type { MailComposer } from '../../mail/queue.js';
import { queueMail } from '../../mail/queue.js';
import { LimitCounters, resetCounters } from '../../storage/limit-counters.js';
import { runSequentially, type Command } from '../../storage/writer.js';
import { codeLifetimeMs, type Caps } from '../domain/caps.js';
import { matchCode } from '../domain/confirmation.js';
import { readHolder } from '../domain/preferences.js';
import { readMailCaps } from '../domain/signup.js';
import { makeUnsubscribeToken, readMailContext } from '../domain/signup-mails.js';
import type { NewsletterTokens } from '../domain/tokens.js';
import { personCodeMail } from '../messages.js';
import { erasePeople, readPerson, type PersonData } from './person.js';

const mailKind = 'newsletter-person-code';

/** The address behind a preferences link, and the network that uses it. */
interface CodeRequest {
  readonly tokenHash: string;
  readonly networkHash: string;
}

/** What is done with the data of an address, by a code that was mailed to it. */
export interface PersonAct extends CodeRequest {
  readonly code: string;
  readonly act: 'export' | 'erase';
}

/**
 * Queues a mail with a code to the address behind a preferences link. The link alone does not do: a forwarded mail has it.
 *
 * @returns false where the link is unknown or expired; true as well where the address has had its share of mails
 */
export function requestPersonCode(caps: Caps): Command<CodeRequest, boolean> {
  return {
    name: 'request-person-code',
    run: (transaction, requests) =>
      runSequentially(requests, async ({ tokenHash, networkHash }) => {
        const { db } = transaction;
        const holder = await readHolder(db, tokenHash);
        if (!holder) return false;
        const { siteId, emailKey } = holder;
        const known = await db
          .selectFrom('subscriptions')
          .select(['email', 'lang'])
          .where('siteId', '=', siteId)
          .where('emailKey', '=', emailKey)
          .executeTakeFirst();
        if (!known) return false;
        const request = { siteId, emailKey, networkHash };
        const counters = await LimitCounters.lock(transaction, caps.mailKeys(request));
        if (caps.allowsConfirmMail(counters, request, await readMailCaps(transaction, siteId))) {
          await queueMail(db, { siteId, kind: mailKind, to: known.email, content: { emailKey, lang: known.lang } });
          caps.addConfirmMail(counters, request);
        }
        await counters.save(transaction);
        return true;
      }),
  };
}

/** Makes the composer of these mails. The code is made when the mail is sent. */
export function personCodeComposers(tokens: NewsletterTokens, caps: Caps, url: string): Record<string, MailComposer> {
  return {
    [mailKind]: async (transaction, { id: mailId, siteId, content }) => {
      const { db } = transaction;
      const { emailKey, lang } = content as { emailKey: string; lang: string };
      const { tokenHash } = tokens.newToken();
      const code = tokens.newCode();
      const now = Date.now();
      await db
        .insertInto('subscription_tokens')
        .values({
          tokenHash,
          purpose: 'person',
          siteId,
          emailKey,
          newslettersJson: '[]',
          codeHash: tokens.hashCode(code, tokenHash, emailKey),
          createdAt: now,
          expiresAt: now + codeLifetimeMs,
          usedAt: null,
          mailId,
        })
        .execute();
      await resetCounters(transaction, [caps.addressTries({ siteId, emailKey })]);
      const unsubscribeToken = await makeUnsubscribeToken(transaction, tokens, { siteId, emailKey });
      return personCodeMail(await readMailContext(transaction, siteId, lang, url), { code, unsubscribeToken });
    },
  };
}

/**
 * Reads or erases the data of the address behind a preferences link, by the code that was mailed to it.
 *
 * @returns `undefined` for an unknown link, `code-wrong`, `erased`, or the data
 */
export function actOnPerson(
  tokens: NewsletterTokens,
  caps: Caps,
): Command<PersonAct, PersonData | 'erased' | 'code-wrong' | undefined> {
  const erase = erasePeople(tokens);
  return {
    name: 'act-on-person',
    run: (transaction, acts) =>
      runSequentially(acts, async ({ tokenHash, networkHash, code, act }) => {
        const { db } = transaction;
        const holder = await readHolder(db, tokenHash);
        if (!holder) return undefined;
        const given = { ...holder, networkHash, code };
        const counters = await LimitCounters.lock(transaction, caps.tryKeys(given));
        const matching = await matchCode({ transaction, tokens, caps, counters }, 'person', given);
        await counters.save(transaction);
        if (!matching) return 'code-wrong';
        if (act === 'erase') {
          await erase.run(transaction, [holder]);
          return 'erased';
        }
        const site = await db
          .selectFrom('sites')
          .select(['id', 'name', 'lang'])
          .where('id', '=', holder.siteId)
          .executeTakeFirstOrThrow();
        return readPerson(db, tokens, site, holder.emailKey);
      }),
  };
}
