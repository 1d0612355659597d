import { WidgetEvent } from '../../base/events.js';
import type { HeldChoice } from '../../contract/types.js';

export interface ReactDetail {
  poll: string;
  /** The reader's choice: an id, an array of ids in a poll that takes several, or null. */
  choice: HeldChoice;
  previous: HeldChoice;
}

/** Dispatched when the API has saved the reader's vote, or removed it. */
export class ReactEvent extends WidgetEvent<ReactDetail> {
  constructor(detail: ReactDetail) {
    super('aw-react', detail);
  }
}

declare global {
  interface GlobalEventHandlersEventMap {
    'aw-react': ReactEvent;
  }
}
