const known = [
  'gmail.com',
  'yahoo.com',
  'yahoo.com.vn',
  'outlook.com',
  'hotmail.com',
  'icloud.com',
  // One slip away from others, and right as they are.
  'ymail.com',
  'mail.com',
];

/** The address that was probably meant, where the domain is one slip away from a well-known one. */
export function suggestion(email: string): string | undefined {
  const at = email.lastIndexOf('@') + 1;
  const domain = email.slice(at).toLowerCase();
  if (!at || known.includes(domain)) return undefined;
  const meant = known.find((candidate) => isOneSlip(domain, candidate));
  return meant && email.slice(0, at) + meant;
}

/** One letter too many, too few or wrong, or two that changed places. */
function isOneSlip(typed: string, meant: string): boolean {
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
