/**
 * The CPU time, in microseconds, that the parser may take for one text, as {@link estimateParserUs} estimates it. The
 * estimate is generous: the worst of 12,000 texts that a search made took half of it.
 */
const maxParserUs = 30_000;
/** Blocks are parsed together up to this length: each run of the parser has a cost of its own. */
const minChunkChars = 400;

const containerMarker = /[ \t]*(?:>|[-+*](?=\s|$)|\d{1,9}[.)](?=\s|$))/y;
/** Lines with deeply nested containers, or with deep indentation, on which the parser looks ahead most. */
const deepNesting = /^(?:(?:[ \t]*(?:>|[-+*]|\d{1,9}[.)])){5}|[ \t]{9,}(?:>|[-+*]|\d{1,9}[.)]))/;
const inlineMarkers = /[*_`[\]<\\]/g;
const linkMarkers = /\]\(/g;
const openingFence = /^([ \t]*)(`{3,}(?=[^`]*$)|~{3,})/;
const closingFence = /^[ \t]*(`{3,}|~{3,})[ \t]*$/;
/** First characters of lines that may continue a list or a quote, or start one. */
const startsParagraph = /^[^\s>*+\-\d]/;

/**
 * Splits a text into chunks that can be parsed one by one, since the parser's time grows with the square of a list.
 *
 * @returns `undefined` where parsing would take too long
 */
export function splitForParser(text: string): string[] | undefined {
  let estimate = 0;
  const chunks = splitAtParagraphs(text);
  for (const lines of chunks) {
    const us = estimateParserUs(lines);
    if (us === undefined || (estimate += us) > maxParserUs) return undefined;
  }
  return chunks.map((lines) => lines.join('\n'));
}

/** Splits before paragraphs that follow a blank line, which end every list and quote, but not a fence. */
function splitAtParagraphs(text: string): string[][] {
  const chunks: string[][] = [];
  let chunk: string[] = [];
  let chars = 0;
  let openFence: string | undefined;
  let isAfterBlank = false;
  for (const line of text.split('\n')) {
    if (isAfterBlank && openFence === undefined && chars >= minChunkChars && startsParagraph.test(line)) {
      chunks.push(chunk);
      chunk = [];
      chars = 0;
    }
    chunk.push(line);
    chars += line.length;
    if (openFence === undefined) openFence = findOpeningFence(line);
    else if (closingFence.exec(line)?.[1]?.startsWith(openFence)) openFence = undefined;
    isAfterBlank = line.trim() === '';
  }
  chunks.push(chunk);
  return chunks;
}

/** @returns a marker that no line closes for an indented fence, which may belong to a list that ends before the fence */
function findOpeningFence(line: string): string | undefined {
  const [, indent, marker] = openingFence.exec(line) ?? [];
  return indent ? 'indented' : marker;
}

/** @returns `undefined` for nesting that is too deep */
function estimateParserUs(lines: readonly string[]): number | undefined {
  let [containers, links, signs] = [0, 0, 0];
  for (const line of lines) {
    if (deepNesting.test(line)) return undefined;
    containers += countContainerMarkers(line);
    links += line.match(linkMarkers)?.length ?? 0;
    signs += line.match(inlineMarkers)?.length ?? 0;
  }
  const linear = 15 * lines.length + 40 * (containers + links) + 8 * signs;
  return linear + 0.3 * (containers + links + 0.3 * lines.length + 0.2 * signs) ** 2;
}

function countContainerMarkers(line: string): number {
  let count = 0;
  for (containerMarker.lastIndex = 0; containerMarker.test(line);) count++;
  return count;
}
