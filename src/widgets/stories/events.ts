import { WidgetEvent } from '../../base/widget-event.js';
import type { Story } from '../../contract/types.js';

export interface StoryDetail {
  /** The story's key. */
  id: string;
  /** Its place in the rail, from 0. */
  position: number;
  /** Why it stands there. */
  reason: Story['reason'];
}

/** Half of a card has been in the window for a second; told once for each. */
export class StoryViewEvent extends WidgetEvent<StoryDetail> {
  constructor(detail: StoryDetail) {
    super('aw-story-view', detail);
  }
}

/** The reader follows a card. */
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
