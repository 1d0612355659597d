/** Readers that write as fast as they are answered, and record what was acknowledged. */
import { randomUUID } from 'node:crypto';
import { Agent } from 'node:http';
import { writeKinds } from './journal.js';
import { send } from './send.js';

const choices = ['great', 'like', 'fun', 'improve'];

/**
 * @typedef {object} Outcome of one run
 * @property {Record<string, number>} refused responses that are no acknowledgement, by kind, status and code
 * @property {number} unanswered requests whose connection broke
 * @property {number} longestMs time of the slowest response
 */

/** Writes of all kinds in turn, until it is stopped or its connection breaks. */
export class Writers {
  #journal;
  #pauseMs;
  /** @type {Writer[]} */
  #writers = [];
  #isStopped = false;

  /** @param {import('./journal.js').Journal} journal @param {{ pauseMs?: number }} [options] the longest pause between two writes */
  constructor(journal, { pauseMs = 20 } = {}) {
    this.#journal = journal;
    this.#pauseMs = pauseMs;
  }

  /**
   * Creates guests, one for each writer.
   *
   * @param {string} site address of a site of the API
   * @param {number} count
   */
  async join(site, count) {
    const guests = Array.from({ length: count }, async (_, number) => {
      const headers = { 'content-type': 'application/json' };
      const answer = await fetch(`${site}/readers`, { method: 'POST', headers, body: '{}' });
      if (!answer.ok) throw new Error(`A guest was refused with ${answer.status}: ${await answer.text()}`);
      const { token, reader } = /** @type {any} */ (await answer.json());
      return new Writer(this.#journal, token, reader.id, number);
    });
    this.#writers = await Promise.all(guests);
  }

  /**
   * Lets all of them write.
   *
   * @param {string} site
   * @param {{ story: string, goesOn?: boolean }} options `goesOn` after a refusal or a broken connection, until `stop`
   * @returns {Promise<Outcome>} when all have ended
   */
  async run(site, { story, goesOn = false }) {
    this.#isStopped = false;
    /** @type {Outcome} */
    const outcome = { refused: {}, unanswered: 0, longestMs: 0 };
    await Promise.all(
      this.#writers.map(async (writer) => {
        const agent = new Agent({ keepAlive: true, maxSockets: 1 });
        try {
          while (!this.#isStopped) {
            const isAnswered = await writer.write(agent, site, story, outcome);
            if (!isAnswered && !goesOn) return;
            const pauseMs = isAnswered ? this.#pauseMs : Math.max(this.#pauseMs, 200);
            await new Promise((resolve) => setTimeout(resolve, Math.random() * pauseMs));
          }
        } finally {
          agent.destroy();
        }
      }),
    );
    return outcome;
  }

  /** Ends a run after the requests that are under way. */
  stop() {
    this.#isStopped = true;
  }
}

/** @typedef {{ kind: import('./journal.js').WriteKind, method: string, path: string, body: any, key?: string }} Write */

class Writer {
  #journal;
  #token;
  #readerId;
  #turn;
  /** A comment that was not answered: it is sent again with its key. @type {Write | undefined} */
  #unanswered;

  /**
   * @param {import('./journal.js').Journal} journal
   * @param {string} token
   * @param {string} readerId
   * @param {number} number
   */
  constructor(journal, token, readerId, number) {
    this.#journal = journal;
    this.#token = token;
    this.#readerId = readerId;
    this.#turn = number;
  }

  /**
   * @param {Agent} agent
   * @param {string} site
   * @param {string} story
   * @param {Outcome} outcome
   * @returns {Promise<boolean>} whether it was answered
   */
  async write(agent, site, story, outcome) {
    const write = this.#unanswered ?? this.#next(story);
    const values = this.#valuesOf(write);
    const value = write.body.value ?? write.body.choice;
    values?.add(value);
    const startedAt = performance.now();
    /** @type {Record<string, string>} */
    const headers = write.key === undefined ? {} : { 'idempotency-key': write.key };
    const answer = await send(agent, `${site}${write.path}`, write.method, this.#token, write.body, headers);
    outcome.longestMs = Math.max(outcome.longestMs, performance.now() - startedAt);
    const isStored = typeof answer !== 'string' && answer.status < 300;
    // After a broken connection or an outage nobody knows; after any other refusal nothing was stored.
    const isOpen = typeof answer === 'string' || answer.status >= 500;
    this.#unanswered = isOpen && write.key !== undefined ? write : undefined;
    if (typeof answer === 'string') {
      outcome.unanswered++;
      return false;
    }
    if (isStored) {
      values?.clear();
      values?.add(value);
      this.#record(write, answer.text);
    } else {
      const refusal = `${write.kind} ${answer.status} ${codeOf(answer.text)}`;
      outcome.refused[refusal] = (outcome.refused[refusal] ?? 0) + 1;
    }
    return isStored;
  }

  /** @param {Write} write @param {string} text of the response */
  #record({ kind, body }, text) {
    this.#journal.counts[kind]++;
    if (kind === 'comments' || kind === 'replies') {
      const { comment } = JSON.parse(text);
      this.#journal.comments.set(comment.id, { text: body.text, parent: body.parentId ?? null });
      if (kind === 'comments') latest.set(this.#journal, { id: comment.id, author: this.#readerId, story: body.story });
    }
    if (kind === 'subscriptions') this.#journal.subscriptions.add(body.email);
  }

  /** @param {string} story @returns {Write} */
  #next(story) {
    this.#turn++;
    const other = latest.get(this.#journal);
    const text = `${this.#readerId.slice(-6)} ${this.#turn}: ${randomUUID()}`;
    /** @type {Write} */
    const comment = { kind: 'comments', method: 'POST', path: '/comments', body: { story, text }, key: randomUUID() };
    switch (writeKinds[this.#turn % writeKinds.length]) {
      case 'replies':
        if (!other) return comment;
        return { ...comment, kind: 'replies', body: { story: other.story, text, parentId: other.id } };
      case 'votes':
        if (!other || other.author === this.#readerId) return comment;
        return { kind: 'votes', method: 'PUT', path: `/comments/${other.id}/vote`, body: { value: 1 } };
      case 'reactions': {
        const choice = choices[Math.floor(Math.random() * choices.length)];
        return { kind: 'reactions', method: 'PUT', path: '/reactions', body: { story, choice } };
      }
      case 'subscriptions': {
        const body = { email: `${randomUUID()}@reader.example`, lists: ['daily'], consent: 'daily-1' };
        return { kind: 'subscriptions', method: 'POST', path: '/subscriptions', body };
      }
      default:
        return comment;
    }
  }

  /**
   * Returns the values that may be stored now, of a write that overwrites one.
   *
   * @param {Write} write
   * @returns {Set<any> | undefined}
   */
  #valuesOf({ kind, path, body }) {
    if (kind === 'votes') return entry(this.#journal.votes, `${path.split('/')[2]} ${this.#readerId}`);
    if (kind === 'reactions') return entry(this.#journal.reactions, `${body.story} ${this.#readerId}`);
    return undefined;
  }
}

/** The latest root comment of a run, for replies and votes. @type {WeakMap<object, { id: string, author: string, story: string }>} */
const latest = new WeakMap();

/**
 * @template T
 * @param {Map<string, Set<T>>} map
 * @param {string} key
 * @returns {Set<T>} for a value never acknowledged, it has `undefined`: no row
 */
function entry(map, key) {
  const found = map.get(key) ?? /** @type {Set<T>} */ (new Set([undefined]));
  map.set(key, found);
  return found;
}

/** @param {string} text */
function codeOf(text) {
  try {
    return JSON.parse(text).code;
  } catch {
    // Not from the API.
    return '';
  }
}
