/** Event streams by the thousand from one network. */
import { attackOf, mapSome, range } from './target.js';

const maxStreams = 500;
const streamCount = 1_000;
/** The time in which the cost of open streams is measured, and the part of a core that they may take. */
const watchMs = 5_000;
const maxShare = 0.25;

/**
 * @param {import('./target.js').Target} target
 * @returns {Promise<import('./target.js').Attack[]>}
 */
export async function attack(target) {
  const address = target.newAddress();
  const path = `${target.url}/v1/sites/demo/live?story=live`;
  const stop = new AbortController();
  // A response that nobody holds is collected, and its stream ends.
  /** @type {Response[]} */
  const held = [];
  const open = async () => {
    const response = await fetch(path, { headers: { 'x-forwarded-for': address }, signal: stop.signal });
    if (response.status === 200) held.push(response);
    else await response.body?.cancel();
    return { status: response.status, body: undefined };
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
  attacks.push(await watchUnknownStories(target));
  return attacks;
}

/**
 * Watches as many stories as one network can, of which the server has none, and measures what that costs.
 *
 * @param {import('./target.js').Target} target
 */
async function watchUnknownStories(target) {
  const address = target.newAddress();
  const stop = new AbortController();
  const opened = await mapSome(range(maxStreams), async (index) => {
    const query = range(20)
      .map((at) => `story=${index}-${at}`)
      .join('&');
    const headers = { 'x-forwarded-for': address };
    return fetch(`${target.url}/v1/sites/demo/live?${query}`, { headers, signal: stop.signal });
  });
  const before = target.cpuMs();
  await new Promise((resolve) => setTimeout(resolve, watchMs));
  const share = (target.cpuMs() - before) / watchMs;
  stop.abort();
  const statuses = opened.map(({ status }) => ({ status, body: undefined }));
  const held = share < maxShare && statuses.every(({ status }) => status === 200);
  const shown = `${(share * 100).toFixed(0)} % of a core`;
  return attackOf('10,000 stories that nobody has', 'streams of one network', statuses, held, shown);
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
