/** Five characters from which Kubernetes draws a pod's ending: no vowels, and nothing that is taken for something else. */
const POD = /^[bcdfghjklmnpqrstvwxz2456789]{5}$/;
/** A ReplicaSet's hash: 32 bits in decimal, and for each of the ten digits one of these characters. */
const POD_HASH = /^[4-9bcdf]{8,10}$/;
const LOWER_HEX = /^[0-9a-f]{4,}$/;
const UPPER_HEX = /^[0-9A-F]{4,}$/;
const NUMBER = /^\d+$/;
const NUMBERED_WORD = /^([A-Za-z]+)(\d+)$/;
const ALPHANUMERIC = /^[A-Za-z0-9]+$/;

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
  if (NUMBER.test(token)) return numberShape(token);
  if (!/\d/.test(token)) return constant(token);
  if (POD.test(token)) return "{pod5}";
  if (POD_HASH.test(token)) return "{podhash}";
  if (LOWER_HEX.test(token) && !isHexWord(token)) return `{hex${token.length}}`;
  if (UPPER_HEX.test(token) && !isHexWord(token)) return `{HEX${token.length}}`;
  const [, word, number] = NUMBERED_WORD.exec(token) ?? [];
  if (word !== undefined && number !== undefined) return word + numberShape(number);
  return isRandom(token) ? `{random${token.length}}` : constant(token);
}

/** Whether the token could be a pod's ending, with a digit or without; 22 of 100 have none. */
export function isPodEnding(token: string): boolean {
  return POD.test(token);
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
  ["digits", (token) => NUMBER.test(token)],
  ["hex", (token) => LOWER_HEX.test(token) && !isHexWord(token)],
  ["HEX", (token) => UPPER_HEX.test(token) && !isHexWord(token)],
  ["pod", isPodEnding],
  ["podhash", (token) => POD_HASH.test(token)],
  ["random", (token) => ALPHANUMERIC.test(token) && vowelsOf(token) * 3 <= token.length],
]);

function numberShape(number: string): string {
  if (number.length <= COUNTER_DIGITS) return "{digits}";
  return EPOCH_DIGITS.has(number.length) && number.startsWith("1")
    ? `{epoch${number.length}}`
    : `{digits${number.length}}`;
}

function constant(token: string): string {
  return token.replaceAll(/[^A-Za-z0-9]/g, "?");
}

/** A word of hexadecimal letters, with or without a number behind it that is no longer: `face`, `face1`, `decade10`. */
function isHexWord(token: string): boolean {
  const [, word = "", number = ""] = /^([a-f]+)(\d*)$/.exec(token.toLowerCase()) ?? [];
  if (number.length > word.length) return false;
  return HEX_WORDS.has(word) || (word.length === 8 && HEX_WORDS.has(word.slice(0, 4)) && HEX_WORDS.has(word.slice(4)));
}

/** Long, and with digits in two places at least: a name that a person gives has them in one. */
function isRandom(token: string): boolean {
  return token.length >= RANDOM_LENGTH && ALPHANUMERIC.test(token) && /\d[A-Za-z]+\d/.test(token);
}

function vowelsOf(token: string): number {
  return token.replaceAll(/[^aeiou]/gi, "").length;
}
