/**
 * Every error code of the API, with its HTTP status and title.
 *
 * A code never changes its meaning. Status and title serve people, and programs that do not know the code. Imports no
 * library, so that a widget can include it.
 */
export const errors = {
  'invalid-json': { status: 400, title: 'The body is not valid JSON.' },
  'invalid-header': { status: 400, title: 'A header is malformed.' },
  'token-required': { status: 401, title: 'This needs a reader token.' },
  'token-invalid': { status: 401, title: 'The token is not valid here, or no longer.' },
  'origin-not-allowed': { status: 403, title: 'This site does not accept writes from that origin.' },
  'own-comment': { status: 403, title: 'A reader cannot vote on their own comment.' },
  'not-the-author': { status: 403, title: 'Only the author may change this comment.' },
  'vote-needs-identity': { status: 403, title: 'Many guests of this network have voted. Sign in to vote.' },
  'edit-window-over': { status: 403, title: 'The time for editing this comment is over.' },
  'identity-required': { status: 403, title: 'This thread takes comments from signed-in readers only.' },
  'not-found': { status: 404, title: 'There is nothing at this address.' },
  'site-not-found': { status: 404, title: 'No site has this id.' },
  'story-not-found': { status: 404, title: 'This site does not know that story.' },
  'poll-not-found': { status: 404, title: 'This site has no such poll.' },
  'newsletter-not-found': { status: 404, title: 'This site has no such newsletter.' },
  'comment-not-found': { status: 404, title: 'There is no such comment.' },
  'rail-not-found': { status: 404, title: 'There is no such story rail.' },
  'method-not-allowed': { status: 405, title: 'This address does not take that method.' },
  'poll-closed': { status: 409, title: 'This poll is not open.' },
  'poll-in-use': { status: 409, title: 'Readers have voted, and their votes would no longer fit. Make a new poll.' },
  'poll-frozen': { status: 409, title: 'This poll is frozen while it is being reviewed.' },
  'comment-changed': { status: 409, title: 'The comment has changed since it was read.' },
  'name-changed': { status: 409, title: 'The name has changed since it was read.' },
  'thread-closed': { status: 409, title: 'This thread is closed.' },
  'cursor-expired': { status: 410, title: 'This page of the thread is too old. Start again from the top.' },
  'body-too-large': { status: 413, title: 'The body is too large.' },
  'unsupported-media-type': { status: 415, title: 'Send the body as application/json.' },
  'validation-failed': { status: 422, title: 'The request does not fit the contract.' },
  'story-key-invalid': { status: 422, title: 'The story key is missing, too long or malformed.' },
  'choice-not-found': { status: 422, title: 'The poll has no such choice.' },
  'comment-empty': { status: 422, title: 'The comment has no text.' },
  'comment-too-long': { status: 422, title: 'The comment is too long.' },
  'vote-not-allowed': { status: 422, title: 'This thread does not take that vote.' },
  'parent-not-found': { status: 422, title: 'The comment to reply to is not in this thread.' },
  'mute-not-allowed': { status: 422, title: 'This reader cannot be muted.' },
  'reader-not-found': { status: 404, title: 'There is no such reader.' },
  'name-reserved': { status: 422, title: 'This name could be taken for the newsroom. Choose another.' },
  'email-invalid': { status: 422, title: 'This is not an e-mail address.' },
  'email-unsupported': { status: 422, title: 'The mail server of this site takes only ASCII before the @.' },
  'list-not-found': { status: 422, title: 'There is no such newsletter.' },
  'consent-missing': { status: 422, title: 'The current consent of every chosen newsletter is needed.' },
  'code-wrong': { status: 422, title: 'The code is wrong or no longer valid.' },
  'cursor-invalid': { status: 422, title: 'The cursor is not one of ours.' },
  'idempotency-key-reused': { status: 422, title: 'This Idempotency-Key was used for another request.' },
  'rate-limited': { status: 429, title: 'Too many requests. Wait a little.' },
  internal: { status: 500, title: 'Something went wrong on our side.' },
  'mail-off': { status: 503, title: 'This server cannot send mail.' },
  unavailable: { status: 503, title: 'The service is not ready. Try again soon.' },
} as const satisfies Record<string, { status: number; title: string }>;

/** A stable error code, the same in the API, the client and the docs. */
export type ErrorCode = keyof typeof errors;

/** Returns true for a known error code. */
export function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === 'string' && Object.hasOwn(errors, value);
}
