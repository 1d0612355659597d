import { WidgetEvent } from '../../base/events.js';
import type { Comment, CommentVoted } from '../../contract/types.js';

/** The API has saved a comment, an edit or a deletion. */
export class CommentEvent extends WidgetEvent<Pick<Comment, 'id' | 'parentId' | 'state'>> {
  constructor({ id, parentId, state }: Comment) {
    super('aw-comment', { id, parentId, state });
  }
}

/** The API has saved the reader's vote on a comment. */
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
