import { setImmediate } from 'node:timers/promises';
import type { Command } from 'commander';
import { OperatorError } from '../config.js';
import type { CounterCheck, CounterDifference } from '../storage/counter-check.js';
import type { Database } from '../storage/database.js';
import { openExistingDatabase } from '../storage/existing-database.js';

/** Result of a recount. */
export interface Recount {
  /** Rows whose counters were compared. */
  readonly rowCount: number;
  /** Counters that differed; with `fix`, those that were mended. */
  readonly differences: number;
}

/**
 * Compares every stored counter with its rows, in batches, while servers write.
 *
 * @param fix stores the counted values
 * @param report receives every counter that differs
 */
export async function recount(
  { read, writer }: Pick<Database, 'read' | 'writer'>,
  checks: readonly CounterCheck[],
  { fix, report }: { readonly fix: boolean; readonly report: (difference: CounterDifference) => void },
): Promise<Recount> {
  let rowCount = 0;
  let count = 0;
  for (const check of checks) {
    let after: string | undefined = '';
    while (after !== undefined) {
      // SQLite runs statements synchronously: gives other work of the process its turn.
      await setImmediate();
      const batch = await check.compare(read, after);
      rowCount += batch.rowCount;
      after = batch.next;
      const ids = [...new Set(batch.differences.map(({ id }) => id))];
      const differences = fix && ids.length > 0 ? await writer.submit(check.mend, ids) : batch.differences;
      differences.forEach(report);
      count += differences.length;
    }
  }
  return { rowCount, differences: count };
}

/** Adds `afterword recount`. @param checks of the features */
export function addRecountCommand(program: Command, checks: readonly CounterCheck[]): void {
  program
    .command('recount')
    .description(
      'Compare every stored counter with the rows it counts. Exits with 0 when all are equal, with 1 otherwise.',
    )
    .option('--fix', 'store the counted values, and exit with 0')
    .action(async ({ fix = false }: { fix?: boolean }) => {
      const { database } = await openExistingDatabase(process.env);
      try {
        const report = ({ counter, id, stored, counted }: CounterDifference) =>
          process.stdout.write(`${counter}\t${id}\tstored ${stored}\tcounted ${counted}\n`);
        const { rowCount, differences } = await recount(database, checks, { fix, report });
        if (differences > 0 && !fix)
          throw new OperatorError(
            `${differences} counters differ from their rows. Mend them with: afterword recount --fix`,
          );
        const outcome =
          differences > 0 ? `${differences} counters are mended.` : 'All counters are equal to their rows.';
        process.stdout.write(`${rowCount} rows compared. ${outcome}\n`);
      } finally {
        await database.close();
      }
    });
}
