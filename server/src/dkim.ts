import { createPrivateKey } from 'node:crypto';
import { OperatorError } from './operator-error.js';

/** The key that mails are signed by (RFC 6376), and the DNS record that has its public half. */
export interface DkimSettings {
  readonly domain: string;
  readonly selector: string;
  /** In PEM. */
  readonly privateKey: string;
}

const minKeyBits = 1024;
const domainName = /^(?=.{1,253}$)[a-z0-9-]+(?:\.[a-z0-9-]+)+$/i;
const selectorName = /^[a-z0-9-]+(?:\.[a-z0-9-]+)*$/i;

/**
 * Reads the settings of DKIM, which come together or not at all.
 *
 * @param keyName the setting of the key, for messages
 * @throws OperatorError where one is missing or not valid: a mail would be sent without a signature
 */
export function readDkim(
  { key, domain, selector }: { key: string | undefined; domain: string | undefined; selector: string | undefined },
  keyName: string,
): DkimSettings | undefined {
  if (key === undefined && domain === undefined && selector === undefined) return undefined;
  if (key === undefined || domain === undefined || selector === undefined)
    throw new OperatorError(
      'AFTERWORD_DKIM_KEY, AFTERWORD_DKIM_DOMAIN and AFTERWORD_DKIM_SELECTOR are needed together.',
    );
  if (!domainName.test(domain))
    throw new OperatorError('AFTERWORD_DKIM_DOMAIN must be a domain such as paper.example.');
  if (!selectorName.test(selector))
    throw new OperatorError('AFTERWORD_DKIM_SELECTOR must be a name in DNS such as afterword2026.');
  // A line in an environment file has its line breaks escaped.
  const privateKey = key.replaceAll('\\n', '\n');
  if (!isRsaKey(privateKey))
    throw new OperatorError(
      `${keyName} must be an RSA private key in PEM, without a passphrase, of ${minKeyBits} bits at least.`,
    );
  return { domain, selector, privateKey };
}

function isRsaKey(pem: string): boolean {
  try {
    const { asymmetricKeyType, asymmetricKeyDetails } = createPrivateKey(pem);
    return asymmetricKeyType === 'rsa' && (asymmetricKeyDetails?.modulusLength ?? 0) >= minKeyBits;
  } catch {
    return false;
  }
}
