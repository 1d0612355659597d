/** The address of a client, by which limits count: forged where no proxy is trusted, and in forms that proxies send. */
import { attackOf, mapSome, range, startTarget } from './target.js';

/** Guests that one network makes within a minute. */
const maxGuests = 120;
const times = 300;

/**
 * @param {import('./target.js').Target} target
 * @returns {Promise<import('./target.js').Attack[]>}
 */
export async function attack(target) {
  const attacks = [];
  const direct = await startTarget(target.database, { AFTERWORD_TRUST_PROXY: '0' });
  try {
    const names = ['x-forwarded-for', 'forwarded', 'x-real-ip', 'true-client-ip', 'cf-connecting-ip', 'x-client-ip'];
    attacks.push(
      await makeGuests(direct, 'no proxy is trusted', 'a forged address, by six headers', (index) => {
        const address = `203.0.113.${index % 250}`;
        const name = names[index % names.length] ?? '';
        return { [name]: name === 'forwarded' ? `for=${address}` : address };
      }),
    );
  } finally {
    await direct.stop();
  }
  /** @param {(index: number) => string} forward @param {string} tried */
  const forwarded = async (tried, forward) =>
    attacks.push(
      await makeGuests(target, 'behind a trusted proxy', tried, (index) => ({ 'x-forwarded-for': forward(index) })),
    );
  await forwarded('a port for each connection', (index) => `198.51.100.7:${1024 + index}`);
  await forwarded(
    'an IPv6 network of 64 bits, with ports',
    (index) => `[2001:db8:0:1::${index.toString(16)}]:${1024 + index}`,
  );
  await forwarded(
    'forged addresses before the real one',
    (index) => `203.0.113.${index % 250}, 10.0.0.${index % 250}, 198.51.100.8`,
  );
  await forwarded('IPv4 in IPv6', (index) => (index % 2 ? '::ffff:198.51.100.9' : '::ffff:c633:6409'));
  await forwarded('zones of IPv6', (index) => `2001:db8:0:2::1%eth${index}`);
  await forwarded('what is no address', (index) => `unknown${index}`);
  return attacks;
}

/**
 * @param {import('./target.js').Target} target
 * @param {string} attack
 * @param {string} tried
 * @param {(index: number) => Record<string, string>} headersOf
 */
async function makeGuests(target, attack, tried, headersOf) {
  const answers = await mapSome(range(times), (index) =>
    target.ask('/readers', { method: 'POST', json: {}, address: '', headers: headersOf(index) }),
  );
  const made = answers.filter(({ status }) => status === 201).length;
  return attackOf(
    `limits, ${attack}`,
    tried,
    answers,
    made > 0 && made <= maxGuests && answers.every(({ status }) => status === 201 || status === 429),
  );
}
