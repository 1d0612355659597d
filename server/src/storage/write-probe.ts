import { putMetadata } from './metadata.js';
import type { Command } from './writer.js';

const name = 'write-probe';

/** Writes a row, as `/readyz` needs it: only a commit shows whether the disk is full, read-only or gone. */
export const writeProbe: Command<string, void> = {
  name,
  async run({ db }, values) {
    // Another value each time: SQLite writes nothing where nothing changes.
    await putMetadata(db, name, values.at(-1) ?? '');
    return values.map(() => undefined);
  },
};
