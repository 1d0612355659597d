import { verify, X509Certificate } from 'node:crypto';
import { Problem } from '../../problem.js';
import { memoryCache } from '../../storage/memory-cache.js';
import { dayMs, hourMs, minuteMs, secondMs } from '../../time.js';
import type { JsonObject } from './reports.js';

/** A message of Amazon SNS whose signature is right. */
export interface SnsMessage {
  readonly type: 'Notification' | 'SubscriptionConfirmation' | 'UnsubscribeConfirmation';
  readonly id: string;
  readonly message: string;
  /** The address that confirms a subscription of the topic. */
  readonly subscribeUrl: string | undefined;
}

/** Longer than SNS repeats a delivery that failed. */
const maxAgeMs = dayMs;
const maxSkewMs = 5 * minuteMs;
const requestTimeoutMs = 5 * secondMs;
const maxCertificateChars = 20_000;
const certificateMs = hourMs;
const maxCertificates = 20;
/** Certificates asked for in a minute, so that nobody can make this server send many requests. */
const maxRequestsPerMinute = 10;

const signedFields = {
  Notification: ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type'],
  SubscriptionConfirmation: ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'],
  UnsubscribeConfirmation: ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'],
} as const;
const algorithms: Readonly<Record<string, string>> = { 1: 'sha1', 2: 'sha256' };

/**
 * Verifies messages of Amazon SNS as its documentation says, by certificates of Amazon alone.
 *
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html
 */
export class SnsMessages {
  readonly #certificates = memoryCache<X509Certificate>(maxCertificates, certificateMs);
  #requestTimes: number[] = [];

  /** @throws Problem `token-invalid` where it is not a message of the topic, or not signed by Amazon, or too old */
  async read(body: JsonObject, topic: string): Promise<SnsMessage> {
    const text = (name: string) => (typeof body[name] === 'string' ? body[name] : undefined);
    const type = text('Type') as SnsMessage['type'] | undefined;
    const fields = type && Object.hasOwn(signedFields, type) ? signedFields[type] : undefined;
    const algorithm = algorithms[text('SignatureVersion') ?? ''];
    if (!type || !fields || !algorithm || text('TopicArn') !== topic)
      throw refusal('It is not a message of the topic.');
    const ageMs = Date.now() - Date.parse(text('Timestamp') ?? '');
    if (!(ageMs <= maxAgeMs && ageMs >= -maxSkewMs)) throw refusal('It is too old.');
    const certificate = await this.#certificate(text('SigningCertURL') ?? '', topic);
    const signed = fields.flatMap((name) => (text(name) === undefined ? [] : [`${name}\n${text(name)}\n`])).join('');
    const signature = Buffer.from(text('Signature') ?? '', 'base64');
    if (!verify(algorithm, Buffer.from(signed), certificate.publicKey, signature))
      throw refusal('The signature is not that of Amazon.');
    return { type, id: text('MessageId') ?? '', message: text('Message') ?? '', subscribeUrl: text('SubscribeURL') };
  }

  /** Confirms a subscription of the topic. @throws Problem where the address is not one of Amazon, or does not answer */
  async confirm({ subscribeUrl }: SnsMessage, topic: string): Promise<void> {
    await request(amazonUrl(subscribeUrl ?? '', topic));
  }

  async #certificate(url: string, topic: string): Promise<X509Certificate> {
    const { href, pathname } = amazonUrl(url, topic);
    if (!/^\/SimpleNotificationService-[\w-]+\.pem$/.test(pathname)) throw refusal('Its certificate is not of Amazon.');
    const cached = this.#certificates.get(href);
    if (cached) return cached;
    const now = Date.now();
    this.#requestTimes = this.#requestTimes.filter((time) => now - time < minuteMs);
    if (this.#requestTimes.length >= maxRequestsPerMinute)
      throw new Problem('rate-limited', 'Too many certificates were asked for.', { retryAfter: 60 });
    this.#requestTimes.push(now);
    const pem = await request(new URL(href));
    let certificate: X509Certificate;
    try {
      certificate = new X509Certificate(pem.slice(0, maxCertificateChars));
    } catch {
      throw refusal('Its certificate cannot be read.');
    }
    if (Date.parse(certificate.validTo) < now) throw refusal('Its certificate has expired.');
    this.#certificates.set(href, certificate);
    return certificate;
  }
}

/** Returns an address of SNS in the region of the topic. @throws Problem `token-invalid` for every other address */
function amazonUrl(given: string, topic: string): URL {
  const region = topic.split(':')[3] ?? '';
  const url = URL.canParse(given) ? new URL(given) : undefined;
  const hosts = [`sns.${region}.amazonaws.com`, `sns.${region}.amazonaws.com.cn`];
  if (url?.protocol !== 'https:' || !hosts.includes(url.host) || url.username !== '')
    throw refusal('It names an address that is not of Amazon SNS.');
  return url;
}

async function request(url: URL): Promise<string> {
  try {
    const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(requestTimeoutMs) });
    if (response.ok) return await response.text();
  } catch {
    // Reported below, like an answer that is none.
  }
  throw new Problem('unavailable', 'Amazon SNS does not answer.');
}

function refusal(detail: string): Problem {
  return new Problem('token-invalid', detail);
}
