/** Puts a server under load: with `wrk` where it is installed, because it takes less CPU from the server, else with autocannon. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
// @ts-expect-error: the package has no types
import autocannon from 'autocannon';
import { findProgram } from '../scripts/commands.js';

/**
 * @typedef {object} Request
 * @property {string} [method]
 * @property {string} path
 * @property {Record<string, string>} [headers]
 * @property {string} [body] `{n}` in it or in a header becomes a number that is unique in the run
 *
 * @typedef {{ rps: number, p50: number, p99: number, refused: number }} Load requests per second, milliseconds, responses above 399 and broken connections
 */

const connections = 32;
const wrk = findProgram(['wrk']);

/** Describes the load, for the head of a table. */
export const loader = `${wrk ? 'wrk' : 'autocannon'}, ${connections} connections`;

/**
 * Sends the requests in order, repeatedly, over all connections.
 *
 * @param {string} url
 * @param {Request[]} requests
 * @param {number} seconds
 * @returns {Promise<Load>}
 */
export function load(url, requests, seconds) {
  return wrk ? loadWithWrk(wrk, url, requests, seconds) : loadWithAutocannon(url, requests, seconds);
}

/**
 * @param {string} program
 * @param {string} url
 * @param {Request[]} requests
 * @param {number} seconds
 * @returns {Promise<Load>}
 */
async function loadWithWrk(program, url, requests, seconds) {
  const folder = mkdtempSync(join(tmpdir(), 'afterword-load-'));
  const script = join(folder, 'requests.lua');
  writeFileSync(script, lua(requests));
  try {
    const args = ['-t1', `-c${connections}`, `-d${seconds}s`, '--timeout', '10s', '-s', script, url];
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    for await (const chunk of child.stdout) output += chunk;
    const figures = output.split('\n').find((line) => line.startsWith('{'));
    if (!figures) throw new Error(`wrk printed no figures:\n${output}`);
    return JSON.parse(figures);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Placeholder of a request's number, of the same length: `wrk.format` computes Content-Length from it. */
const numberPlaceholder = '#'.repeat(20);

/**
 * Returns a wrk script that formats all requests before the run, so that sending them takes little CPU.
 *
 * @param {Request[]} requests
 */
function lua(requests) {
  const formatted = requests.map(({ method = 'GET', path, headers = {}, body = '' }) => {
    const head = Object.entries({ ...headers, ...(body && { 'content-type': 'application/json' }) });
    const table = head.map(([name, value]) => `[${quoted(name)}]=${quoted(value)}`).join(',');
    return `  wrk.format(${quoted(method)}, ${quoted(path)}, {${table}}, ${body ? quoted(body) : 'nil'}),`;
  });
  const numbered = requests.some((request) => JSON.stringify(request).includes('{n}'));
  return `
local formatted
local index, number = 0, 0
local run = os.time() .. '-'
function init()
  formatted = {
${formatted.join('\n').replaceAll('{n}', numberPlaceholder)}
  }
end
function request()
  index = index % #formatted + 1
  ${numbered ? `number = number + 1\n  return (formatted[index]:gsub('${numberPlaceholder}', run .. string.format('%09d', number)))` : 'return formatted[index]'}
end
function done(summary, latency)
  local errors = summary.errors
  io.write(string.format('\\n{"rps":%f,"p50":%f,"p99":%f,"refused":%d}\\n',
    summary.requests / (summary.duration / 1e6), latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    errors.status + errors.connect + errors.read + errors.write + errors.timeout))
end
`;
}

/** @param {string} text */
function quoted(text) {
  return JSON.stringify(text).replace(/\\u([0-9a-f]{4})/g, (_, code) => String.fromCharCode(parseInt(code, 16)));
}

let number = 0;

/**
 * @param {string} url
 * @param {Request[]} requests
 * @param {number} seconds
 * @returns {Promise<Load>}
 */
async function loadWithAutocannon(url, requests, seconds) {
  let index = 0;
  const result = await autocannon({
    url,
    connections,
    duration: seconds,
    requests: [
      {
        setupRequest: (/** @type {object} */ base) => {
          const { method = 'GET', path, headers = {}, body } = requests[index++ % requests.length] ?? { path: '/' };
          const fill = (/** @type {string} */ text) => text.replace('{n}', `${process.pid}-${Date.now()}-${number++}`);
          const filled = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, fill(value)]));
          return {
            ...base,
            method,
            path,
            headers: { ...filled, ...(body && { 'content-type': 'application/json' }) },
            ...(body && { body: fill(body) }),
          };
        },
      },
    ],
  });
  return {
    rps: result.requests.average,
    p50: result.latency.p50,
    p99: result.latency.p99,
    refused: result['4xx'] + result['5xx'] + result.errors,
  };
}
