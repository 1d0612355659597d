/**
 * Asks a mail server whether it announces an extension, in its answer to `EHLO`. Signs nobody in and sends no mail.
 *
 * @throws Error where it does not answer
 */
export async function announces(
  extension: string,
  { url, ...options }: { readonly url: string; readonly connectionTimeout: number },
): Promise<boolean> {
  const [{ default: SMTPConnection }, { parseConnectionUrl }] = await Promise.all([
    import('nodemailer/lib/smtp-connection'),
    import('nodemailer/lib/shared'),
  ]);
  const connection = new SMTPConnection({ ...parseConnectionUrl(url), ...options });
  try {
    await new Promise<void>((resolve, reject) => {
      connection.on('error', reject);
      connection.connect((error) => (error ? reject(error) : resolve()));
    });
    // Once connected, the last response is the list of extensions, after STARTTLS where the server has it.
    return new RegExp(`^250[ -]${extension}\\b`, 'im').test(connection.lastServerResponse || '');
  } finally {
    connection.close();
  }
}
