import { WidgetEvent } from '../../base/widget-event.js';

export interface SubscribeDetail {
  lists: string[];
  /** A message with a code is on its way, or the code came back. */
  state: 'check-inbox' | 'confirmed';
}

/** A reader asked for newsletters, and later proved that the address is theirs. */
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
