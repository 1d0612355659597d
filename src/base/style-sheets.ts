/** Style sheets are text until an element stands in a page: there are none in Node, where a class may be loaded too. */
export function css([text]: TemplateStringsArray): string {
  return text!;
}

const sheets = new Map<string, CSSStyleSheet>();

/** Gives a shadow root more styles, above those it has. Each text is parsed once, however many elements take it. */
export function adoptStyles({ adoptedStyleSheets }: ShadowRoot, styles: readonly string[]): void {
  for (const text of styles) {
    const sheet = sheets.get(text) ?? new CSSStyleSheet();
    if (!sheets.has(text)) sheet.replaceSync(text);
    sheets.set(text, sheet);
    if (!adoptedStyleSheets.includes(sheet)) adoptedStyleSheets.push(sheet);
  }
}
