/** The error of an address that `hasEncodedCredentials` refuses. Never contains the address, whose password is a secret. */
export const encodedCredentialsError =
  'cannot be read: in a user name or password, each of # / ? @ % must be percent-encoded (%23 %2F %3F %40 %25)';

/**
 * Returns whether the user name and password of an address can be read in one way only. With a plain `#`, `/` or `?` in the
 * password, the host ends there, and the rest of the password is taken for a path; a second `@` is read differently by different
 * libraries.
 */
export function hasEncodedCredentials(address: string): boolean {
  const [, rest = ''] = address.split(/:\/\/(.*)/s);
  const [authority = ''] = rest.split(/[/?#]/);
  const isAuthorityPlain = authority.split('@').length <= 2 && !/%(?![0-9a-f]{2})/i.test(authority);
  return isAuthorityPlain && !/[@#]/.test(rest.slice(authority.length));
}
