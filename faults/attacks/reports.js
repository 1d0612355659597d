/** Reports of one browser or network against a comment, and decisions on texts that were changed meanwhile. */
import { attackOf, mapSome, range } from './target.js';

/**
 * @param {import('./target.js').Target} target
 * @returns {Promise<import('./target.js').Attack[]>}
 */
export async function attack(target) {
  const story = 'reports';
  const author = await target.guest('Minh');
  /** @param {string} text */
  const post = async (text) => (await target.comment(author, story, text)).body.comment.id;
  const isShown = async (/** @type {string} */ id) =>
    (await target.ask(`/comments?story=${story}&sort=newest&limit=100&x=${Math.random()}`)).text.includes(id);
  /** @param {string} id @param {string[]} addresses */
  const report = (id, addresses) =>
    mapSome(
      addresses,
      async (address) =>
        target.ask(`/comments/${id}/reports`, {
          method: 'POST',
          token: await target.guest(),
          address,
          json: { reason: 'spam', note: 'x' },
        }),
      1,
    );
  const many = () => range(5).map(() => target.newAddress());
  const attacks = [];

  const control = await post('reported by several networks');
  const several = await report(control, many());
  attacks.push(
    attackOf('control: five networks', 'reports of one comment', several, !(await isShown(control)), 'hidden'),
  );

  const first = await post('reported by one network');
  const one = target.newAddress();
  const ofOne = await report(
    first,
    range(8).map(() => one),
  );
  attacks.push(attackOf('guests of one network hide a comment', '8 guests', ofOne, await isShown(first)));

  const second = await post('reported by one IPv6 customer');
  const ofCustomer = await report(
    second,
    range(8).map((index) => `2001:db8:7:${index}::1`),
  );
  attacks.push(
    attackOf(
      'guests of one IPv6 customer (48 bits)',
      '8 guests in 8 networks of 64 bits',
      ofCustomer,
      await isShown(second),
    ),
  );

  const third = await post('reported by one guest again and again');
  const guest = await target.guest();
  const repeated = await mapSome(many(), (address) =>
    target.ask(`/comments/${third}/reports`, { method: 'POST', token: guest, address, json: { reason: 'spam' } }),
  );
  attacks.push(attackOf('one guest from many networks', '5 reports', repeated, await isShown(third)));

  const approved = await post('approved by a moderator');
  await target.cli('comments', 'approve', '--site', 'demo', approved);
  const onApproved = await report(approved, many());
  attacks.push(attackOf('reports on what a moderator approved', 'five networks', onApproved, await isShown(approved)));

  const picked = await post('picked by the newsroom');
  await target.cli('comments', 'feature', '--site', 'demo', picked);
  const onPicked = await report(picked, many());
  attacks.push(attackOf('reports on what the newsroom picked', 'five networks', onPicked, await isShown(picked)));

  attacks.push(...(await attackDecisions(target)));
  return attacks;
}

/** @param {import('./target.js').Target} target */
async function attackDecisions(target) {
  const site = 'held';
  const story = 'decisions';
  await target.cli('sites', 'add', site, '--moderation', 'pre', '--stories', 'any');
  const token = await target.guest('Minh', { site });
  /** @param {string} text */
  const post = async (text) => (await target.comment(token, story, text, { site })).body.comment;
  const edited = await post('harmless');
  const listed = (await target.cli('comments', 'list', '--site', site)).output;
  const edit = await target.ask(`/comments/${edited.id}`, { method: 'PATCH', token, site, json: { text: 'canary' } });
  const decided = [
    await target.cli('comments', 'approve', '--site', site, `${edited.id}@1`),
    await target.cli('comments', 'approve', '--site', site, edited.id),
  ];
  const read = await target.ask(`/comments?story=${story}&sort=newest`, { site });
  const shown = await target.cli('comments', 'approve', '--site', site, `${edited.id}@2`);
  return [
    attackOf(
      'a text that is changed before it is approved',
      'approve id@1 and id, after an edit',
      [edit, ...decided.map(({ code }) => ({ status: code, body: undefined }))],
      listed.includes(`${edited.id}@1`) &&
        decided.every(({ code }) => code === 1) &&
        !read.text.includes('canary') &&
        shown.code === 0,
    ),
  ];
}
