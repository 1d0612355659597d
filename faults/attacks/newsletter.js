/** Newsletters: timing of wrong codes, mail bombs, links that scanners open, and lines in headers of mails. */
import { simpleParser } from 'mailparser';
import { attackOf, mapSome, range, until } from './target.js';

const tries = 300;
/** Tries of one address since its last code; later ones are refused in another way. */
const triesPerAddress = 4;
/** The chance that a known address takes longer than an unknown one is this close to a half. */
const maxDeviation = 0.1;
const maxMailboxMails = 3;
const maxNetworkMails = 20;

/**
 * @param {import('./target.js').Target} target
 * @returns {Promise<import('./target.js').Attack[]>}
 */
export async function attack(target) {
  const { lists } = (await target.ask('/newsletters')).body;
  /** @param {string} email @param {string} [address] */
  const subscribe = (email, address) =>
    target.ask('/subscriptions', {
      method: 'POST',
      json: { email, lists: [lists[0].id], consent: lists[0].consent.id, lang: 'en' },
      ...(address ? { address } : {}),
    });
  return [
    await guessAddresses(target, subscribe),
    ...(await bombMailboxes(target, subscribe)),
    ...(await openLinks(target, subscribe)),
    ...(await addLines(target, subscribe)),
  ];
}

/** @param {import('./target.js').Target} target @param {string} to */
const mailsTo = (target, to) => target.mails().filter((mail) => mail.includes(`\r\nTo: ${to}\r\n`));

/** Compares how long a wrong code takes for addresses that subscribe and for others. */
async function guessAddresses(
  /** @type {import('./target.js').Target} */ target,
  /** @type {(email: string) => Promise<import('./target.js').Answer>} */ subscribe,
) {
  const known = range(tries / triesPerAddress).map((index) => `known${index}@reader.example`);
  await mapSome(known, (email) => subscribe(email));
  await until(() => known.every((email) => mailsTo(target, email).length > 0) || undefined);
  /** @type {{ isKnown: boolean, ms: number }[]} */
  const times = [];
  const answers = [];
  for (const index of range(2 * tries)) {
    const isKnown = Math.random() < 0.5;
    const count = times.filter((each) => each.isKnown === isKnown).length;
    const wanted = count < tries ? isKnown : !isKnown;
    const at = Math.floor(times.filter((each) => each.isKnown === wanted).length / triesPerAddress);
    const email = wanted ? (known[at] ?? '') : `other${at}@reader.example`;
    const address = target.newAddress();
    const startedAt = performance.now();
    const answer = await target.ask('/subscriptions/code', {
      method: 'POST',
      address,
      json: { email, code: String(100_000 + index) },
    });
    times.push({ isKnown: wanted, ms: performance.now() - startedAt });
    answers.push(answer);
  }
  const area = areaUnderCurve(
    times.filter(({ isKnown }) => isKnown).map(({ ms }) => ms),
    times.filter(({ isKnown }) => !isKnown).map(({ ms }) => ms),
  );
  const held =
    Math.abs(area - 0.5) < maxDeviation && new Set(answers.map(({ text, status }) => status + text)).size === 1;
  return attackOf(
    'which addresses subscribe, by the time of wrong codes',
    `${tries} known, ${tries} unknown`,
    answers,
    held,
    `AUC ${area.toFixed(3)}`,
  );
}

/** Returns the chance that one of the first numbers is larger than one of the second. */
function areaUnderCurve(/** @type {number[]} */ first, /** @type {number[]} */ second) {
  let larger = 0;
  for (const a of first) for (const b of second) larger += a > b ? 1 : a === b ? 0.5 : 0;
  return larger / (first.length * second.length);
}

async function bombMailboxes(
  /** @type {import('./target.js').Target} */ target,
  /** @type {(email: string, address?: string) => Promise<import('./target.js').Answer>} */ subscribe,
) {
  const attacks = [];
  const spellings = [
    ...range(15).map((index) => `victim+${index}@gmail.com`),
    ...range(5).map((index) =>
      `${'victim'.slice(0, index + 1)}.${'victim'.slice(index + 1)}@googlemail.com`.replace('.@', '@'),
    ),
    'VICTIM@GMAIL.COM',
    'v.i.c.t.i.m+x.y+z@GoogleMail.com',
    '\u202avictim@gmail.com\u202c',
    'vic\u200btim@gmail.com',
    'victim@ｇmail.com',
  ];
  const plus = await mapSome(spellings, (email) => subscribe(email), 4);
  const one = await mapSome(range(60), () => subscribe('target@reader.example'), 4);
  const address = target.newAddress();
  const many = await mapSome(range(60), (index) => subscribe(`stranger${index}@reader.example`, address), 4);
  // A mail that is wanted, queued last: all others are sent before it, or never.
  await subscribe('last@reader.example');
  await until(() => mailsTo(target, 'last@reader.example').length > 0 || undefined);
  const sent = target.mails();
  /** @param {RegExp} to */
  const count = (to) => sent.filter((mail) => to.test(/\r\nTo: (.*)\r\n/.exec(mail)?.[1] ?? '')).length;
  const victim = count(/^[vV][^@]*@(?:gmail|googlemail)\.com$/i);
  const target1 = count(/^target@/);
  const strangers = count(/^stranger/);
  attacks.push(
    attackOf(
      'mail bomb: plus, dots, case, invisible signs',
      'one mailbox, 25 networks',
      plus,
      victim > 0 && victim <= maxMailboxMails,
      `${victim} mails`,
    ),
  );
  attacks.push(
    attackOf(
      'mail bomb: one address',
      '60 networks',
      one,
      target1 > 0 && target1 <= maxMailboxMails,
      `${target1} mails`,
    ),
  );
  attacks.push(
    attackOf(
      'mail bomb: many strangers',
      'one network',
      many,
      strangers > 0 && strangers <= maxNetworkMails,
      `${strangers} mails`,
    ),
  );
  return attacks;
}

async function openLinks(
  /** @type {import('./target.js').Target} */ target,
  /** @type {(email: string, address?: string) => Promise<import('./target.js').Answer>} */ subscribe,
) {
  const email = 'links@reader.example';
  await subscribe(email);
  const { text = '' } = await simpleParser(await until(() => mailsTo(target, email)[0]));
  const paths = [...new Set([...text.matchAll(/\/newsletter\/[a-z]+\?token=[\w-]+/g)].map(([path]) => path))];
  const opened = [];
  for (const _ of range(10))
    for (const path of paths) for (const method of ['GET', 'HEAD']) opened.push(await target.open(path, { method }));
  // Still pending: the same page offers the button.
  const confirm = paths.find((path) => path.includes('/confirm'));
  const page = await target.open(confirm ?? '');
  const held =
    paths.length >= 2 && page.status === 200 && page.text.includes('<form method="post" action="/newsletter/confirm">');
  return [attackOf('links that scanners open', 'each link of a mail, 20 times', opened, held)];
}

async function addLines(
  /** @type {import('./target.js').Target} */ target,
  /** @type {(email: string, address?: string) => Promise<import('./target.js').Answer>} */ subscribe,
) {
  const emails = [
    'a@reader.example\r\nBcc: b@reader.example',
    'a\r\nBcc:b@reader.example',
    'a@reader.example%0d%0aBcc: b@reader.example',
    'a@reader.example\0',
    'a@reader.example, b@reader.example',
    'a@reader.example;b@reader.example',
    '"a\r\n"@reader.example',
    'a@reader.example\u2028Bcc: b@reader.example',
    '<a@reader.example>',
    'Lan <a@reader.example>',
    '=?utf-8?q?a?=@reader.example\r\n',
    `${'a'.repeat(300)}@reader.example`,
    'a@[127.0.0.1]',
    'a@localhost',
  ];
  const answers = await mapSome(emails, (email) => subscribe(email), 4);
  const set = await target.cli(
    'sites',
    'set',
    'demo',
    'name',
    'Paper\r\nBcc: bcc@reader.example\r\n\r\n<script>alert(1)</script>',
  );
  await new Promise((resolve) => setTimeout(resolve, 6_000));
  await subscribe('lines@reader.example');
  const mail = await simpleParser(await until(() => mailsTo(target, 'lines@reader.example')[0]));
  const isClean = target.mails().every((each) => !/^(?:Bcc|Cc):/im.test(each.slice(0, each.indexOf('\r\n\r\n'))));
  const outbox = await target.open('/outbox');
  return [
    attackOf(
      'lines in addresses',
      'CR, LF, NUL, lists, names',
      answers,
      answers.every(({ status }, index) => status === 422 || (index === 10 && status === 202)),
    ),
    attackOf(
      'lines and scripts in the name of a site',
      'the headers of its mails',
      [outbox],
      set.code === 0 &&
        isClean &&
        !mail.headers.has('bcc') &&
        !mail.subject?.includes('\n') &&
        !(mail.html || '').includes('<script>alert') &&
        !outbox.text.includes('<script>alert'),
    ),
  ];
}
