import { WidgetEvent } from '../../base/widget-event.js';
import type { Comment, CommentVoted } from '../../contract/types.js';

/** The API has kept a comment, a change of one, or its end. */
export class CommentEvent extends WidgetEvent<Pick<Comment, 'id' | 'parentId' | 'state'>> {
  constructor({ id, parentId, state }: Comment) {
    super('aw-comment', { id, parentId, state });
  }
}

/** The API has kept the reader's vote on a comment. */
export class CommentVoteEvent extends WidgetEvent<{ id: string; value: CommentVoted['value'] }> {
  constructor(id: string, value: CommentVoted['value']) {
    super('aw-comment-vote', { id, value });
  }
}

/**
 * The thread asks who the reader is. A page that knows answers by {@link respondWith}; one that shows a sign-in of its
 * own calls `preventDefault()`, and `signIn(jwt)` when it is done.
 */
export class SignInRequestEvent extends WidgetEvent<undefined> {
  /** What the page has answered with. */
  answer?: Promise<string>;

  constructor() {
    super('aw-sign-in-request', undefined, { cancelable: true });
  }

  /** Hands over the reader, as a token that the publisher has signed. */
  respondWith(jwt: string | Promise<string>): void {
    this.answer = Promise.resolve(jwt);
    this.preventDefault();
  }
}

declare global {
  interface GlobalEventHandlersEventMap {
    'aw-comment': CommentEvent;
    'aw-comment-vote': CommentVoteEvent;
    'aw-sign-in-request': SignInRequestEvent;
  }
}
