/** Alphabets that the tokens of session names are made of; one bit each, so that one look-up answers for all. */
export const DIGIT = 1;
export const ALPHANUMERIC = 2;
export const LOWER_HEX = 4;
export const UPPER_HEX = 8;
/** What Kubernetes draws random endings from: no vowels, and nothing that is taken for something else. */
export const POD = 16;
/** Not of a token: what parts them. */
export const SEPARATOR = 32;
/** What is of every alphabet, to begin with and take from. */
export const EVERY = 63;

const DIGITS = "0123456789";
const LETTERS = "abcdefghijklmnopqrstuvwxyz";
const BITS = new Uint8Array(128);
for (const [bit, characters] of [
  [DIGIT, DIGITS],
  [ALPHANUMERIC, DIGITS + LETTERS + LETTERS.toUpperCase()],
  [LOWER_HEX, `${DIGITS}abcdef`],
  [UPPER_HEX, `${DIGITS}ABCDEF`],
  [POD, "bcdfghjklmnpqrstvwxz2456789"],
  [SEPARATOR, "-_.=,@+"],
] as const)
  for (const character of characters) {
    const code = character.charCodeAt(0);
    BITS[code] = (BITS[code] ?? 0) | bit;
  }

/** The alphabets that hold a UTF-16 unit; beyond ASCII none. */
export function alphabetsOf(code: number): number {
  return code < 128 ? (BITS[code] ?? 0) : 0;
}

/** Whether all of a token is of an alphabet; nothing is of every one. */
export function isOf(token: string, alphabet: number): boolean {
  for (let at = 0; at < token.length; at++) if ((alphabetsOf(token.charCodeAt(at)) & alphabet) === 0) return false;
  return true;
}
