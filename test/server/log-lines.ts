import { Writable } from 'node:stream';
import { pino, type Logger } from 'pino';

export type LogLine = Record<string, unknown>;

/** Returns a logger, and the lines that it has written. */
export function logToLines(): { log: Logger; lines: LogLine[] } {
  const lines: LogLine[] = [];
  const output = new Writable({
    write(chunk: Buffer, _, done) {
      lines.push(JSON.parse(chunk.toString()) as LogLine);
      done();
    },
  });
  return { log: pino(output), lines };
}
