/** A JSON document out of a text that holds several, or the part of the text that is none. `line` counts from 1. */
export type Piece =
  { readonly line: number; readonly value: unknown } | { readonly line: number; readonly reason: string };

/** Turns a part of the text into what is parsed; null for bytes that are no text. */
export type Decode = (raw: string) => string | null;

/**
 * Documents one per line, or one after another in any layout: a document ends where its brackets close. Once they do
 * not, it ends before the next line that begins with a bracket, as a document does in every layout that indents: one
 * broken line does not swallow the rest. Every character is looked at a fixed number of times, whatever the text.
 */
export function* piecesOf(text: string, decode: Decode): Generator<Piece> {
  let line = 1;
  let patient = true;
  let nextOpening = 0;
  for (let start = skipBlank(text, 0), end = 0; start < text.length; start = skipBlank(text, end)) {
    const passed = lineFeeds(text, end, start);
    line += passed;
    const opens = isOpening(text.charCodeAt(start));
    let piece: Piece = { line, reason: NOT_JSON };
    let tried = start;
    const tryUpTo = (to: number): void => {
      if (to !== tried) piece = parse(text.slice(start, to), line, decode);
      tried = to;
    };

    if (!opens || passed > 0 || end === 0) tryUpTo(indexOr(text, "\n", start));
    if (opens && patient && !isValue(piece)) {
      tryUpTo(closing(text, start, text.length));
      patient = isValue(piece);
    }
    if (opens && !isValue(piece)) {
      if (nextOpening <= start) nextOpening = lineThatOpens(text, start);
      tryUpTo(closing(text, start, nextOpening));
    }
    yield piece;
    line += lineFeeds(text, start, tried);
    end = tried;
  }
}

/** JSON's own message quotes the text, so it goes no further. */
const NOT_JSON = "not JSON";

function parse(raw: string, line: number, decode: Decode): Piece {
  const text = decode(raw);
  if (text === null) return { line, reason: "invalid UTF-8" };
  try {
    return { line, value: JSON.parse(text) as unknown };
  } catch {
    return { line, reason: NOT_JSON };
  }
}

function isValue(piece: Piece): boolean {
  return "value" in piece;
}

const LINE_FEED = 0x0a;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Index after the bracket that closes the one at `start`, or `limit`. */
function closing(text: string, start: number, limit: number): number {
  let depth = 0;
  let quoted = false;
  for (let at = start; at < limit; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) quoted = !quoted;
    else if (quoted) at += code === BACKSLASH ? 1 : 0;
    else if (isOpening(code)) depth++;
    else if (isClosing(code) && --depth === 0) return at + 1;
  }
  return limit;
}

/** `{` or `[`. */
function isOpening(code: number): boolean {
  return code === 0x7b || code === 0x5b;
}

/** `}` or `]`. */
function isClosing(code: number): boolean {
  return code === 0x7d || code === 0x5d;
}

function skipBlank(text: string, from: number): number {
  let at = from;
  while (at < text.length && isBlank(text.charCodeAt(at))) at++;
  return at;
}

/** The white space of RFC 8259, section 2. */
function isBlank(code: number): boolean {
  return code === 0x20 || code === LINE_FEED || code === 0x0d || code === 0x09;
}

function indexOr(text: string, sought: string, from: number): number {
  const at = text.indexOf(sought, from);
  return at === -1 ? text.length : at;
}

/** Index of the line feed before the next line that begins with a bracket. */
function lineThatOpens(text: string, from: number): number {
  const sought = /\n[{[]/g;
  sought.lastIndex = from;
  return sought.exec(text)?.index ?? text.length;
}

function lineFeeds(text: string, from: number, to: number): number {
  const part = text.slice(from, to);
  let count = 0;
  for (let at = part.indexOf("\n"); at !== -1; at = part.indexOf("\n", at + 1)) count++;
  return count;
}
