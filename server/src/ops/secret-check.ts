import { createHmac } from 'node:crypto';
import type { Command as CommandLine } from 'commander';
import { OperatorError, readConfig } from '../config.js';
import type { Database } from '../storage/database.js';
import { withExistingDatabase } from '../storage/existing-database.js';
import { putMetadata, readMetadata } from '../storage/metadata.js';
import type { Command } from '../storage/writer.js';

const name = 'secret-checks';

/**
 * Compares the given secrets with those that the database was last used with, by their checks, and stores the checks of the given
 * ones.
 *
 * One secret in common is enough. So a start with `new,old` follows one with `old`, and one with `new` follows that; while a node
 * still runs with `old`, it may be started again, and so may all nodes where the change is taken back. A secret
 * that is no longer in the list of the last start is refused again.
 *
 * @throws OperatorError where none is in common: all tokens and links of readers would be invalid
 */
export async function checkSecrets({ read, writer }: Database, secrets: readonly string[]): Promise<void> {
  // Reads first: a database that cannot be written to can still be served.
  if ((await readMetadata(read, name)) === JSON.stringify(checksOf(secrets))) return;
  await writer.submit(replaceChecks, secrets);
}

export function addSecretCommands(program: CommandLine): void {
  program
    .command('secret')
    .description('The secret that signs tokens and links.')
    .command('adopt')
    .description(
      'Make the given secret that of the database, where the one before is lost. All tokens and links become invalid.',
    )
    .action(async () => {
      // Only then: reading the settings creates a secret where there is none.
      await withExistingDatabase(({ writer }) => writer.submit(adoptSecrets, readConfig(process.env).secrets));
      process.stdout.write('The database accepts this secret from now on. Restart servers that use another.\n');
    });
}

/** A fixed text signed by a secret: it tells whether a secret is the same, and not what it is. */
function checksOf(secrets: readonly string[]): string[] {
  return secrets.map((secret) => createHmac('sha256', secret).update('afterword secret check').digest('base64url'));
}

const replaceChecks: Command<readonly string[], void> = {
  name: 'replace-secret-checks',
  async run({ db, locked }, lists) {
    const outputs: (Error | undefined)[] = [];
    for (const secrets of lists) {
      const checks = checksOf(secrets);
      const value = JSON.stringify(checks);
      // Of nodes that start together on a new database, the first one stores its checks.
      await db
        .insertInto('metadata')
        .values({ name, value })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
      const row = await locked(
        db.selectFrom('metadata').select('value').where('name', '=', name),
      ).executeTakeFirstOrThrow();
      const known = JSON.parse(row.value) as string[];
      const isKnown = checks.some((check) => known.includes(check));
      if (isKnown) await putMetadata(db, name, value);
      outputs.push(isKnown ? undefined : new OperatorError(wrongSecret));
    }
    return outputs;
  },
};

const wrongSecret =
  'The secret (AFTERWORD_SECRET, or the file secret in the data folder) is not the one that this database was used with: ' +
  'all tokens and links of readers would be invalid. Put the former one back. To replace it, give both in ' +
  'AFTERWORD_SECRET, the new one first. Where it is lost, run: afterword secret adopt';

const adoptSecrets: Command<readonly string[], void> = {
  name: 'adopt-secrets',
  async run({ db }, lists) {
    for (const secrets of lists) await putMetadata(db, name, JSON.stringify(checksOf(secrets)));
    return lists.map(() => undefined);
  },
};
