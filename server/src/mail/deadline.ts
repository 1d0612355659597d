import type { Transport } from './transports.js';

/** Closes the connection of an attempt that does not end, so that it ends before its lease does. */
export async function withDeadline<T>(
  transport: Transport,
  attempt: Promise<T>,
  deadlineMs: number,
  signal?: AbortSignal,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_resolve, reject) => {
    const breakOff = () => {
      transport.close();
      reject(Object.assign(new Error('The mail server did not answer in time.'), { code: 'EDEADLINE' }));
    };
    timer = setTimeout(breakOff, deadlineMs);
    signal?.addEventListener('abort', breakOff, { once: true });
  });
  try {
    return await Promise.race([attempt, deadline]);
  } finally {
    clearTimeout(timer);
  }
}
