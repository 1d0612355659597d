import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DueMail, MailMessage } from './queue.js';

/** A mail in the outbox, as its page shows it. */
export interface OutboxMail extends MailMessage {
  readonly to: string;
  readonly sentAt: string;
}

const namePattern = /^[0-9TZ]+-[0-9a-f-]{36}$/;
const mostListed = 200;

/**
 * The demo's mails, as files: `<name>.eml` is what would have been sent, and opens in any mail program;
 * `<name>.json` is what was composed, for the page that shows it.
 */
export class Outbox {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  /** Writes a mail. The same mail again is the same file. */
  async write({ id, to, createdAt, message }: DueMail, source: Buffer): Promise<void> {
    const sentAt = new Date(createdAt).toISOString();
    const name = `${sentAt.replace(/[^0-9TZ]/g, '')}-${id}`;
    const shown: OutboxMail = { ...message, to, sentAt };
    await mkdir(this.folder, { recursive: true });
    await this.#put(`${name}.json`, JSON.stringify(shown, null, 2));
    // Last, so that whoever waits for the mail finds all of it.
    await this.#put(`${name}.eml`, source);
  }

  /** The newest mails' names, newest first. */
  async list(): Promise<string[]> {
    return (await this.#files())
      .filter((file) => file.endsWith('.eml'))
      .map((file) => file.slice(0, -'.eml'.length))
      .filter((name) => namePattern.test(name))
      .sort()
      .reverse()
      .slice(0, mostListed);
  }

  async read(name: string): Promise<OutboxMail | undefined> {
    const json = await this.#get(name, '.json');
    return json && (JSON.parse(json.toString()) as OutboxMail);
  }

  /** The mail as it would have been sent. */
  readSource(name: string): Promise<Buffer | undefined> {
    return this.#get(name, '.eml');
  }

  async #files(): Promise<string[]> {
    try {
      return await readdir(this.folder);
    } catch {
      // Nothing was ever sent.
      return [];
    }
  }

  async #get(name: string, ending: '.eml' | '.json'): Promise<Buffer | undefined> {
    if (!namePattern.test(name)) return undefined;
    try {
      return await readFile(join(this.folder, name + ending));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }

  async #put(file: string, content: string | Buffer): Promise<void> {
    const target = join(this.folder, file);
    await writeFile(`${target}.part`, content, { mode: 0o600 });
    await rename(`${target}.part`, target);
  }
}
