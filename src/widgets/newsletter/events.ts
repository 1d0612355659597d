import { WidgetEvent } from '../../base/events.js';

export interface SubscribeDetail {
  /** Ids of the newsletters. */
  lists: string[];
  /** A message with a code is on its way, or the reader has confirmed by the code. */
  state: 'check-inbox' | 'confirmed';
}

/** The API has taken the reader's address, or has confirmed the code. */
export class SubscribeEvent extends WidgetEvent<SubscribeDetail> {
  constructor(detail: SubscribeDetail) {
    super('aw-subscribe', detail);
  }
}

declare global {
  interface GlobalEventHandlersEventMap {
    'aw-subscribe': SubscribeEvent;
  }
}
