import { requestSignIn } from '../../../base/sign-in-request.js';
import type { ThreadContext } from '../thread-context.js';

/** Returns true where the reader's identity is enough for the thread's rule. */
export function canWrite({ reader, thread }: ThreadContext): boolean {
  const ranks = ['guest', 'email', 'signed-on'];
  return ranks.indexOf(reader?.kind ?? 'guest') >= ranks.indexOf(thread.settings.rules.who);
}

/** Asks the page for the reader's identity. Returns false where the reader is not signed in afterwards. */
export async function signIn({ host, client }: ThreadContext): Promise<boolean> {
  if (!(await requestSignIn(host, client.site))) return false;
  await host.reloadReader();
  return true;
}
