import type { Command } from 'commander';
import type { Selectable } from 'kysely';
import { readLimit } from '../command-options.js';
import { OperatorError } from '../config.js';
import { withExistingDatabase } from '../storage/existing-database.js';
import type { MailRow } from '../storage/tables.js';
import { addMailTestCommand } from './test-command.js';
import { runSequentially, type Command as WriteCommand } from '../storage/writer.js';

const mailStates = ['queued', 'sending', 'sent', 'failed'] as const;
type MailState = (typeof mailStates)[number];

interface ListOptions {
  readonly site?: string;
  readonly state?: string;
  readonly limit: string;
}

/** Adds `afterword mail`: the queue of mails, for operators. */
export function addMailCommands(program: Command): void {
  const mail = program.command('mail').description('The mails of this server: queued, sent and failed ones.');

  mail
    .command('list')
    .description('List mails, newest first: id, kind, site, state, tries, time of the next try, last error, address.')
    .option('--site <id>', 'mails of one site')
    .option('--state <state>', mailStates.join(', '))
    .option('--limit <n>', 'maximum number of mails', '50')
    .action(async ({ site, state, limit }: ListOptions) => {
      if (state !== undefined && !(mailStates as readonly string[]).includes(state))
        throw new OperatorError(`--state ${state} is not one of ${mailStates.join(', ')}.`);
      const maxRows = readLimit(limit);
      await withExistingDatabase(async ({ read }) => {
        let rows = read.selectFrom('mails').selectAll().orderBy('id', 'desc').limit(maxRows);
        if (site !== undefined) rows = rows.where('siteId', '=', site);
        if (state !== undefined) {
          const isDone = state === 'sent' || state === 'failed';
          rows = rows.where('sendAt', isDone ? 'is' : 'is not', null).where('dueAt', 'is', null);
          rows = isDone
            ? rows.where('sentAt', state === 'sent' ? 'is not' : 'is', null)
            : rows.where('claimId', state === 'sending' ? 'is not' : 'is', null);
        }
        for (const row of await rows.execute()) printMail(row);
      });
    });

  const actOn = (name: string, description: string, command: WriteCommand<string, string>) =>
    mail
      .command(name)
      .description(description)
      .argument('<id...>', 'ids of mails')
      .action((ids: string[]) =>
        withExistingDatabase(async ({ writer }) => {
          for (const id of ids) process.stdout.write(`${id}\t${await writer.submit(command, id)}\n`);
        }),
      );
  actOn('retry', 'Send queued and failed mails now. Running servers follow within five seconds.', retryMail);
  addMailTestCommand(mail);
  actOn('drop', 'Delete mails, whether they were sent or not.', dropMail);
}

const retryMail: WriteCommand<string, string> = {
  name: 'retry-mail',
  run: ({ db, locked }, ids) =>
    runSequentially(ids, async (id) => {
      const row = await locked(db.selectFrom('mails').selectAll().where('id', '=', id)).executeTakeFirst();
      const refusal = refusalOf(id, row);
      if (refusal) return refusal;
      if (!row?.toAddress) return new OperatorError(`${id}: The mail is done, and its address is deleted.`);
      await db.updateTable('mails').set({ sendAt: Date.now() }).where('id', '=', id).execute();
      return 'queued';
    }),
};

const dropMail: WriteCommand<string, string> = {
  name: 'drop-mail',
  run: ({ db, locked }, ids) =>
    runSequentially(ids, async (id) => {
      const row = await locked(db.selectFrom('mails').selectAll().where('id', '=', id)).executeTakeFirst();
      const refusal = refusalOf(id, row);
      if (refusal) return refusal;
      await db.deleteFrom('mails').where('id', '=', id).execute();
      return 'dropped';
    }),
};

function refusalOf(id: string, row: Selectable<MailRow> | undefined): OperatorError | undefined {
  if (!row) return new OperatorError(`${id}: There is no such mail.`);
  if (stateOf(row) === 'sending' && (row.sendAt ?? 0) > Date.now())
    return new OperatorError(`${id}: The mail is being sent. Try again in two minutes.`);
  return undefined;
}

function stateOf({ sendAt, dueAt, claimId, sentAt }: Selectable<MailRow>): MailState {
  if (sendAt === null && dueAt === null) return sentAt === null ? 'failed' : 'sent';
  return claimId === null ? 'queued' : 'sending';
}

function printMail(row: Selectable<MailRow>): void {
  const due = row.sendAt ?? row.dueAt;
  const columns = [
    row.id,
    row.kind,
    row.siteId,
    stateOf(row),
    `${row.tries} tries`,
    due === null ? '-' : new Date(due).toISOString(),
    row.lastError ?? '-',
    maskAddress(row.toAddress),
  ];
  process.stdout.write(`${columns.join('\t')}\n`);
}

/** Leaves the first letter of the mailbox and the domain, by which an operator finds a mail server that refuses. */
function maskAddress(address: string): string {
  const at = address.lastIndexOf('@');
  return at < 1 ? '-' : `${[...address][0]}…${address.slice(at)}`;
}
