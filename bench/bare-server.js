/**
 * The baseline of `bench/server.js`, a process of its own: node:http and libsql only, with group commit and full durability,
 * without validation, tokens or error handling.
 *
 *     node bench/bare-server.js <port> <database file> <file with the body of GET>
 */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import Database from 'libsql';

const [port, file, bodyFile] = process.argv.slice(2);
const publicBody = readFileSync(String(bodyFile));
const etag = '"bare"';
const database = new Database(String(file));
database.exec(`
  pragma journal_mode = wal;
  pragma synchronous = full;
  create table votes (reader text primary key, choice text) without rowid;
  create table comments (id text primary key, body text);
`);
const writes = {
  vote: database.prepare('insert into votes values (?, ?) on conflict do update set choice = excluded.choice'),
  comment: database.prepare('insert into comments values (?, ?)'),
};

/** @type {{ kind: 'vote' | 'comment', key: string, value: string, done: () => void }[]} */
let queue = [];
function commit() {
  const batch = queue;
  queue = [];
  database.exec('begin immediate');
  for (const { kind, key, value } of batch) writes[kind].run(key, value);
  database.exec('commit');
  for (const { done } of batch) done();
}

const server = createServer((request, response) => {
  if (request.method === 'GET') {
    const isKnown = request.headers['if-none-match'] === etag;
    response.writeHead(isKnown ? 304 : 200, { etag, 'content-type': 'application/json' });
    response.end(isKnown ? undefined : publicBody);
    return;
  }
  let body = '';
  request.setEncoding('utf8').on('data', (chunk) => (body += chunk));
  request.on('end', () => {
    const kind = request.url === '/vote' ? 'vote' : 'comment';
    const { key, value } = JSON.parse(body);
    const done = () => response.writeHead(200, { 'content-type': 'application/json' }).end('{"ok":true}');
    if (queue.push({ kind, key, value, done }) === 1) setImmediate(commit);
  });
});
server.listen(Number(port), '127.0.0.1', () => console.log('ready'));
