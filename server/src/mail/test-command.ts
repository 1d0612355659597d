import type { Command } from 'commander';
import { OperatorError, readConfig } from '../config.js';
import { newId } from '../ids.js';
import { withExistingDatabase } from '../storage/existing-database.js';
import { composeMail } from './layout.js';
import { readMailSite, type MailSite } from './style.js';
import { MailRefused, openSmtp, readSender } from './transports.js';

const addressPattern = /^[^\s@]+@[^\s@]+$/;
const tlsMessage = /certificate|ssl|tls|handshake|wrong version/i;
const dnsCodes = new Set(['EDNS', 'ENOTFOUND', 'EAI_AGAIN']);

/** Adds `test` to `afterword mail`. */
export function addMailTestCommand(mail: Command): void {
  mail
    .command('test')
    .description("Send one mail at once with today's settings, and print what the mail server answered.")
    .argument('<address>', 'its recipient')
    .option('--site <id>', 'with the sender, logo and footer of a site')
    .action(async (address: string, { site: siteId }: { readonly site?: string }) => {
      if (!addressPattern.test(address)) throw new OperatorError(`"${address}" is not an e-mail address.`);
      const config = readConfig(process.env, { mustExist: true });
      if (config.demo) throw new OperatorError('The demo mails nobody. Unset AFTERWORD_DEMO.');
      if (config.smtp === undefined)
        throw new OperatorError('Mail is off. Set AFTERWORD_SMTP and AFTERWORD_MAIL_FROM: see docs/operate.md.');
      const sender = readSender(config);
      const site = siteId === undefined ? { name: sender.host, lang: 'en', mail: {} } : await readSite(siteId);
      const message = await composeMail(
        { site, lang: 'en' },
        {
          subject: `Test mail from ${site.name} – Thư thử`,
          lead: 'This mail was sent by "afterword mail test". It has arrived: mail works.',
          note: 'Tiếng Việt: chữ có dấu phải đọc được.',
        },
      );
      const transport = openSmtp(config.smtp, sender, config.dkim);
      try {
        const answer = await transport.send({ id: newId(), to: address, createdAt: Date.now(), message });
        process.stdout.write(`${toLine(answer)}\n`);
      } catch (error) {
        throw new OperatorError(describeFailure(error));
      } finally {
        transport.close();
      }
    });
}

function readSite(id: string): Promise<MailSite> {
  return withExistingDatabase(async ({ read }) => {
    const site = await readMailSite(read, id, undefined);
    if (!site) throw new OperatorError(`There is no site "${id}".`);
    return site;
  });
}

interface SmtpError {
  readonly code?: string;
  readonly message: string;
  readonly response?: string;
}

/** Returns the cause of a failure in one line: the answer of the mail server, or what was in the way of one. */
function describeFailure(error: unknown): string {
  const { code = '', message, response } = (error instanceof MailRefused ? error.cause : error) as SmtpError;
  const line = toLine(response ?? message);
  if (error instanceof MailRefused) return `The mail server refuses the mail: ${line}`;
  if (code === 'EAUTH') return `Login: ${line}`;
  if (dnsCodes.has(code) || /ENOTFOUND|EAI_AGAIN/.test(message)) return `DNS: ${line}`;
  if (code === 'ETLS' || (response === undefined && tlsMessage.test(message))) return `TLS: ${line}`;
  if (response !== undefined) return `The mail server refuses: ${line}`;
  if (code === 'ETIMEDOUT') return `No answer in time: ${line}`;
  return `Connection: ${line}`;
}

function toLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
