import { WidgetEvent } from '../../base/widget-event.js';
import type { HeldChoice } from '../../contract/types.js';

export interface ReactDetail {
  poll: string;
  /** What the reader holds now: an id, an array of them in a poll that takes several, or nothing. */
  choice: HeldChoice;
  previous: HeldChoice;
}

/** The API has kept the reader's choice, or that it was taken back. */
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
