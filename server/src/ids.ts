import { randomFillSync } from 'node:crypto';
import { V7Generator } from 'uuidv7';

/** To draw for a thousand ids at once costs little more than to draw for one. */
const drawn = new Uint32Array(4096);
let used = drawn.length;

function nextUint32(): number {
  if (used === drawn.length) {
    randomFillSync(drawn);
    used = 0;
  }
  return drawn[used++]!;
}

const generator = new V7Generator({ nextUint32 });

/** A UUIDv7: ids of one process are in the order in which they were made. */
export function newId(): string {
  return generator.generate().toString();
}
