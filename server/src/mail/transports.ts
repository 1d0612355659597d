import type { SendMailOptions } from 'nodemailer';
import addressparser from 'nodemailer/lib/addressparser';
import { OperatorError, type Config } from '../config.js';
import type { Outbox } from './outbox.js';
import type { DueMail } from './queue.js';

/** Hands one mail on. */
export interface Transport {
  /** @throws MailRefused where it is about this mail; any other error means that nothing gets through */
  send(mail: DueMail): Promise<void>;
  close(): void;
}

/** This mail is not taken, now (a full mailbox, a greylist) or for good. Others may well be. */
export class MailRefused extends Error {
  readonly forGood: boolean;

  constructor(forGood: boolean, cause: unknown) {
    super('refused', { cause });
    this.name = 'MailRefused';
    this.forGood = forGood;
  }
}

const connectMillis = 10_000;
const silentMillis = 30_000;

/** Sends through the operator's SMTP server. The library comes with the first mail, here and below: it is a fifth of all code. */
export function openSmtp(url: string, sender: Sender): Transport {
  const options = {
    ...smtpOptions(url),
    pool: true,
    maxConnections: 1,
    connectionTimeout: connectMillis,
    greetingTimeout: connectMillis,
    dnsTimeout: connectMillis,
    socketTimeout: silentMillis,
    disableFileAccess: true,
    disableUrlAccess: true,
  } as const;
  const open = async () => (await import('nodemailer')).createTransport(options);
  let smtp: ReturnType<typeof open> | undefined;
  return {
    async send(mail) {
      const opened = await (smtp ??= open());
      try {
        await opened.sendMail(asSent(mail, sender));
      } catch (error) {
        const { code, command, permanent } = error as { code?: string; command?: string; permanent?: boolean };
        // A refused login or sender is the operator's to mend, and every mail can wait for that.
        if (command === 'RCPT TO' || command === 'DATA') throw new MailRefused(permanent === true, error);
        if (command === 'API' && code === 'EENVELOPE') throw new MailRefused(true, error);
        throw error;
      }
    },
    close: () => void smtp?.then((opened) => opened.close()),
  };
}

/** Writes each mail to the demo's outbox. */
export function openOutbox(outbox: Outbox, sender: Sender): Transport {
  const options = { streamTransport: true, buffer: true, newline: 'windows' } as const;
  const open = async () => (await import('nodemailer')).createTransport(options);
  let composer: ReturnType<typeof open> | undefined;
  return {
    async send(mail) {
      const { message: source } = await (await (composer ??= open())).sendMail(asSent(mail, sender));
      await outbox.write(mail, source as Buffer);
    },
    close: () => void composer?.then((opened) => opened.close()),
  };
}

/** Who mails come from. */
export interface Sender {
  readonly address: string;
  /** What follows the @ of every Message-ID. */
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

function smtpOptions(url: string): { url: string } {
  if (!URL.canParse(url)) throw new OperatorError('AFTERWORD_SMTP must be smtp://… or smtps://….');
  return { url };
}

function asSent({ id, to, createdAt, message }: DueMail, { address, host }: Sender): SendMailOptions {
  const { sender, subject, lang, text, html, unsubscribeUrl } = message;
  return {
    from: { name: sender, address },
    to: { name: '', address: to },
    subject,
    text,
    html,
    date: new Date(createdAt),
    // The same at every try, so that a mail sent twice can be known as one.
    messageId: `<${id}@${host}>`,
    ...(unsubscribeUrl ? { list: { unsubscribe: { url: unsubscribeUrl, comment: '' } } } : {}),
    headers: {
      'Auto-Submitted': 'auto-generated',
      'Content-Language': lang,
      ...(unsubscribeUrl ? { 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' } : {}),
    },
  };
}
