import { WidgetEvent } from '../../base/events.js';
import type { Story } from '../../contract/types.js';

export interface StoryDetail {
  /** The story's key. */
  id: string;
  /** Index in the rail, from 0. */
  position: number;
  /** Why the story is in the rail. */
  reason: Story['reason'];
}

/** Half of a card has been in the viewport for a second. Dispatched once for each story. */
export class StoryViewEvent extends WidgetEvent<StoryDetail> {
  constructor(detail: StoryDetail) {
    super('aw-story-view', detail);
  }
}

/** The reader follows the link of a card. */
export class StoryClickEvent extends WidgetEvent<StoryDetail> {
  constructor(detail: StoryDetail) {
    super('aw-story-click', detail);
  }
}

declare global {
  interface GlobalEventHandlersEventMap {
    'aw-story-view': StoryViewEvent;
    'aw-story-click': StoryClickEvent;
  }
}
