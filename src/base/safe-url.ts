/** Returns an address to link to, as given; undefined where it has another scheme than http and https, such as `javascript:`. */
export function safeUrl(address: string | null | undefined): string | undefined {
  if (!address || !URL.canParse(address, document.baseURI)) return undefined;
  return /^https?:$/.test(new URL(address, document.baseURI).protocol) ? address : undefined;
}
