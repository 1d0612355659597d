/** Returns an address of the page or another site to link to; undefined where it has another scheme, such as `javascript:`. */
export function safeUrl(address: string | null | undefined): string | undefined {
  if (!address || !URL.canParse(address, document.baseURI)) return undefined;
  const { protocol, href } = new URL(address, document.baseURI);
  return /^https?:$/.test(protocol) ? href : undefined;
}
