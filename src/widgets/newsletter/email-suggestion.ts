const knownDomains = [
  'gmail.com',
  'yahoo.com',
  'yahoo.com.vn',
  'outlook.com',
  'hotmail.com',
  'icloud.com',
  // These are one typing error away from others, and correct.
  'ymail.com',
  'mail.com',
];

/** Returns the part of an address from the @ on. */
export function domainOf(email: string): string {
  return email.slice(email.lastIndexOf('@'));
}

/** Returns the address that was probably meant, where the domain is one typing error away from a well-known one. */
export function suggestEmail(email: string): string | undefined {
  const at = email.lastIndexOf('@') + 1;
  const domain = email.slice(at).toLowerCase();
  if (!at || knownDomains.includes(domain)) return undefined;
  const meant = knownDomains.find((known) => isOneEditApart(domain, known));
  return meant && email.slice(0, at) + meant;
}

/** Returns true for an insertion, a deletion, a substitution or a transposition (Damerau-Levenshtein distance 1). */
function isOneEditApart(typed: string, meant: string): boolean {
  let start = 0;
  while (start < typed.length && typed[start] === meant[start]) start++;
  const [a, b] = [typed.slice(start), meant.slice(start)];
  return (
    a.slice(1) === b ||
    a === b.slice(1) ||
    a.slice(1) === b.slice(1) ||
    [...a.slice(0, 2)].reverse().join('') + a.slice(2) === b
  );
}
