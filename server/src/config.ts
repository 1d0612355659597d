import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import ipaddr from 'ipaddr.js';
import { z } from 'zod';

/** How the server is to run: the environment, read once, checked and filled in. */
export interface Config {
  readonly port: number;
  readonly host: string;
  /** Every link in mails and pages is made from this, never from a request. No slash at its end. */
  readonly url: string;
  readonly data: string;
  readonly database: string;
  readonly valkey: string | undefined;
  /** The first signs, all verify. */
  readonly secrets: readonly string[];
  readonly smtp: string | undefined;
  readonly mailFrom: string | undefined;
  readonly demo: boolean;
  readonly trustProxy: TrustProxy;
  readonly metricsToken: string | undefined;
  readonly limits: boolean;
  readonly log: 'debug' | 'info' | 'warn' | 'error' | 'silent';
}

/** Which peers may say whom they forward for: a number of hops, or networks. */
export type TrustProxy = number | readonly [ipaddr.IPv4 | ipaddr.IPv6, number][];

/** Something an operator must mend; shown as one line, without a stack. */
export class OperatorError extends Error {}

const flag = z.enum(['0', '1']).transform((value) => value === '1');
const environment = z.object({
  PORT: z
    .string()
    .regex(/^\d{1,5}$/, 'must be a port number')
    .transform(Number)
    .refine((port) => port < 65536, 'must be below 65536')
    .default(8787),
  HOST: z.string().min(1).default('127.0.0.1'),
  AFTERWORD_URL: z.url({ protocol: /^https?$/, error: 'must be an http(s) address' }).optional(),
  AFTERWORD_DATA: z.string().min(1).default('./data'),
  AFTERWORD_DATABASE: z
    .string()
    .regex(/^(sqlite:.+|postgres(ql)?:\/\/.+)$/, 'must be sqlite:<file> or postgres://…')
    .optional(),
  AFTERWORD_VALKEY: z
    .string()
    .regex(/^(redis|valkey)s?:\/\/.+$/, 'must be redis://… or valkey://…')
    .optional(),
  AFTERWORD_SECRET: z.string().optional(),
  AFTERWORD_SMTP: z
    .string()
    .regex(/^smtps?:\/\/.+$/, 'must be smtp://… or smtps://…')
    .optional(),
  AFTERWORD_MAIL_FROM: z.string().min(3).optional(),
  AFTERWORD_DEMO: flag.default(false),
  AFTERWORD_TRUST_PROXY: z.string().optional(),
  AFTERWORD_METRICS_TOKEN: z.string().min(16, 'must have at least 16 characters').optional(),
  AFTERWORD_LIMITS: z.enum(['on', 'off'], { error: 'must be on or off' }).default('on'),
  AFTERWORD_LOG: z.enum(['debug', 'info', 'warn', 'error', 'silent']).optional(),
});

/** Names the tests use, which the server itself does not read. */
const namesForTests = ['AFTERWORD_TEST_POSTGRES', 'AFTERWORD_TEST_VALKEY'];
const secretChars = 32;

/**
 * Reads the environment, and the secret kept in the data folder (made there at the first start).
 *
 * @throws OperatorError with one line that names the setting and what it should be
 */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const unknown = Object.keys(env).find(
    (name) => name.startsWith('AFTERWORD_') && !(name in environment.shape) && !namesForTests.includes(name),
  );
  if (unknown) throw new OperatorError(`${unknown} is not a setting of Afterword.`);
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = environment.safeParse(given);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new OperatorError(`${String(issue?.path[0])} ${issue?.message}.`);
  }
  const set = parsed.data;
  const loopback = isLoopback(set.HOST);
  if (!set.AFTERWORD_URL && !loopback)
    throw new OperatorError(`AFTERWORD_URL is needed when HOST is ${set.HOST}: links in mails are made from it.`);
  if (set.AFTERWORD_LIMITS === 'off' && !loopback)
    throw new OperatorError('AFTERWORD_LIMITS=off is only for HOST on loopback.');
  if (set.AFTERWORD_SMTP && !set.AFTERWORD_MAIL_FROM)
    throw new OperatorError('AFTERWORD_MAIL_FROM is needed with AFTERWORD_SMTP.');
  const data = resolve(set.AFTERWORD_DATA);
  makeWritable(data);
  const database = set.AFTERWORD_DATABASE ?? `sqlite:${join(data, 'afterword.db')}`;
  return {
    port: set.PORT,
    host: set.HOST,
    url: (set.AFTERWORD_URL ?? `http://localhost:${set.PORT}`).replace(/\/+$/, ''),
    data,
    database,
    valkey: set.AFTERWORD_VALKEY,
    secrets: secrets(set.AFTERWORD_SECRET, data, database),
    smtp: set.AFTERWORD_SMTP,
    mailFrom: set.AFTERWORD_MAIL_FROM,
    demo: set.AFTERWORD_DEMO,
    trustProxy: trustProxy(set.AFTERWORD_TRUST_PROXY),
    metricsToken: set.AFTERWORD_METRICS_TOKEN,
    limits: set.AFTERWORD_LIMITS === 'on',
    // Whoever tries the demo reads the terminal; whoever runs a server reads the log.
    log: set.AFTERWORD_LOG ?? (set.AFTERWORD_DEMO ? 'warn' : 'info'),
  };
}

function makeWritable(folder: string): void {
  try {
    makeFolder(folder);
    const probe = join(folder, `.writable-${process.pid}`);
    writeFileSync(probe, '', { mode: 0o600 });
    rmSync(probe);
  } catch (error) {
    throw new OperatorError(
      `AFTERWORD_DATA: cannot write to ${folder} (${(error as NodeJS.ErrnoException).code ?? 'unknown error'}).`,
    );
  }
}

/** Step by step: `mkdir` with `recursive` never returns below a folder that holds no folders, such as /proc. */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  makeFolder(dirname(folder));
  mkdirSync(folder);
}

function secrets(given: string | undefined, data: string, database: string): string[] {
  const file = join(data, 'secret');
  if (given === undefined) {
    if (!database.startsWith('sqlite:'))
      throw new OperatorError('AFTERWORD_SECRET is needed with PostgreSQL, the same on every node.');
    if (existsSync(file)) return [keptSecret(file)];
    const made = randomBytes(48).toString('base64url');
    writeFileSync(file, `${made}\n`, { mode: 0o600 });
    return [made];
  }
  const list = given.split(',').map((secret) => secret.trim());
  if (list.some((secret) => secret.length < secretChars))
    throw new OperatorError(
      `AFTERWORD_SECRET must have at least ${secretChars} characters; a comma separates several.`,
    );
  return list;
}

/** A disk that was full at the first start leaves an empty file, and everybody can sign with nothing. */
function keptSecret(file: string): string {
  const secret = readFileSync(file, 'utf8').trim();
  if (secret.length < secretChars)
    throw new OperatorError(`${file} holds no secret. Put it back from a backup; where there is none, delete it.`);
  return secret;
}

function trustProxy(given: string | undefined): TrustProxy {
  if (given === undefined) return 0;
  if (/^\d{1,2}$/.test(given)) return Number(given);
  try {
    return given.split(',').map((network) => {
      const trimmed = network.trim();
      return ipaddr.parseCIDR(trimmed.includes('/') ? trimmed : `${trimmed}/${trimmed.includes(':') ? 128 : 32}`);
    });
  } catch {
    throw new OperatorError('AFTERWORD_TRUST_PROXY must be a number of hops or a comma list of networks (10.0.0.0/8).');
  }
}

function isLoopback(host: string): boolean {
  if (host === 'localhost') return true;
  return ipaddr.isValid(host) && ipaddr.process(host).range() === 'loopback';
}
