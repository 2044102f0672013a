/**
 * Whatever would act instead of being read: controls (Cc: C0, DEL, C1 and with them ESC), format characters (Cf:
 * bidi controls, zero-width, the tags block), line and paragraph separators, lone surrogates (Cs), and what else
 * draws as nothing (variation selectors, Hangul fillers, code points set aside for such, the blank Braille cell).
 * @see https://www.unicode.org/reports/tr36/#Bidirectional_Text_Spoofing
 * @see https://www.unicode.org/reports/tr44/#Default_Ignorable_Code_Point
 */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/gu;

/**
 * Text that a terminal, a log viewer or a chat may show: every character that would act or hide becomes `\u{…}`, its
 * code point in hexadecimal. A backslash stays as it is: the result is for eyes, not for parsing back.
 */
export function escapeText(text: string): string {
  return text.replace(UNSAFE, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}

/**
 * The same within JSON text that `JSON.stringify` wrote: as `\uXXXX`, a pair for what lies beyond 16 bits, so that the
 * text shows nothing harmful and still parses to the same value. C0 controls are escaped by then, except the line
 * breaks between tokens, which stay.
 */
export function escapeJson(json: string): string {
  return json.replace(UNSAFE, (character) =>
    character === "\n"
      ? character
      : character
          .split("")
          .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
          .join(""),
  );
}

/**
 * One CSV cell: escaped, quoted, quotes doubled (RFC 4180), and kept from being a formula by a leading apostrophe. The
 * full-width forms of the four signs start a formula too where Excel speaks Japanese or Chinese.
 * @see https://owasp.org/www-community/attacks/CSV_Injection
 */
export function escapeCell(text: string): string {
  const shown = escapeText(text);
  return `"${(/^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/.test(text) ? `'${shown}` : shown).replaceAll('"', '""')}"`;
}
