import type { Command } from 'commander';
import { readLimit } from '../../command-options.js';
import { OperatorError } from '../../config.js';
import { readAddressFile, refusalOf } from '../address-file.js';
import { withTokens, type SecretCheck } from '../command-context.js';
import { parseEmailAddress } from '../domain/email-address.js';
import { removeSuppressions, suppressAddresses } from '../domain/suppressions.js';
import { recordBounces } from './record-bounces.js';
import { addBounceSourceCommand } from './source-command.js';

interface SiteOption {
  readonly site?: string;
}
interface BouncedOptions extends SiteOption {
  readonly column?: string;
  readonly complaints?: boolean;
}

/** Addresses of one commit. */
const maxBatch = 500;
const maxShownRefusals = 20;

/** Adds `bounced`, `suppressed` and `bounces-from` to `afterword newsletters`. */
export function addBounceCommands(newsletters: Command, checkSecrets: SecretCheck): void {
  const siteOption = ['--site <id>', 'the site (default: the only one)'] as const;

  newsletters
    .command('bounced')
    .description('Suppress the addresses of a file: mails to them came back. Safe to repeat.')
    .argument('<file>', 'an address on each line, or CSV; - for standard input')
    .option(...siteOption)
    .option('--column <name>', 'the column of a CSV file (default: email)')
    .option('--complaints', 'their readers have reported mails as spam: ends their subscriptions')
    .action((file: string, given: BouncedOptions) =>
      withTokens(given.site, checkSecrets, async ({ writer }, site, tokens) => {
        const command = recordBounces(tokens);
        const type = given.complaints ? ('complaint' as const) : ('hard' as const);
        const record = (emailKeys: readonly string[]) => {
          const reports = emailKeys.map((emailKey) => ({ emailKey, type }));
          return writer.submit(command, { siteId: site.id, source: 'file', reports });
        };
        const counts = { read: 0, suppressed: 0, refused: 0 };
        let batch: string[] = [];
        const flush = async () => {
          counts.suppressed += batch.length > 0 ? (await record(batch)).suppressedCount : 0;
          batch = [];
        };
        for await (const { line, text } of readAddressFile(file, { column: given.column, isHeaderOptional: true })) {
          counts.read += 1;
          const email = parseEmailAddress(text);
          if (!email) {
            counts.refused += 1;
            if (counts.refused <= maxShownRefusals)
              process.stderr.write(`line ${line} is refused: ${refusalOf(text)}\n`);
          } else if (batch.push(email.key) === maxBatch) await flush();
        }
        await flush();
        if (counts.refused > maxShownRefusals)
          process.stderr.write(`${counts.refused - maxShownRefusals} more lines are refused.\n`);
        const already = counts.read - counts.refused - counts.suppressed;
        process.stdout.write(
          `${counts.suppressed} addresses suppressed, ${already} were suppressed before, ${counts.refused} lines refused.\n`,
        );
      }),
    );

  const suppressed = newsletters
    .command('suppressed')
    .description('Addresses that get no mail: bounced, reported as spam, or added by you.');

  suppressed
    .command('list')
    .description(
      'List suppressions, newest first: hash of the address, reason, source, time. Addresses are not stored.',
    )
    .option(...siteOption)
    .option('--email <address>', 'the suppression of one address')
    .option('--limit <n>', 'maximum number', '50')
    .action(({ site, email, limit }: SiteOption & { readonly email?: string; readonly limit: string }) => {
      const maxRows = readLimit(limit);
      return withTokens(site, checkSecrets, async ({ read }, { id }, tokens) => {
        const all = read.selectFrom('suppressions').selectAll().where('siteId', '=', id);
        const found = email === undefined ? all : all.where('emailHash', 'in', tokens.hashEmailByAll(keyOf(email)));
        const rows = await found.orderBy('createdAt', 'desc').orderBy('id', 'desc').limit(maxRows).execute();
        for (const { emailHash, reason, source, createdAt } of rows)
          process.stdout.write(`${emailHash}\t${reason}\t${source}\t${new Date(createdAt).toISOString()}\n`);
      });
    });

  suppressed
    .command('add')
    .description('Send no more mail to addresses, and end their subscriptions.')
    .argument('<address...>', 'e-mail addresses')
    .option(...siteOption)
    .action((addresses: string[], { site }: SiteOption) =>
      withTokens(site, checkSecrets, async ({ writer }, { id: siteId }, tokens) => {
        const command = suppressAddresses(tokens);
        for (const emailKey of addresses.map(keyOf)) {
          const isNew = await writer.submit(command, { siteId, emailKey, reason: 'manual', source: 'command' });
          process.stdout.write(`${emailKey}\t${isNew ? 'suppressed' : 'was suppressed before'}\n`);
        }
      }),
    );

  suppressed
    .command('remove')
    .description('Let addresses get mail again. Bounced subscriptions are confirmed again, ended ones stay ended.')
    .argument('<address...>', 'e-mail addresses')
    .option(...siteOption)
    .action((addresses: string[], { site }: SiteOption) =>
      withTokens(site, checkSecrets, async ({ writer }, { id: siteId }, tokens) => {
        const command = removeSuppressions(tokens);
        for (const emailKey of addresses.map(keyOf)) {
          const isRemoved = await writer.submit(command, { siteId, emailKey });
          process.stdout.write(`${emailKey}\t${isRemoved ? 'gets mail again' : 'was not suppressed'}\n`);
        }
      }),
    );

  addBounceSourceCommand(newsletters);
}

function keyOf(address: string): string {
  const email = parseEmailAddress(address);
  if (!email) throw new OperatorError(`"${address}" is not an e-mail address.`);
  return email.key;
}
