import { join, resolve } from 'node:path';
import ipaddr from 'ipaddr.js';
import { z } from 'zod';
import { encodedCredentialsError, hasEncodedCredentials } from './connection-url.js';
import { readDkim, type DkimSettings } from './dkim.js';
import { makeWritable, minSecretLength, readOrMakeSecret, requireFolder } from './data-folder.js';
import { OperatorError } from './operator-error.js';
import { readSecretFiles, secretFileSettings } from './secret-files.js';
import { secondMs } from './time.js';

export { OperatorError };

/** The settings of a server: the environment, read once, validated, with defaults filled in. */
export interface Config {
  readonly port: number;
  readonly host: string;
  /** Origin of every link in mails and pages, which never come from a request. Without a slash at its end. */
  readonly url: string;
  readonly dataFolder: string;
  readonly database: string;
  /** The largest number of connections to PostgreSQL. */
  readonly databasePool: number;
  readonly valkey: string | undefined;
  /** Secrets of signatures: the first one signs, all of them verify. */
  readonly secrets: readonly string[];
  readonly smtp: string | undefined;
  readonly mailFrom: string | undefined;
  /** Connections to the mail server, and so mails that are sent at a time. */
  readonly smtpConnections: number;
  /** The largest number of mails that a node sends in a minute. */
  readonly mailsPerMinute: number | undefined;
  /** Set where mails are signed. */
  readonly dkim: DkimSettings | undefined;
  readonly demo: boolean;
  /** Set where the server writes backups. */
  readonly backups: BackupSettings | undefined;
  readonly trustProxy: TrustProxy;
  readonly metricsToken: string | undefined;
  readonly areLimitsOn: boolean;
  /** The pause between the signal to stop and the close of the listener. */
  readonly drainMs: number;
  /** The time for the whole stop. */
  readonly stopMs: number;
  /** Set where traces are sent by OpenTelemetry. */
  readonly traces: TracesProtocol | undefined;
  /** Set where each request gets a line in the log. */
  readonly isAccessLogOn: boolean;
  /** Statements that take longer are logged. 0 is off. */
  readonly slowStatementMs: number;
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent';
}

/** The encodings of OTLP over HTTP. */
export type TracesProtocol = 'http/json' | 'http/protobuf';

/** Backups of a SQLite database by the server itself. */
export interface BackupSettings {
  readonly hours: number;
  /** The number of backups that are kept. */
  readonly keep: number;
  readonly folder: string;
}

/** The peers whose forwarded addresses are trusted: a number of hops, or networks. */
export type TrustProxy = number | readonly [ipaddr.IPv4 | ipaddr.IPv6, number][];

/** A whole number between two others, as text. */
const wholeNumber = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, `must be a whole number from ${min} to ${max}`)
    .transform(Number)
    .refine((number) => number >= min && number <= max, `must be a whole number from ${min} to ${max}`);

const onOrOff = z.enum(['on', 'off'], { error: 'must be on or off' });
const flag = z.enum(['0', '1']).transform((value) => value === '1');
const environment = z.object({
  PORT: z
    .string()
    .regex(/^\d{1,5}$/, 'must be a port number')
    .transform(Number)
    .refine((port) => port < 65536, 'must be below 65536')
    .default(8787),
  HOST: z.string().min(1).default('127.0.0.1'),
  AFTERWORD_URL: z
    .url({ protocol: /^https?$/, error: 'must be an http(s) address' })
    .refine(isOrigin, {
      error:
        'must be an origin such as https://afterword.paper.example, without path, query or password: ' +
        'give Afterword a host name of its own',
    })
    .transform((url) => new URL(url).origin)
    .optional(),
  AFTERWORD_DATA: z.string().min(1).default('./data'),
  AFTERWORD_DATABASE: z
    .string()
    .regex(/^(sqlite:.+|postgres(ql)?:\/\/.+)$/, 'must be sqlite:<file> or postgres://…')
    .refine((url) => url.startsWith('sqlite:') || hasEncodedCredentials(url), encodedCredentialsError)
    .optional(),
  AFTERWORD_DATABASE_POOL: wholeNumber(2, 1000).default(10),
  AFTERWORD_VALKEY: z
    .string()
    .regex(/^(redis|valkey)s?:\/\/.+$/, 'must be redis://… or valkey://…')
    .refine(hasEncodedCredentials, encodedCredentialsError)
    .optional(),
  AFTERWORD_SECRET: z.string().optional(),
  AFTERWORD_SMTP: z
    .string()
    .regex(/^smtps?:\/\/.+$/, 'must be smtp://… or smtps://…')
    .refine(hasEncodedCredentials, encodedCredentialsError)
    .refine((url) => URL.canParse(url), 'must be smtps://user:password@host:port')
    .optional(),
  AFTERWORD_MAIL_FROM: z.string().min(3).optional(),
  AFTERWORD_SMTP_CONNECTIONS: wholeNumber(1, 50).default(3),
  AFTERWORD_MAIL_PER_MINUTE: wholeNumber(1, 100_000).optional(),
  AFTERWORD_DKIM_KEY: z.string().optional(),
  AFTERWORD_DKIM_DOMAIN: z.string().optional(),
  AFTERWORD_DKIM_SELECTOR: z.string().optional(),
  AFTERWORD_DEMO: flag.default(false),
  AFTERWORD_BACKUP_HOURS: wholeNumber(1, 720).optional(),
  AFTERWORD_BACKUP_KEEP: wholeNumber(1, 10_000).default(7),
  AFTERWORD_BACKUP_FOLDER: z.string().min(1).optional(),
  AFTERWORD_TRUST_PROXY: z.string().optional(),
  AFTERWORD_METRICS_TOKEN: z
    .string()
    .min(16, 'must have at least 16 characters')
    .regex(/^[\x21-\x7e]+$/, 'must have no spaces and ASCII characters only')
    .optional(),
  AFTERWORD_LIMITS: onOrOff.default('on'),
  AFTERWORD_DRAIN_SECONDS: wholeNumber(0, 3600).default(0),
  AFTERWORD_STOP_SECONDS: wholeNumber(1, 3600).default(25),
  AFTERWORD_ACCESS_LOG: onOrOff.default('off'),
  AFTERWORD_SLOW_MS: wholeNumber(0, 600_000).default(500),
  AFTERWORD_LOG: z.enum(['debug', 'info', 'warn', 'error', 'silent']).optional(),
});

/** Settings of the tests, which the server accepts and ignores. */
const testSettings = ['AFTERWORD_TEST_POSTGRES', 'AFTERWORD_TEST_VALKEY'];

/**
 * Reads the environment, and the secret in the data folder, which the first start creates.
 *
 * @param options `mustExist` is set by commands that work on existing data: they create no data folder, need none beside
 * PostgreSQL, and have no secrets
 * @throws OperatorError with one line that names the setting and its valid values
 */
export function readConfig(env: NodeJS.ProcessEnv, { mustExist = false }: { mustExist?: boolean } = {}): Config {
  const unknown = Object.keys(env).find(
    (name) =>
      name.startsWith('AFTERWORD_') &&
      !(name in environment.shape) &&
      !secretFileSettings.has(name) &&
      !testSettings.includes(name),
  );
  if (unknown) throw new OperatorError(`${unknown} is not a setting of Afterword.`);
  const { values, givenName } = readSecretFiles(env);
  const given = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ''));
  const parsed = environment.safeParse(given);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new OperatorError(`${givenName(String(issue?.path[0]))} ${issue?.message}.`);
  }
  const set = parsed.data;
  const loopback = isLoopback(set.HOST);
  if (!set.AFTERWORD_URL && !loopback)
    throw new OperatorError(`AFTERWORD_URL is needed when HOST is ${set.HOST}: links in mails are made from it.`);
  if (set.AFTERWORD_LIMITS === 'off' && !loopback)
    throw new OperatorError('AFTERWORD_LIMITS=off is only for HOST on loopback.');
  if (set.AFTERWORD_DRAIN_SECONDS >= set.AFTERWORD_STOP_SECONDS)
    throw new OperatorError(
      `AFTERWORD_STOP_SECONDS (${set.AFTERWORD_STOP_SECONDS}) must be above AFTERWORD_DRAIN_SECONDS (${set.AFTERWORD_DRAIN_SECONDS}).`,
    );
  if (set.AFTERWORD_SMTP && set.AFTERWORD_DEMO)
    throw new OperatorError(
      `${givenName('AFTERWORD_SMTP')} is not for the demo, which mails nobody: it writes to its own mailbox, /outbox. ` +
        'Unset it, or AFTERWORD_DEMO.',
    );
  if (set.AFTERWORD_SMTP && !set.AFTERWORD_MAIL_FROM)
    throw new OperatorError('AFTERWORD_MAIL_FROM is needed with AFTERWORD_SMTP.');
  if (set.AFTERWORD_BACKUP_HOURS !== undefined && set.AFTERWORD_DATABASE?.startsWith('postgres'))
    throw new OperatorError(
      'AFTERWORD_BACKUP_HOURS is for SQLite. Back up PostgreSQL with its own tools: docs/backup.md.',
    );
  const dataFolder = resolve(set.AFTERWORD_DATA);
  const database = set.AFTERWORD_DATABASE ?? `sqlite:${join(dataFolder, 'afterword.db')}`;
  if (!mustExist) makeWritable(dataFolder);
  else if (database.startsWith('sqlite:')) requireFolder(dataFolder);
  return {
    port: set.PORT,
    host: set.HOST,
    url: set.AFTERWORD_URL ?? `http://localhost:${set.PORT}`,
    dataFolder,
    database,
    databasePool: set.AFTERWORD_DATABASE_POOL,
    valkey: set.AFTERWORD_VALKEY,
    secrets: mustExist ? [] : readSecrets(set.AFTERWORD_SECRET, givenName('AFTERWORD_SECRET'), dataFolder, database),
    smtp: set.AFTERWORD_SMTP,
    mailFrom: set.AFTERWORD_MAIL_FROM,
    smtpConnections: set.AFTERWORD_SMTP_CONNECTIONS,
    mailsPerMinute: set.AFTERWORD_MAIL_PER_MINUTE,
    dkim: readDkim(
      {
        key: set.AFTERWORD_DKIM_KEY,
        domain: set.AFTERWORD_DKIM_DOMAIN,
        selector: set.AFTERWORD_DKIM_SELECTOR,
      },
      givenName('AFTERWORD_DKIM_KEY'),
    ),
    demo: set.AFTERWORD_DEMO,
    backups:
      set.AFTERWORD_BACKUP_HOURS === undefined
        ? undefined
        : {
            hours: set.AFTERWORD_BACKUP_HOURS,
            keep: set.AFTERWORD_BACKUP_KEEP,
            folder: resolve(set.AFTERWORD_BACKUP_FOLDER ?? join(dataFolder, 'backups')),
          },
    trustProxy: parseTrustProxy(set.AFTERWORD_TRUST_PROXY),
    metricsToken: set.AFTERWORD_METRICS_TOKEN,
    areLimitsOn: set.AFTERWORD_LIMITS === 'on',
    drainMs: set.AFTERWORD_DRAIN_SECONDS * secondMs,
    stopMs: set.AFTERWORD_STOP_SECONDS * secondMs,
    traces: mustExist ? undefined : readTracesProtocol(env),
    isAccessLogOn: set.AFTERWORD_ACCESS_LOG === 'on',
    slowStatementMs: set.AFTERWORD_SLOW_MS,
    // The demo prints its addresses to the terminal, between which log lines would be noise.
    logLevel: set.AFTERWORD_LOG ?? (set.AFTERWORD_DEMO ? 'warn' : 'info'),
  };
}

/**
 * Reads the standard settings that ask for traces. The SDK reads the others, once it is loaded.
 *
 * @returns undefined where nothing asks for traces
 */
function readTracesProtocol(env: NodeJS.ProcessEnv): TracesProtocol | undefined {
  const firstOf = (...names: string[]) => names.find((name) => (env[name] ?? '') !== '');
  if (env['OTEL_SDK_DISABLED']?.toLowerCase() === 'true') return undefined;
  const exporter = env['OTEL_TRACES_EXPORTER'] || 'otlp';
  if (exporter === 'none') return undefined;
  if (!firstOf('OTEL_TRACES_EXPORTER', 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'OTEL_EXPORTER_OTLP_ENDPOINT'))
    return undefined;
  if (exporter !== 'otlp') throw new OperatorError('OTEL_TRACES_EXPORTER must be otlp or none.');
  const name = firstOf('OTEL_EXPORTER_OTLP_TRACES_PROTOCOL', 'OTEL_EXPORTER_OTLP_PROTOCOL');
  const protocol = name === undefined ? 'http/protobuf' : env[name];
  if (protocol !== 'http/protobuf' && protocol !== 'http/json')
    throw new OperatorError(`${name} must be http/protobuf or http/json.`);
  return protocol;
}

/** Widgets take the API's address from the origin of their script, and pages link from the root, so a path cannot work. */
function isOrigin(given: string): boolean {
  if (!URL.canParse(given)) return true;
  const { pathname, search, hash, username, password } = new URL(given);
  return /^\/*$/.test(pathname) && `${search}${hash}${username}${password}` === '';
}

function readSecrets(given: string | undefined, name: string, dataFolder: string, database: string): string[] {
  if (given === undefined) {
    if (!database.startsWith('sqlite:'))
      throw new OperatorError('AFTERWORD_SECRET is needed with PostgreSQL, the same on every node.');
    return [readOrMakeSecret(dataFolder)];
  }
  const list = given.split(',').map((secret) => secret.trim());
  if (list.some((secret) => secret.length < minSecretLength))
    throw new OperatorError(`${name} must have at least ${minSecretLength} characters; a comma separates several.`);
  return list;
}

function parseTrustProxy(given: string | undefined): TrustProxy {
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
