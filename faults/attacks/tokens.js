/** Tokens of readers: other spellings, other algorithms, other signers, other sites, other times. */
import { createHmac } from 'node:crypto';
import { attackOf, mapSome, secret } from './target.js';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** @param {unknown} value */
const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

/**
 * Signs as the server does, with what is given instead.
 *
 * @param {object} claims
 * @param {{ header?: object, key?: string, hash?: string }} [options]
 */
function sign(claims, { header = { alg: 'HS256' }, key = `reader:${secret}`, hash = 'sha256' } = {}) {
  const signed = `${encode(header)}.${encode(claims)}`;
  return `${signed}.${createHmac(hash, key).update(signed).digest('base64url')}`;
}

/**
 * @param {import('./target.js').Target} target
 * @returns {Promise<import('./target.js').Attack[]>}
 */
export async function attack(target) {
  const token = await target.guest();
  const parts = token.split('.');
  const claims = JSON.parse(Buffer.from(parts[1] ?? '', 'base64url').toString());
  await target.cli('sites', 'add', 'other', '--moderation', 'post', '--stories', 'any');
  const key = await target.serverKey();
  const now = Math.floor(Date.now() / 1000);
  const [header = '', body = '', signature = ''] = parts;

  const spellings = parts.flatMap((part, index) => {
    const last = alphabet.indexOf(part.at(-1) ?? '');
    const others = [1, 2, 3].map((bits) => part.slice(0, -1) + alphabet[last ^ bits]);
    return [...others, `${part}=`, `${part}!`, `${part}.`].map((other) => parts.with(index, other).join('.'));
  });
  const algorithms = [
    ...['none', 'None', 'nOnE', 'NONE', ''].flatMap((alg) => [
      `${encode({ alg })}.${body}.`,
      `${encode({ alg })}.${body}.${signature}`,
    ]),
    sign(claims, { header: { alg: 'HS384' }, hash: 'sha384' }),
    sign(claims, { header: { alg: 'HS512' }, hash: 'sha512' }),
    ...['RS256', 'ES256', 'PS256', 'EdDSA', '__proto__'].map((alg) => sign(claims, { header: { alg } })),
    sign(claims, { header: { alg: 'HS256', crit: ['b64'], b64: false } }),
    sign(claims, { header: { alg: 'HS256', crit: ['x'] } }),
    sign(claims, { header: { alg: 'dir', enc: 'A256GCM' } }),
    `${header}.${body}.`,
    `${header}..${signature}`,
    `${header}.${body}`,
    `${header}.${encode({ ...claims, sub: '01990000-0000-7000-8000-000000000000' })}.${signature}`,
  ];
  const signers = ['reader:another secret of thirty characters', secret, 'reader:', '', `newsletter:${secret}`].map(
    (other) => sign(claims, { key: other }),
  );
  const contents = [
    { ...claims, aud: 'other' },
    { ...claims, aud: ['other', 'x'] },
    { ...claims, iss: 'elsewhere' },
    { ...claims, iss: undefined },
    { ...claims, exp: now - 1 },
    { ...claims, exp: undefined },
    { ...claims, exp: 'never' },
    { ...claims, nbf: now + 3600 },
    { ...claims, sub: undefined },
    { ...claims, sub: '01990000-0000-7000-8000-000000000000' },
    { ...claims, sub: { $ne: 1 } },
    { ...claims, sub: "' or 1=1 --" },
    { ...claims, sub: '\0' },
  ].map((changed) => sign(changed));

  /** @param {string} given */
  const me = (given) => target.ask('/me', { token: given });
  /** @param {string} attack @param {string} tried @param {string[]} given */
  const refused = async (attack, tried, given) => {
    const answers = await mapSome(given, me);
    return attackOf(
      attack,
      tried,
      answers,
      answers.every(({ status }) => status === 401),
    );
  };
  const controls = [await me(token), await me(sign(claims))];
  const elsewhere = [
    await target.ask('/me', { token, site: 'other' }),
    await target.ask('/me', { token: key }),
    await target.ask('/polls', { token }),
    await target.ask('/polls', { token: key, site: 'other' }),
    await target.ask('/polls', { token: key.slice(0, -1) }),
    await target.ask('/polls', { token: 'awk_' }),
    await target.ask(`/me?access_token=${token}&token=${token}`),
    await target.ask('/me', { headers: { cookie: `token=${token}` } }),
    await target.ask('/me', { headers: { authorization: `Basic ${token}` } }),
    await target.ask('/me', { headers: { authorization: token } }),
    await target.ask('/me', { token: 'x'.repeat(60_000) }),
  ];
  return [
    attackOf(
      'control: genuine tokens',
      'GET /me',
      controls,
      controls.every(({ status }) => status === 200),
    ),
    await refused('trailing bits and other spellings', 'each part altered', spellings),
    await refused('algorithms', 'none, HMAC of others, RSA, crit, no signature', algorithms),
    await refused('signers', 'other secrets and purposes', signers),
    await refused('claims', 'site, issuer, expiry, reader, with the right secret', contents),
    attackOf(
      'in another place',
      'another site, a key as token, query, cookie',
      elsewhere,
      elsewhere.every(({ status }) => status === 401 || status === 404),
    ),
  ];
}
