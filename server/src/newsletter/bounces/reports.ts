import { Problem } from '../../problem.js';
import { parseEmailAddress } from '../domain/email-address.js';
import type { BounceReport } from './record-bounces.js';

/** A report with the address as its service writes it. */
export interface ProviderReport extends Pick<BounceReport, 'type'> {
  readonly email: unknown;
}

/** A delivery of a mail service whose signature or password is right. */
export interface ProviderDelivery {
  readonly reports: readonly ProviderReport[];
  readonly deliveryId: string | undefined;
}

/** A JSON object of unknown content. */
export type JsonObject = Readonly<Record<string, unknown>>;

export function toJsonObject(value: unknown): JsonObject {
  return typeof value === 'object' && value !== null ? (value as JsonObject) : {};
}

/** @throws Problem `invalid-json` */
export function parseJsonObject(text: string): JsonObject {
  try {
    return toJsonObject(JSON.parse(text));
  } catch {
    throw new Problem('invalid-json');
  }
}

/** Returns the reports whose address is valid. */
export function toBounceReports(reports: readonly ProviderReport[]): BounceReport[] {
  return reports.flatMap(({ email, type }) => {
    const parsed = typeof email === 'string' ? parseEmailAddress(email) : undefined;
    return parsed ? [{ emailKey: parsed.key, type }] : [];
  });
}
