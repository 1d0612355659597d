import type { WebhookRow } from '../../storage/tables.js';

/** The settings of a service. */
export interface ServiceSettings {
  /** Our newsletter whose subscribers the service gets. */
  readonly newsletter?: string;
  readonly user?: string;
  readonly list?: string;
  readonly label?: string;
}

export function settingsOf({ settingsJson }: Pick<WebhookRow, 'settingsJson'>): ServiceSettings {
  return JSON.parse(settingsJson) as ServiceSettings;
}
