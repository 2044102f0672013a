import fc from "fast-check";
import { expect, test } from "vitest";
import { escapeCell, escapeJson, escapeText } from "../../src/alerts/escape.ts";

/** Any code unit, and often the dangerous ones. */
const hostile = fc
  .array(
    fc.oneof(
      fc.integer({ min: 0, max: 0x10ffff }).map((code) => String.fromCodePoint(code)),
      fc.integer({ min: 0, max: 0xff }).map((code) => String.fromCodePoint(code)),
      fc.integer({ min: 0x2000, max: 0x206f }).map((code) => String.fromCodePoint(code)),
      fc.constantFrom(
        "=",
        "+",
        "-",
        "@",
        "\t",
        "\r",
        '"',
        ",",
        "\\",
        "\u{1b}[31m",
        "\ud800",
        "\udc00",
        "\u{e0041}",
        "\ufe0f",
      ),
    ),
  )
  .map((parts) => parts.join(""));

/** Written as ranges of numbers, apart from the property classes of the code under test. */
const INVISIBLE: readonly (readonly [number, number])[] = [
  [0x00, 0x1f],
  [0x7f, 0x9f],
  [0xad, 0xad],
  [0x34f, 0x34f],
  [0x61c, 0x61c],
  [0x115f, 0x1160],
  [0x180b, 0x180f],
  [0x200b, 0x200f],
  [0x2028, 0x202e],
  [0x2060, 0x206f],
  [0x2800, 0x2800],
  [0x3164, 0x3164],
  [0xd800, 0xdfff],
  [0xfe00, 0xfe0f],
  [0xfeff, 0xfeff],
  [0xffa0, 0xffa0],
  [0xfff0, 0xfffb],
  [0x1bca0, 0x1bca3],
  [0x1d173, 0x1d17a],
  [0xe0000, 0xe0fff],
];

function dangerousIn(text: string): number[] {
  return Array.from(text)
    .map((character) => character.codePointAt(0) ?? 0)
    .filter((code) => INVISIBLE.some(([first, last]) => code >= first && code <= last));
}

test("every character that acts or hides is named by its code point", () => {
  for (const [first, last] of INVISIBLE) {
    for (const code of new Set([first, last])) {
      expect(escapeText(`a${String.fromCodePoint(code)}b`)).toBe(`a\\u{${code.toString(16)}}b`);
    }
  }
});

test("text that can be read stays as it is", () => {
  for (const text of ["scan-1", "arn:aws:iam::111122223333:role/a\\b", "Žluťoučký кон 東京 ½ €", "🚨 …"]) {
    expect(escapeText(text)).toBe(text);
  }
});

test("after escaping, a scan finds no control and nothing invisible", () => {
  fc.assert(fc.property(hostile, (text) => dangerousIn(escapeText(text)).length === 0));
});

test("escaped bytes hold no control and no C1 introducer, whoever decodes them", () => {
  fc.assert(
    fc.property(hostile, (text) => {
      const bytes = Buffer.from(escapeText(text), "utf8");
      return bytes.every(
        (byte, at) => byte >= 0x20 && byte !== 0x7f && !(byte === 0xc2 && (bytes[at + 1] ?? 0) < 0xa0),
      );
    }),
  );
});

test("escaped JSON parses to the same value and shows nothing dangerous besides its line breaks", () => {
  fc.assert(
    fc.property(hostile, fc.constantFrom(0, 2), (text, indent) => {
      const json = escapeJson(JSON.stringify({ text, [text]: [text] }, null, indent));
      expect(JSON.parse(json)).toEqual({ text, [text]: [text] });
      expect(dangerousIn(json.replaceAll("\n", ""))).toEqual([]);
    }),
  );
});

test("no spreadsheet takes a cell for a formula", () => {
  for (const start of ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"]) {
    expect(escapeCell(`${start}HYPERLINK("//x")`)).toMatch(/^"'/);
  }
  expect(escapeCell("-")).toBe(`"'-"`);
  expect(escapeCell("a=b")).toBe(`"a=b"`);
  expect(escapeCell("")).toBe(`""`);
});

test("a cell, read back, starts with none of the six and ends where it should", () => {
  fc.assert(
    fc.property(hostile, (text) => {
      const cell = escapeCell(text);
      const read = cell.slice(1, -1).replaceAll('""', "\u0000");
      expect(cell).toMatch(/^"[^]*"$/);
      expect(read).not.toContain('"');
      expect(read).not.toMatch(/^[=+\-@\t\r]/);
    }),
  );
});
