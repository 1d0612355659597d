/**
 * The CPU time, in microseconds, that the parser may take for one text, as {@link estimateParserUs} estimates it. The
 * worst of thousands of texts that a search made took twice the estimate.
 */
const maxParserUs = 16_000;
/** The parser's work for a text, however short. */
const parserRunUs = 400;
/** Texts without any of these are plain text and skip the parser, as most comments do. */
const markup =
  /[*_`>[\]<\\&#~]|^\s{0,3}(?:[-+]|\d{1,9}[.)])\s|^ {0,3}(?:-{3,}|={2,})\s*$|^(?: {4}|\t)|https?:\/\/|\n\n| {2}$/im;
/** Blocks are parsed together up to this length: each run of the parser has a cost of its own. */
const minChunkChars = 400;

const containerMarker = /[ \t]*(?:>|[-+*](?=\s|$)|\d{1,9}[.)](?=\s|$))/y;
const inlineMarkers = /[*_`[\]<\\]/g;
/** A run of signs of emphasis between spaces, such as a line to write on, has no effect: it counts as one. */
const inertRuns = /(?<!\S)([*_])\1*(?!\S)/g;
const linkMarkers = /\]\(/g;
const schemes = /https?:\/\//gi;
/** Lists below deep indentation, on which the parser looks ahead most. */
const deepIndent = /^(?: {9}| *\t *\t *\t)\s*(?:>|[-+*]|\d{1,9}[.)])/;
/** A row of three bullets or more, which would be lists in lists; of tildes; and of signs, as long as no markup is. */
const signRow = /^(?:([-+*])(?:[ \t]+\1){2,}$|~{3}|[^\p{L}\p{N}]{80,}$)/u;
const openingFence = /^([ \t]*)(`{3,})[^`]*$/;
const closingFence = /^[ \t]*(`{3,})[ \t]*$/;
/** First characters of lines that may continue a list or a quote, or start one. */
const startsParagraph = /^[^\s>*+\-\d]/;

/** Consecutive lines of a text. */
export interface TextChunk {
  readonly text: string;
  /** False for lines that are shown as typed. */
  readonly isMarkup: boolean;
}

/**
 * Splits a text into chunks that can be parsed one by one, since the parser's time grows with the square of a list. Lines
 * that would take it too long, and rows of signs, are shown as typed; the others keep their format.
 */
export function splitForParser(text: string): TextChunk[] {
  if (!markup.test(text)) return [{ text, isMarkup: false }];
  const chunks: { text: string; isMarkup: boolean }[] = [];
  let spentUs = 0;
  for (const { lines, isMarkup } of splitLines(text.split('\n'))) {
    const chunk = lines.join('\n');
    const us = isMarkup && markup.test(chunk) ? parserRunUs + estimateParserUs(lines) : Infinity;
    const isParsed = spentUs + us <= maxParserUs;
    if (isParsed) spentUs += us;
    const last = chunks.at(-1);
    if (last && !last.isMarkup && !isParsed) last.text += `\n${chunk}`;
    else chunks.push({ text: chunk, isMarkup: isParsed });
  }
  return chunks;
}

interface Lines {
  readonly lines: string[];
  readonly isMarkup: boolean;
}

/**
 * Splits before paragraphs that follow a blank line, which end every list and quote, but not a fence; and around lines
 * that are shown as typed.
 */
function splitLines(lines: readonly string[]): Lines[] {
  const chunks: Lines[] = [];
  const longestFences = findLongestFences(lines);
  let chunk: string[] = [];
  let chars = 0;
  let openFence: string | undefined;
  let isAfterBlank = false;
  const endChunk = () => {
    if (chunk.some((line) => line !== '')) chunks.push({ lines: chunk, isMarkup: true });
    chunk = [];
    chars = 0;
  };
  lines.forEach((line, index) => {
    const [, indent, fence = ''] = (openFence === undefined && openingFence.exec(line)) || [];
    // A fence that is never closed is a row of signs: it would make code of all that follows.
    const isOpen = fence.length > (longestFences[index + 1] ?? 0);
    if (openFence === undefined && (isOpen || signRow.test(line.trim()) || deepIndent.test(line))) {
      endChunk();
      chunks.push({ lines: [line], isMarkup: false });
      return;
    }
    if (isAfterBlank && openFence === undefined && chars >= minChunkChars && startsParagraph.test(line)) endChunk();
    chunk.push(line);
    chars += line.length;
    // No line closes an indented fence for sure, which may belong to a list that ends before the fence.
    if (fence) openFence = indent ? 'indented' : fence;
    else if (openFence !== undefined && closingFence.exec(line)?.[1]?.startsWith(openFence)) openFence = undefined;
    isAfterBlank = line.trim() === '';
  });
  endChunk();
  return chunks;
}

/** Returns the length of the longest closing fence from each line on. */
function findLongestFences(lines: readonly string[]): number[] {
  const longest: number[] = [];
  for (let index = lines.length - 1; index >= 0; index--)
    longest[index] = Math.max(longest[index + 1] ?? 0, closingFence.exec(lines[index]!)?.[1]?.length ?? 0);
  return longest;
}

function estimateParserUs(lines: readonly string[]): number {
  let [containers, links, addresses, signs] = [0, 0, 0, 0];
  for (const line of lines) {
    containers += countContainerMarkers(line);
    links += line.match(linkMarkers)?.length ?? 0;
    addresses += line.match(schemes)?.length ?? 0;
    signs += line.replace(inertRuns, '$1').match(inlineMarkers)?.length ?? 0;
  }
  const linear = 15 * lines.length + 40 * (containers + links) + 30 * addresses + 8 * signs;
  return linear + 0.3 * (containers + links + 0.3 * lines.length + 0.2 * signs) ** 2;
}

function countContainerMarkers(line: string): number {
  let count = 0;
  for (containerMarker.lastIndex = 0; containerMarker.test(line);) count++;
  return count;
}
