import { createHmac } from 'node:crypto';
import type { Logger } from 'pino';
import { z } from 'zod';
import type { SiteSettings } from '../../sites/store.js';

/** Settings of the publisher's own check. */
export type ExternalCheck = NonNullable<SiteSettings['rules']['external']>;

const responseSchema = z.object({ hold: z.boolean(), detail: z.string().max(500).optional() });
const maxResponseChars = 10_000;

/** Request body for the publisher's own check. Contains neither network address nor e-mail address of the reader. */
export interface ExternalCheckInput {
  readonly site: string;
  /** Null where a new name is checked, which belongs to no comment: the text is empty then. */
  readonly story: string | null;
  readonly parentId: string | null;
  readonly text: string;
  readonly author: { readonly id: string; readonly name: string; readonly kind: string };
}

/**
 * Calls the publisher's own check (webhook). The header `afterword-signature` is the HMAC-SHA256 of the body, in hex.
 * Fails open: after a timeout or an invalid response the comment is not held.
 *
 * @returns the detail for moderators if the comment is to be held
 */
export async function runExternalCheck(
  check: ExternalCheck,
  input: ExternalCheckInput,
  requestId: string,
  log: Logger,
  traceHeaders: Readonly<Record<string, string>> = {},
): Promise<string | undefined> {
  const body = JSON.stringify(input);
  try {
    const response = await fetch(check.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-request-id': requestId,
        ...traceHeaders,
        'afterword-signature': createHmac('sha256', check.secret).update(body).digest('hex'),
      },
      body,
      redirect: 'error',
      signal: AbortSignal.timeout(check.timeoutMillis),
    });
    if (!response.ok) throw new Error(`It answered ${response.status}.`);
    const text = await response.text();
    if (text.length > maxResponseChars) throw new Error('Its answer is too long.');
    const { hold, detail } = responseSchema.parse(JSON.parse(text));
    return hold ? (detail ?? '') : undefined;
  } catch (error) {
    const { message: reason } = error as Error;
    log.warn({ requestId, site: input.site, reason }, "the site's own check of comments did not answer");
    return undefined;
  }
}
