/** Requests of the scripts and tests that harm a server. */
import { request } from 'node:http';

/**
 * Sends a request over a kept-alive connection.
 *
 * @param {import('node:http').Agent} agent
 * @param {string} url
 * @param {string} method
 * @param {string} token of the reader; empty for none
 * @param {unknown} body sent as JSON; `undefined` for none
 * @param {Record<string, string>} [extraHeaders]
 * @returns {Promise<{ status: number, isClosing: boolean, text: string } | string>} a string for an error; `refused` where nobody listens
 */
export function send(agent, url, method, token, body, extraHeaders = {}) {
  return new Promise((resolve) => {
    const text = body === undefined ? '' : JSON.stringify(body);
    const headers = {
      ...(token && { authorization: `Bearer ${token}` }),
      ...extraHeaders,
      ...(text && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
    };
    const fail = (/** @type {NodeJS.ErrnoException} */ error) =>
      resolve(error.code === 'ECONNREFUSED' ? 'refused' : `${error.code ?? ''} ${error.message}`.trim());
    const outgoing = request(url, { agent, method, headers }, (incoming) => {
      let received = '';
      incoming.setEncoding('utf8');
      incoming.on('data', (chunk) => (received += chunk));
      incoming.once('error', fail);
      incoming.once('end', () =>
        resolve({
          status: incoming.statusCode ?? 0,
          isClosing: incoming.headers.connection === 'close',
          text: received,
        }),
      );
    });
    outgoing.once('error', fail);
    outgoing.end(text);
  });
}
