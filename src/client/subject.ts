/** Whom a token stands for. Only the API can tell whether it is good. */
export function subjectOf(token: string | undefined): string | undefined {
  try {
    const [, claims = ''] = token!.split('.');
    return (JSON.parse(atob(claims.replace(/-/g, '+').replace(/_/g, '/'))) as { sub?: string }).sub;
  } catch {
    return undefined;
  }
}
