import type { SendMailOptions } from 'nodemailer';
import addressparser from 'nodemailer/lib/addressparser';
import { OperatorError, type Config } from '../config.js';
import type { DkimSettings } from '../dkim.js';
import { secondMs } from '../time.js';
import type { DemoMailbox } from './demo-mailbox.js';
import type { ComposedMail } from './queue.js';
import { announces } from './smtp-extensions.js';

/** A mail as a transport needs it. */
export type OutgoingMail = Pick<ComposedMail, 'id' | 'to' | 'createdAt' | 'message'>;

/** Sends mails, one at a time by one connection. */
export interface Transport {
  /**
   * @returns the answer of the mail server
   * @throws MailRefused where this mail is refused; any other error means that no mail can be sent
   */
  send(mail: OutgoingMail): Promise<string>;
  /** Connects and signs in, without a mail. @throws Error where no mail can be sent */
  verify(): Promise<void>;
  /** Returns whether addresses may have other letters than ASCII before the @. @throws Error where no server answers */
  supportsSmtpUtf8(): Promise<boolean>;
  /** Closes connections. The next mail opens others. */
  close(): void;
}

/** A refusal of one mail: permanent, or temporary as by a full mailbox or a greylist. Other mails may still be accepted. */
export class MailRefused extends Error {
  readonly isPermanent: boolean;

  constructor(isPermanent: boolean, cause: unknown) {
    super('refused', { cause });
    this.name = 'MailRefused';
    this.isPermanent = isPermanent;
  }
}

const connectTimeoutMs = 10 * secondMs;
const idleTimeoutMs = 30 * secondMs;
/** With `List-Unsubscribe-Post`, which RFC 8058 wants signed, and the library leaves out. */
const signedHeaders = [
  ...['From', 'Sender', 'Reply-To', 'Subject', 'Date', 'Message-ID', 'To', 'MIME-Version', 'Content-Type'],
  ...['Content-Transfer-Encoding', 'Content-Language', 'Auto-Submitted', 'List-Unsubscribe', 'List-Unsubscribe-Post'],
].join(':');

/** Sends through the operator's SMTP server. The library is a fifth of all code, so it is imported with the first mail. */
export function openSmtp(url: string, sender: Sender, dkim?: DkimSettings): Transport {
  const options = {
    url,
    pool: true,
    maxConnections: 1,
    connectionTimeout: connectTimeoutMs,
    greetingTimeout: connectTimeoutMs,
    dnsTimeout: connectTimeoutMs,
    socketTimeout: idleTimeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
    ...(dkim && {
      dkim: {
        domainName: dkim.domain,
        keySelector: dkim.selector,
        privateKey: dkim.privateKey,
        headerFieldNames: signedHeaders,
      },
    }),
  } as const;
  const open = async () => (await import('nodemailer')).createTransport(options);
  let smtp: ReturnType<typeof open> | undefined;
  return {
    async send(mail) {
      const transport = await (smtp ??= open());
      try {
        const { response } = await transport.sendMail(toMimeOptions(mail, sender));
        return response;
      } catch (error) {
        const { code, command, permanent } = error as { code?: string; command?: string; permanent?: boolean };
        // Other commands refuse the login or the sender, which the operator can fix: all mails stay queued.
        if (command === 'RCPT TO' || command === 'DATA') throw new MailRefused(permanent === true, error);
        if (command === 'API' && code === 'EENVELOPE') throw new MailRefused(true, error);
        throw error;
      }
    },
    async verify() {
      await (await (smtp ??= open())).verify();
    },
    supportsSmtpUtf8: () => announces('SMTPUTF8', options),
    close() {
      void smtp?.then((transport) => transport.close());
      smtp = undefined;
    },
  };
}

/** Writes each mail to the demo's mailbox. */
export function openDemoMailbox(mailbox: DemoMailbox, sender: Sender): Transport {
  const options = { streamTransport: true, buffer: true, newline: 'windows' } as const;
  const open = async () => (await import('nodemailer')).createTransport(options);
  let composer: ReturnType<typeof open> | undefined;
  return {
    async send(mail) {
      const { message: source } = await (await (composer ??= open())).sendMail(toMimeOptions(mail, sender));
      await mailbox.write(mail, source as Buffer);
      return '';
    },
    verify: () => Promise.resolve(),
    supportsSmtpUtf8: () => Promise.resolve(true),
    close: () => void composer?.then((transport) => transport.close()),
  };
}

/** The sender of all mails. */
export interface Sender {
  readonly address: string;
  /** The right-hand side of every Message-ID. */
  readonly host: string;
}

/** @throws OperatorError where AFTERWORD_MAIL_FROM is not one address */
export function readSender({ mailFrom, url }: Pick<Config, 'mailFrom' | 'url'>): Sender {
  const host = new URL(url).hostname;
  if (mailFrom === undefined) return { address: `newsletter@${host}`, host };
  const [first, ...others] = addressparser(mailFrom, { flatten: true });
  if (!first || others.length > 0 || !/^[^\s@]+@[^\s@]+$/.test(first.address))
    throw new OperatorError('AFTERWORD_MAIL_FROM must be one e-mail address, such as newsletter@paper.example.');
  return { address: first.address, host };
}

function toMimeOptions({ id, to, message }: OutgoingMail, { address, host }: Sender): SendMailOptions {
  const { sender, replyTo, subject, lang, text, html, unsubscribeUrl } = message;
  return {
    from: { name: sender, address },
    to: { name: '', address: to },
    ...(replyTo ? { replyTo: { name: '', address: replyTo } } : {}),
    subject,
    text,
    html,
    date: new Date(),
    // The same at every attempt, so that mail programs recognize a duplicate.
    messageId: `<${id}@${host}>`,
    ...(unsubscribeUrl ? { list: { unsubscribe: { url: unsubscribeUrl, comment: '' } } } : {}),
    headers: {
      'Auto-Submitted': 'auto-generated',
      'Content-Language': lang,
      ...(unsubscribeUrl ? { 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' } : {}),
    },
  };
}
