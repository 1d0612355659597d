/** Votes and reads of one person who pretends to be many. */
import { attackOf, mapSome, range, until } from './target.js';

const maxNetworkGuests = 500;
/** Enough to pass the limit. Each costs a guest and a vote. */
const guestCount = 640;
const guestsPerAddress = 100;

/**
 * @param {import('./target.js').Target} target
 * @returns {Promise<import('./target.js').Attack[]>}
 */
export async function attack(target) {
  return [...(await stuffBallots(target)), ...(await raiseStory(target))];
}

/** @param {import('./target.js').Target} target */
async function stuffBallots(target) {
  const attacks = [];
  const read = async (/** @type {string} */ story) =>
    (await target.ask(`/reactions?story=${story}&x=${Math.random()}`)).body;
  const ids = (await read('votes')).poll.choices.map((/** @type {{ id: string }} */ { id }) => id);

  const token = await target.guest();
  const switched = await mapSome(range(40), (index) =>
    target.ask('/reactions', { method: 'PUT', token, json: { story: 'switching', choice: ids[index % ids.length] } }),
  );
  attacks.push(
    attackOf(
      'one reader votes many times at once',
      'other choices, other networks',
      switched,
      (await read('switching')).total === 1,
    ),
  );

  const refreshed = [];
  for (const choice of ids.slice(0, 3)) {
    const { body } = await target.ask('/readers/refresh', { method: 'POST', token });
    refreshed.push(
      await target.ask('/reactions', { method: 'PUT', token: body.token, json: { story: 'refreshed', choice } }),
    );
  }
  attacks.push(
    attackOf('one reader with fresh tokens', 'refresh, then vote', refreshed, (await read('refreshed')).total === 1),
  );

  const key = await target.serverKey();
  const choices = ['one', 'two'].map((id) => ({ id, label: { vi: id } }));
  await target.ask('/polls/several', {
    method: 'PUT',
    token: key,
    json: { question: { vi: 'Several?' }, choices, multiple: true },
  });
  const several = await mapSome(
    [['one', 'one'], range(60).map((index) => (index % 2 ? 'one' : 'two')), ['two', 'one', 'two']],
    (choice) => target.ask('/reactions', { method: 'PUT', token, json: { story: 'several', poll: 'several', choice } }),
    1,
  );
  const tally = (await target.ask('/reactions?story=several&poll=several')).body;
  attacks.push(
    attackOf(
      'ids that repeat in a poll of several choices',
      'lists of choices',
      several,
      tally.total === 1 && Math.max(...Object.values(tally.counts)) === 1,
      JSON.stringify(tally.counts),
    ),
  );

  const repeated = await mapSome(
    [
      [ids[0], ids[0]],
      [...ids, ...ids],
      Array.from({ length: 65 }, () => ids[0]),
      [],
      [ids[0], 'nothing'],
      ['__proto__'],
    ],
    (choice) => target.ask('/reactions', { method: 'PUT', token, json: { story: 'repeated', choice } }),
  );
  const total = (await read('repeated')).total;
  attacks.push(
    attackOf(
      'ids that repeat',
      'lists of choices',
      repeated,
      total <= 1 && repeated.every(({ status }) => status < 500),
      `${total} votes`,
    ),
  );

  const comment = (await target.comment(await target.guest(), 'votes', 'vote for this')).body.comment.id;
  const liked = await mapSome(range(30), () =>
    target.ask(`/comments/${comment}/vote`, { method: 'PUT', token, json: { value: 1 } }),
  );
  const up = Math.max(...liked.map(({ body }) => body?.votes?.up ?? 0));
  const odd = await mapSome([2, -2, 1.5, '1', null, 1e9, [1]], (value) =>
    target.ask(`/comments/${comment}/vote`, { method: 'PUT', token, json: { value } }),
  );
  attacks.push(attackOf('likes of one reader at once', 'a comment', liked, up === 1));
  attacks.push(
    attackOf(
      'likes that count more',
      'other values',
      odd,
      odd.every(({ status }) => status === 422),
    ),
  );

  const makers = range(Math.ceil(guestCount / guestsPerAddress)).map(() => target.newAddress());
  const guests = await mapSome(range(guestCount), (index) =>
    target.guest('', { address: makers[Math.floor(index / guestsPerAddress)] ?? '' }),
  );
  const address = target.newAddress();
  // All choices in turn, so that it is no burst for one of them.
  const stuffed = await mapSome(guests, (guest, index) =>
    target.ask('/reactions', {
      method: 'PUT',
      token: guest,
      address,
      json: { story: 'stuffed', choice: ids[index % ids.length] },
    }),
  );
  const counted = (await read('stuffed')).total;
  attacks.push(
    attackOf('guests of one network', 'one vote each', stuffed, counted === maxNetworkGuests, `${counted} votes`),
  );

  const stuffedLikes = await mapSome(guests, (guest) =>
    target.ask(`/comments/${comment}/vote`, { method: 'PUT', token: guest, address, json: { value: 1 } }),
  );
  const likes = Math.max(...stuffedLikes.map(({ body }) => body?.votes?.up ?? 0));
  attacks.push(
    attackOf(
      'guests of one network like a comment',
      'one like each',
      stuffedLikes,
      likes <= maxNetworkGuests + 1,
      `${likes} likes`,
    ),
  );

  const burst = await mapSome(guests.slice(0, 400), (guest) =>
    target.ask('/reactions', { method: 'PUT', token: guest, json: { story: 'burst', choice: ids[0] } }),
  );
  const state = (await read('burst')).poll.state;
  attacks.push(
    attackOf(
      'guests of many networks want the same within a minute',
      'one vote each',
      burst,
      state === 'frozen',
      state,
    ),
  );

  const made = await mapSome(range(200), () => target.ask('/readers', { method: 'POST', address, json: {} }));
  attacks.push(
    attackOf(
      'guests from one network',
      'POST /readers',
      made,
      made.filter(({ status }) => status === 201).length <= 120,
    ),
  );
  return attacks;
}

/** @param {import('./target.js').Target} target */
async function raiseStory(target) {
  const token = await target.serverKey();
  const publishedAt = new Date().toISOString();
  const stories = ['raised', 'popular'].map((id) => ({ id, url: `${target.url}/${id}`, title: id, publishedAt }));
  await target.ask('/stories', { method: 'PUT', token, json: { stories } });
  /** @param {string} story @param {string} address @param {number} [count] */
  const signal = (story, address, count = 1) =>
    target.ask('/signals', {
      method: 'POST',
      address,
      body: JSON.stringify({ signals: range(count).map(() => ({ type: 'read', story })) }),
    });
  // More than the demo's own stories have.
  const popular = await mapSome(range(12), (index) => signal('popular', `203.0.113.${index}`));
  const address = target.newAddress();
  const raised = await mapSome(range(80), () => signal('raised', address, 50));
  const keys = await until(async () => {
    const { body } = await target.ask(`/stories/most-read?limit=100&x=${Math.random()}`);
    const found = body.items.map((/** @type {{ id: string }} */ { id }) => id);
    return found.includes('popular') ? found : undefined;
  });
  const [at, other] = ['raised', 'popular'].map((id) => keys.indexOf(id));
  const held = popular.every(({ status }) => status === 204) && (at === -1 || at > other);
  return [
    attackOf(
      'reads of one address against twelve readers',
      '80 beacons of 50 reads',
      raised,
      held,
      `places ${at} and ${other}`,
    ),
  ];
}
