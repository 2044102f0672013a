import { ALPHANUMERIC, alphabetsOf, DIGIT, EVERY, isOf, LOWER_HEX, POD, UPPER_HEX } from "./name-alphabet.ts";

const SHORTEST_HEX = 4;
const POD_LENGTH = 5;
/**
 * A ReplicaSet's hash is a number of 32 bits, of which once in four hundred there are fewer digits than eight. Kubernetes
 * writes it in ten of the alphabet's characters; what else makes such hashes, in all of them.
 */
const POD_HASH_LENGTHS = { shortest: 8, longest: 10 };

/** Digits of a time since 1970 in seconds, milli-, micro- and nanoseconds; all begin with 1 from 2001 to 2033. */
const EPOCH_DIGITS: ReadonlySet<number> = new Set([10, 13, 16, 19]);
/** A counter grows from 9 to 10 without anybody having changed anything; longer numbers are of a fixed length. */
const COUNTER_DIGITS = 6;
const RANDOM_LENGTH = 12;

/** What people write with the letters of hexadecimal digits. Eight letters may be two of them, such as `deadbeef`. */
const HEX_WORDS: ReadonlySet<string> = new Set(
  (
    "abc ace add bad bed bee cab cad dab dad dec fab fad fed fee feb " +
    "abed aced babe bade bead beef cafe cede dace dead deaf deed face fade feed " +
    "added ceded decaf ebbed faced faded accede beaded beefed decade deface efface facade " +
    "acceded defaced effaced"
  ).split(" "),
);

/**
 * What one token of a session name, a run without separators, is by its make: a placeholder where it varies by nature,
 * else the token itself, a constant word.
 *
 * `{digits}` is a number of up to six digits, `{digits8}` of exactly eight; `{epoch10}` a time since 1970 in so many
 * digits; `{hex8}` and `{HEX8}` hexadecimal digits, `{pod5}` and `{podhash}` a Kubernetes pod's endings, `{random16}`
 * letters and digits that change more than once. A word with a number at its end keeps the word: `build{digits}`.
 *
 * All these placeholders need a digit: `face`, `decade` and `deadbeef` are words and `face1` is `face{digits}`, so that
 * nobody gets in by a word that happens to be spelt with hexadecimal letters. A random token that has no digit by chance
 * is let in by {@link tokenClass} instead, where tokens of its kind are known to stand.
 *
 * Characters that no session name may hold become `?`, braces among them: no token can pose as a placeholder.
 * @see https://github.com/kubernetes/apimachinery/blob/master/pkg/util/rand/rand.go
 * @see https://github.com/kubernetes/kubernetes/blob/master/pkg/controller/controller_utils.go
 */
export function tokenShape(token: string): string {
  const { length } = token;
  let alphabets = EVERY;
  let digits = 0;
  let first = length;
  let last = length;
  for (let at = 0; at < length; at++) {
    const here = alphabetsOf(token.charCodeAt(at));
    alphabets &= here;
    if ((here & DIGIT) === 0) continue;
    if (digits++ === 0) first = at;
    last = at;
  }
  if ((alphabets & ALPHANUMERIC) === 0) return token.replaceAll(/[^A-Za-z0-9]/g, "?");
  if (digits === 0) return token;
  if (digits === length) return numberShape(token);
  if ((alphabets & POD) !== 0) {
    if (length === POD_LENGTH) return "{pod5}";
    if (isPodHashLong(length)) return "{podhash}";
  }
  if ((alphabets & (LOWER_HEX | UPPER_HEX)) !== 0 && length >= SHORTEST_HEX && !isHexWord(token, first))
    return (alphabets & LOWER_HEX) !== 0 ? `{hex${length}}` : `{HEX${length}}`;
  if (first + digits === length) return token.slice(0, first) + numberShape(token.slice(first));
  return length >= RANDOM_LENGTH && last - first >= digits ? `{random${length}}` : token;
}

/** Whether the token could be a pod's ending, with a digit or without; 22 of 100 have none. */
export function isPodEnding(token: string): boolean {
  return token.length === POD_LENGTH && isOf(token, POD);
}

/**
 * Which tokens a placeholder's generator can make, those included that by themselves look like something else: of random
 * `{hex8}` two in a hundred are all digits, four in ten thousand all letters, and no workload is to be accused of its
 * dice. Words stay out, and some dice with them: of hexadecimal letters the words that people write (one `{hex4}` in four
 * hundred, one `{hex6}` in nine hundred, one `{hex8}` in forty thousand), of `{random…}` what has vowels in more than a
 * third of its places (two `{random12}` in a hundred). Constant words, and placeholders whose tokens always look like
 * themselves, have no class: never true.
 */
export function tokenClass(shape: string): (token: string) => boolean {
  const [, word, kind, digits] = /^([A-Za-z]*)\{([A-Za-z]+)(\d*)\}$/.exec(shape) ?? [];
  const make = MAKES.get(kind ?? "");
  if (word === undefined || make === undefined || (kind === "digits" && digits === "")) return () => false;
  const length = Number(digits);
  return (token) => {
    const rest = token.slice(word.length);
    return token.startsWith(word) && (length === 0 || rest.length === length) && make(rest);
  };
}

const MAKES: ReadonlyMap<string, (token: string) => boolean> = new Map([
  ["digits", (token) => token !== "" && isOf(token, DIGIT)],
  ["hex", (token) => isHex(token, LOWER_HEX)],
  ["HEX", (token) => isHex(token, UPPER_HEX)],
  ["pod", isPodEnding],
  ["podhash", (token) => isPodHashLong(token.length) && isOf(token, POD)],
  ["random", (token) => isOf(token, ALPHANUMERIC) && vowelsOf(token) * 3 <= token.length],
]);

function isPodHashLong(length: number): boolean {
  return length >= POD_HASH_LENGTHS.shortest && length <= POD_HASH_LENGTHS.longest;
}

function numberShape(number: string): string {
  const { length } = number;
  if (length <= COUNTER_DIGITS) return "{digits}";
  return EPOCH_DIGITS.has(length) && number.startsWith("1") ? `{epoch${length}}` : `{digits${length}}`;
}

function isHex(token: string, alphabet: number): boolean {
  return token.length >= SHORTEST_HEX && isOf(token, alphabet) && !isHexWord(token, token.search(/\d|$/));
}

/**
 * A word of hexadecimal letters, with or without a number behind it that is no longer: `face`, `face1`, `decade10`.
 *
 * @param letters how many the token begins with
 */
function isHexWord(token: string, letters: number): boolean {
  if (token.length > 2 * letters || !isOf(token.slice(letters), DIGIT)) return false;
  const word = token.slice(0, letters).toLowerCase();
  return HEX_WORDS.has(word) || (letters === 8 && HEX_WORDS.has(word.slice(0, 4)) && HEX_WORDS.has(word.slice(4)));
}

function vowelsOf(token: string): number {
  return token.replaceAll(/[^aeiou]/gi, "").length;
}
