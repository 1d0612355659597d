import { createHmac } from 'node:crypto';
import type { Logger } from 'pino';
import { z } from 'zod';
import type { SiteSettings } from '../../sites/store.js';

type Hook = NonNullable<SiteSettings['rules']['external']>;

const answerSchema = z.object({ hold: z.boolean(), detail: z.string().max(500).optional() });
const mostAnswerBytes = 10_000;

/** What the publisher's own check is told. No address and no e-mail of the reader. */
export interface Told {
  readonly site: string;
  readonly story: string;
  readonly parentId: string | null;
  readonly text: string;
  readonly author: { readonly id: string; readonly name: string; readonly kind: string };
}

/**
 * Asks the publisher's own check, signed: `afterword-signature` is the HMAC-SHA256 of the body, in hex. One that is late,
 * broken or unclear holds nothing back: the newsroom's thread must not stop with it.
 *
 * @returns what to tell the moderator, where it wants the comment held
 */
export async function askExternal(hook: Hook, told: Told, log: Logger): Promise<string | undefined> {
  const body = JSON.stringify(told);
  try {
    const answer = await fetch(hook.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'afterword-signature': createHmac('sha256', hook.secret).update(body).digest('hex'),
      },
      body,
      redirect: 'error',
      signal: AbortSignal.timeout(hook.timeoutMillis),
    });
    if (!answer.ok) throw new Error(`It answered ${answer.status}.`);
    const text = await answer.text();
    if (text.length > mostAnswerBytes) throw new Error('Its answer is too long.');
    const { hold, detail } = answerSchema.parse(JSON.parse(text));
    return hold ? (detail ?? '') : undefined;
  } catch (error) {
    log.warn({ site: told.site, reason: (error as Error).message }, "the site's own check of comments did not answer");
    return undefined;
  }
}
