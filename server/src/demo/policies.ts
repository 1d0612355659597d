import type { MiddlewareHandler } from 'hono';

/** Returns a strict content security policy, which the widgets must work under. */
export function strictPolicy(assetOrigin: string): string {
  return `${policyFor(assetOrigin)}; require-trusted-types-for 'script'`;
}

/** Returns a policy for host pages, which have inline scripts, inline styles and frames by nature. */
export function hostPolicy(assetOrigin: string): string {
  return `${policyFor(assetOrigin, `'unsafe-inline'`)}; frame-src 'self'`;
}

/** Sets the policy of pages that have none yet. */
export function pagePolicy(policy: string): MiddlewareHandler {
  return async function pagePolicy(c, next) {
    await next();
    if (!c.res.headers.get('content-type')?.startsWith('text/html')) return;
    if (c.res.headers.has('content-security-policy')) return;
    c.res.headers.set('content-security-policy', policy);
    c.res.headers.set('cache-control', 'no-cache');
  };
}

/** Pictures may come from anywhere: imported stories link to their own. */
function policyFor(assetOrigin: string, inline = ''): string {
  return [
    `default-src 'none'`,
    `script-src 'self' ${assetOrigin} ${inline}`.trim(),
    `style-src 'self' ${assetOrigin} ${inline}`.trim(),
    `img-src 'self' ${assetOrigin} https:`,
    `connect-src 'self' ${assetOrigin}`,
    `form-action 'self' ${assetOrigin}`,
    `base-uri 'none'`,
    `frame-ancestors 'self'`,
  ].join('; ');
}
