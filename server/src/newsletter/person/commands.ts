import type { Command } from 'commander';
import { OperatorError } from '../../config.js';
import { confirmByTyping } from '../../terminal.js';
import { withTokens, type SecretCheck } from '../command-context.js';
import { parseEmailAddress } from '../domain/email-address.js';
import { erasePeople, readPerson } from './person.js';

interface PersonOptions {
  readonly site?: string;
  readonly export?: boolean;
  readonly erase?: boolean;
  readonly yes?: boolean;
}

/** Adds `afterword newsletters person`. */
export function addPersonCommand(newsletters: Command, checkSecrets: SecretCheck): void {
  newsletters
    .command('person')
    .description('Print all that is stored about an address as JSON, with the receipts of its consents, or erase it.')
    .argument('<email>', 'the address')
    .option('--site <id>', 'the site (default: the only one)')
    .option('--export', 'print it (the default)')
    .option('--erase', 'erase subscriptions, signups, links and queued mails; receipts stay without the address')
    .option('--yes', 'do not ask')
    .action((address: string, given: PersonOptions) =>
      withTokens(given.site, checkSecrets, async ({ read, writer }, site, tokens) => {
        const email = parseEmailAddress(address);
        if (!email) throw new OperatorError(`"${address}" is not an e-mail address.`);
        const person = await readPerson(read, tokens, site, email.key);
        if (!person) throw new OperatorError(`The site "${site.id}" has nothing about ${email.address}.`);
        if (given.export || !given.erase) process.stdout.write(`${JSON.stringify(person, undefined, 2)}\n`);
        if (!given.erase) return;
        if (!given.yes) await confirmByTyping(`This erases ${email.address} on ${site.id}.`, email.address);
        await writer.submit(erasePeople(tokens), { siteId: site.id, emailKey: email.key });
        process.stderr.write(`${email.address} is erased on ${site.id}.\n`);
      }),
    );
}
