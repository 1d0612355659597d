import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hourMs, type EpochMs } from '../time.js';
import type { ComposedMail, MailMessage } from './queue.js';
import { mailMs } from './retention.js';

/** A mail in the mailbox, as shown on its page. */
export interface DemoMail extends MailMessage {
  readonly to: string;
  readonly sentAt: string;
}

const namePattern = /^[0-9TZ]+-[0-9a-f-]{36}$/;
/** Files of a mail, those that a crash left half written included. */
const filePattern = /^[0-9TZ]+-[0-9a-f-]{36}\.(?:eml|json)(?:\.part)?$/;
const maxListed = 200;
const sweepIntervalMs = hourMs;

/**
 * Keeps the demo's mails as files, as long as others keep rows about theirs. `<name>.eml` is the MIME message, for mail
 * programs; `<name>.json` is its content, for the page of the mailbox.
 */
export class DemoMailbox {
  readonly folder: string;
  #sweptAt: EpochMs = -Infinity;

  constructor(folder: string) {
    this.folder = folder;
  }

  /** Writes a mail. The same mail overwrites its file. */
  async write(
    { id, to, createdAt, message }: Pick<ComposedMail, 'id' | 'to' | 'createdAt' | 'message'>,
    source: Buffer,
  ): Promise<void> {
    const sentAt = new Date(createdAt).toISOString();
    const name = `${nameAt(createdAt)}-${id}`;
    const shown: DemoMail = { ...message, to, sentAt };
    await mkdir(this.folder, { recursive: true });
    await this.#writeFile(`${name}.json`, JSON.stringify(shown, null, 2));
    // Last, since the list and tests look for this file.
    await this.#writeFile(`${name}.eml`, source);
  }

  /** Deletes the files of mails that were queued more than a week ago. Looks for them once an hour. */
  async deleteExpired(now: EpochMs): Promise<void> {
    if (now - this.#sweptAt < sweepIntervalMs) return;
    this.#sweptAt = now;
    const firstKept = nameAt(now - mailMs);
    const expired = (await this.#files()).filter((file) => filePattern.test(file) && file < firstKept);
    for (const file of expired) await rm(join(this.folder, file), { force: true });
  }

  /** Returns the names of the newest mails, newest first. */
  async list(): Promise<string[]> {
    return (await this.#files())
      .filter((file) => file.endsWith('.eml'))
      .map((file) => file.slice(0, -'.eml'.length))
      .filter((name) => namePattern.test(name))
      .sort()
      .reverse()
      .slice(0, maxListed);
  }

  async read(name: string): Promise<DemoMail | undefined> {
    const json = await this.#readFile(name, '.json');
    return json && (JSON.parse(json.toString()) as DemoMail);
  }

  /** Returns the MIME message. */
  readSource(name: string): Promise<Buffer | undefined> {
    return this.#readFile(name, '.eml');
  }

  async #files(): Promise<string[]> {
    try {
      return await readdir(this.folder);
    } catch {
      // The folder is made with the first mail.
      return [];
    }
  }

  async #readFile(name: string, ending: '.eml' | '.json'): Promise<Buffer | undefined> {
    if (!namePattern.test(name)) return undefined;
    try {
      return await readFile(join(this.folder, name + ending));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }

  async #writeFile(file: string, content: string | Buffer): Promise<void> {
    const target = join(this.folder, file);
    await writeFile(`${target}.part`, content, { mode: 0o600 });
    await rename(`${target}.part`, target);
  }
}

/** Names sort by the time at which their mails were queued. */
function nameAt(time: EpochMs): string {
  return new Date(time).toISOString().replace(/[^0-9TZ]/g, '');
}
