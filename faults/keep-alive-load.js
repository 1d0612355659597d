/** Readers that keep their connections alive, for scripts and tests that stop a server under load. */
import { Agent } from 'node:http';
import { send } from './send.js';

/**
 * @typedef {object} LoadResult
 * @property {string[]} acknowledged ids of comments whose response was 201
 * @property {Record<string, number>} statuses number of responses by status
 * @property {number} closing responses with `Connection: close`
 * @property {string[]} broken errors of requests, save of those whose connection was refused: nothing was sent
 * @property {number} answered
 */

/**
 * Writes comments, votes and reads pages over one kept-alive connection a reader, each request after the response to the
 * one before, until a connection is refused.
 *
 * @param {string} site address of a site of the API
 * @param {{ story: string, tokens: string[], pauseMs?: number }} options one reader for each token, and the longest pause between two requests
 * @returns {{ result: LoadResult, ended: Promise<unknown> }} the result so far, and the end of the load
 */
export function startKeepAliveLoad(site, { story, tokens, pauseMs = 0 }) {
  /** @type {LoadResult} */
  const result = { acknowledged: [], statuses: {}, closing: 0, broken: [], answered: 0 };
  const ended = Promise.all(tokens.map((token, reader) => readerLoop(site, { story, token, reader, pauseMs }, result)));
  return { result, ended };
}

/**
 * @param {string} site
 * @param {{ story: string, token: string, reader: number, pauseMs: number }} reader
 * @param {LoadResult} result
 */
async function readerLoop(site, { story, token, reader, pauseMs }, result) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const query = `story=${encodeURIComponent(story)}`;
  const acts = [
    () => ({ method: 'POST', path: '/comments', body: { story, text: `${reader}: ${result.answered}` } }),
    () => ({ method: 'PUT', path: '/reactions', body: { story, choice: result.answered % 2 ? 'great' : 'fun' } }),
    () => ({ method: 'GET', path: `/page?parts=reactions,comments&${query}`, body: undefined }),
    () => ({ method: 'GET', path: `/me?${query}`, body: undefined }),
  ];
  try {
    for (let turn = reader; ; turn++) {
      const { method, path, body } = /** @type {() => any} */ (acts[turn % acts.length])();
      const answer = await send(agent, `${site}${path}`, method, token, body);
      if (answer === 'refused') return;
      if (typeof answer === 'string') {
        result.broken.push(`${method} ${path.split('?')[0]}: ${answer}`);
        return;
      }
      result.answered++;
      result.statuses[answer.status] = (result.statuses[answer.status] ?? 0) + 1;
      if (answer.isClosing) result.closing++;
      if (path === '/comments' && answer.status === 201) result.acknowledged.push(JSON.parse(answer.text).comment.id);
      if (pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, Math.random() * pauseMs));
    }
  } finally {
    agent.destroy();
  }
}
