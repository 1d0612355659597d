import { hash } from 'node:crypto';
import { LimitCounters, type CountedKey } from '../../storage/limit-counters.js';
import type { SuppressionRow } from '../../storage/tables.js';
import type { Command, Transaction } from '../../storage/writer.js';
import { dayMs } from '../../time.js';
import { suppress } from '../domain/suppressions.js';
import type { NewsletterTokens } from '../domain/tokens.js';

/** A mail that came back, or that its reader has reported as spam. */
export interface BounceReport {
  readonly emailKey: string;
  /** `soft`: for a time, such as a full mailbox. */
  readonly type: 'hard' | 'soft' | 'complaint';
}

/** Reports that arrived together. */
export interface BounceDelivery {
  readonly siteId: string;
  readonly source: SuppressionRow['source'];
  readonly reports: readonly BounceReport[];
  /** The provider's id. A second delivery of the same id changes nothing. */
  readonly deliveryId?: string | undefined;
}

export interface BounceOutcome {
  /** Addresses that get no mail from now on. */
  readonly suppressedCount: number;
  readonly isReplay: boolean;
}

/** Soft bounces in so many days suppress an address. */
const maxSoftBounces = 5;
const softBounceMs = 90 * dayMs;
/** Longer than any provider repeats a delivery, and than signatures are accepted. */
const deliveryMs = 7 * dayMs;

/** Counts soft bounces, and suppresses the addresses of the others. */
export function recordBounces(tokens: NewsletterTokens): Command<BounceDelivery, BounceOutcome> {
  const softKey = (siteId: string, emailKey: string): CountedKey => ({
    key: `soft-bounce:${siteId}:${tokens.hashEmail(emailKey)}`,
    windowMs: softBounceMs,
  });
  const countedKeys = ({ siteId, reports, ...delivery }: BounceDelivery): CountedKey[] => [
    ...[deliveryKey({ siteId, ...delivery })].flatMap((key) => key ?? []),
    ...reports.filter(({ type }) => type === 'soft').map(({ emailKey }) => softKey(siteId, emailKey)),
  ];

  async function recordOne(
    transaction: Transaction,
    counters: LimitCounters,
    delivery: BounceDelivery,
  ): Promise<BounceOutcome> {
    const { siteId, source, reports } = delivery;
    const key = deliveryKey(delivery);
    if (key && counters.count(key) > 0) return { suppressedCount: 0, isReplay: true };
    if (key) counters.add(key);
    let suppressedCount = 0;
    for (const { emailKey, type } of reports) {
      if (type === 'soft') {
        const soft = softKey(siteId, emailKey);
        counters.add(soft);
        if (counters.count(soft) < maxSoftBounces) continue;
      }
      const reason = type === 'complaint' ? 'complaint' : 'hard-bounce';
      if (await suppress(transaction, tokens, { siteId, emailKey, reason, source })) suppressedCount += 1;
    }
    return { suppressedCount, isReplay: false };
  }

  return {
    name: 'record-bounces',
    async run(transaction, deliveries) {
      const counters = await LimitCounters.lock(transaction, deliveries.flatMap(countedKeys));
      const outcomes: BounceOutcome[] = [];
      for (const delivery of deliveries) outcomes.push(await recordOne(transaction, counters, delivery));
      await counters.save(transaction);
      return outcomes;
    },
  };
}

function deliveryKey({ siteId, source, deliveryId }: Omit<BounceDelivery, 'reports'>): CountedKey | undefined {
  if (deliveryId === undefined) return undefined;
  return { key: `bounce-delivery:${siteId}:${source}:${hash('sha256', deliveryId)}`, windowMs: deliveryMs };
}
