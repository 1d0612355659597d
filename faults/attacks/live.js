/** Event streams by the thousand from one network. */
import { attackOf, mapSome, range } from './target.js';

const maxStreams = 500;
const streamCount = 1_000;

/**
 * @param {import('./target.js').Target} target
 * @returns {Promise<import('./target.js').Attack[]>}
 */
export async function attack(target) {
  const address = target.newAddress();
  const path = `${target.url}/v1/sites/demo/live?story=live`;
  const stop = new AbortController();
  const open = async () => {
    const { status, body } = await fetch(path, { headers: { 'x-forwarded-for': address }, signal: stop.signal });
    if (status !== 200) await body?.cancel();
    return { status, body: undefined };
  };
  const opened = await mapSome(range(streamCount), open, 50);
  const count = opened.filter(({ status }) => status === 200).length;
  const others = [await target.ask('/comments?story=live'), await target.ask('/reactions?story=live')];
  const attacks = [
    attackOf('streams of one network', 'GET /live', opened, count === maxStreams),
    attackOf(
      'others meanwhile',
      'GET',
      others,
      others.every(({ status }) => status === 200),
    ),
  ];
  stop.abort();
  // Streams that are closed give their places back, however they end.
  const again = await waitForPlace(target, address);
  attacks.push(attackOf('control: places are given back', 'GET /live', [again], again.status === 200));
  const memory = await mapSome(range(600), (index) =>
    openBriefly(
      `${target.url}/v1/sites/demo/live?${range(20)
        .map((at) => `story=${index}-${at}`)
        .join('&')}`,
      target.newAddress(),
    ),
  );
  attacks.push(
    attackOf(
      'streams of stories that nobody has',
      '12,000 stories',
      memory,
      memory.every(({ status }) => status === 200),
    ),
  );
  return attacks;
}

/** @param {string} path @param {string} address */
async function openBriefly(path, address) {
  const stop = new AbortController();
  const { status } = await fetch(path, { headers: { 'x-forwarded-for': address }, signal: stop.signal });
  stop.abort();
  return { status, body: undefined };
}

/** @param {import('./target.js').Target} target @param {string} address */
async function waitForPlace(target, address) {
  const path = `${target.url}/v1/sites/demo/live?story=live`;
  for (let tries = 0; ; tries++) {
    const answer = await openBriefly(path, address);
    if (answer.status === 200 || tries === 100) return answer;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
