import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { BackupSettings } from '../config.js';
import { hourMs, minuteMs, type EpochMs } from '../time.js';
import { copyDatabase, fileTime, partialEnding } from './database-copy.js';

/** What an operator can see of the backups. */
export interface BackupState {
  /** The time of the last backup that succeeded, by this process or another. */
  lastAt: EpochMs | undefined;
  failures: number;
}

const namePattern = /^afterword-(\d{4}-\d\d-\d\d)T(\d\d)(\d\d)(\d\d)Z\.db$/;
/** The longest time between two looks at the clock, which may be set. */
const maxDelayMs = hourMs;
const retryDelayMs = 10 * minuteMs;

/**
 * Writes backups of a SQLite database at an interval, and deletes the oldest ones. The newest file says when the next one is due, so
 * that restarts neither delay nor repeat it.
 */
export class BackupSchedule {
  readonly state: BackupState = { lastAt: undefined, failures: 0 };
  readonly #database: string;
  readonly #settings: BackupSettings;
  readonly #log: Pick<Logger, 'info' | 'error'>;
  readonly #stop = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;

  /** @param database its file */
  constructor(database: string, settings: BackupSettings, log: Pick<Logger, 'info' | 'error'>) {
    this.#database = database;
    this.#settings = settings;
    this.#log = log;
  }

  start(): void {
    this.#schedule(0);
  }

  /** Breaks off a backup that is being written. */
  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    this.#stop.abort();
    await this.#running;
  }

  #schedule(delayMs: number): void {
    if (this.#stop.signal.aborted) return;
    this.#timer = setTimeout(() => {
      this.#running = this.run(Date.now()).then((nextAt) =>
        this.#schedule(Math.min(maxDelayMs, Math.max(0, nextAt - Date.now()))),
      );
    }, delayMs).unref();
  }

  /**
   * Writes a backup where one is due.
   *
   * @returns the time when the next one is due; a failed one is due again after ten minutes
   */
  async run(now: EpochMs): Promise<EpochMs> {
    const { folder, hours, keep } = this.#settings;
    try {
      mkdirSync(folder, { recursive: true });
      this.state.lastAt = newestOf(folder, now);
      const dueAt = (this.state.lastAt ?? 0) + hours * hourMs;
      if (dueAt > now) return dueAt;
      removeOldPartials(folder, now);
      const name = `afterword-${fileTime(new Date(now))}.db`;
      await copyDatabase(this.#database, join(folder, name), this.#stop.signal);
      this.state.lastAt = now;
      for (const old of backupsIn(folder).slice(0, -keep)) rmSync(join(folder, old), { force: true });
      this.#log.info({ file: name, folder }, 'backup written');
      return now + hours * hourMs;
    } catch (error) {
      if (!this.#stop.signal.aborted) {
        this.state.failures++;
        this.#log.error({ err: error, folder, lastAt: this.state.lastAt }, 'backup failed, will be tried again');
      }
      return now + Math.min(retryDelayMs, hours * hourMs);
    }
  }
}

/** Returns our backups in a folder, the oldest first. Other files are left alone. */
function backupsIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => namePattern.test(name))
    .sort();
}

/** Returns the time of the newest backup. One in the future was written before the clock was set back. */
function newestOf(folder: string, now: EpochMs): EpochMs | undefined {
  const times = backupsIn(folder).map((name) => Date.parse(name.replace(namePattern, '$1T$2:$3:$4Z')));
  return times.filter((time) => time <= now).at(-1);
}

/** Removes what backups have left that were killed. One that is being written by another process is newer. */
function removeOldPartials(folder: string, now: EpochMs): void {
  for (const name of readdirSync(folder)) {
    if (!name.includes(`.db${partialEnding}`) || !name.startsWith('afterword-')) continue;
    const { mtimeMs } = statSync(join(folder, name));
    if (now - mtimeMs > hourMs) rmSync(join(folder, name), { force: true });
  }
}
