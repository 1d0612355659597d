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

declare global {
  interface GlobalEventHandlersEventMap {
    'aw-comment': CommentEvent;
    'aw-comment-vote': CommentVoteEvent;
  }
}
