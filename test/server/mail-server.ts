import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerOptions, type SMTPServerSession } from 'smtp-server';
import { received, type ReceivedMail } from './newsletter-server.js';

export interface Delivery {
  readonly from: string;
  readonly to: string[];
  readonly mail: ReceivedMail;
  readonly session: SMTPServerSession;
}

export interface MailServerOptions extends Omit<SMTPServerOptions, 'onRcptTo' | 'onData'> {
  /** Runs before a whole mail is answered, which it refuses by an error. */
  readonly beforeAnswer?: (mail: ReceivedMail, session: SMTPServerSession) => Promise<void> | void;
}

/** Opens a mail server that stores mails. It refuses `full@…` temporarily and `nobody@…` permanently. */
export async function openMailServer(port = 0, { beforeAnswer, ...options }: MailServerOptions = {}) {
  const deliveries: Delivery[] = [];
  const server = new SMTPServer({
    authOptional: true,
    closeTimeout: 200,
    disabledCommands: ['STARTTLS', 'AUTH'],
    ...options,
    onRcptTo({ address }, _session, done) {
      const code = address.startsWith('full@') ? 452 : address.startsWith('nobody@') ? 550 : undefined;
      done(code ? smtpError(code, `${address} is not taken`) : undefined);
    },
    onData(stream, session, done) {
      const { envelope } = session;
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const store = async () => {
          const mail = await received(Buffer.concat(chunks));
          await beforeAnswer?.(mail, session);
          const from = envelope.mailFrom ? envelope.mailFrom.address : '';
          deliveries.push({ from, to: envelope.rcptTo.map(({ address }) => address), mail, session });
        };
        store().then(() => done(), done);
      });
    },
  });
  // Clients that break off are what some tests are about.
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    server,
    deliveries,
    port: (server.server.address() as AddressInfo).port,
    close: () => new Promise<void>((resolve) => server.close(resolve)),
  };
}

export function smtpError(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode });
}
