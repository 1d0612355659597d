import { randomFillSync } from 'node:crypto';
import { V7Generator } from 'uuidv7';

/** Random numbers drawn ahead: filling the whole array costs little more than drawing one number. */
const randomNumbers = new Uint32Array(4096);
let usedCount = randomNumbers.length;

function nextUint32(): number {
  if (usedCount === randomNumbers.length) {
    randomFillSync(randomNumbers);
    usedCount = 0;
  }
  return randomNumbers[usedCount++]!;
}

const generator = new V7Generator({ nextUint32 });

/** Returns a new UUIDv7. Ids of one process sort in the order they were made. */
export function newId(): string {
  return generator.generate().toString();
}

/** Returns the smallest UUIDv7 of a moment: its first 48 bits are the time in milliseconds since 1970. */
export function minIdAt(timeMs: number): string {
  const time = Math.max(0, timeMs).toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-000000000000`;
}
