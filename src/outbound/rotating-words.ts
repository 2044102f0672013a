import { splitShape } from "./name-shape.ts";
import { tokenClass } from "./name-token.ts";

/** One word of a session name that changes with every deploy, or two that stand side by side, and what stays around. */
export interface RotatingWords {
  /** The shape up to the words and from behind them, separators included. */
  readonly before: string;
  readonly after: string;
  /** What parts the two words; empty where it is one. */
  readonly separator: string;
  /** For each word whether a token could be the next: letters only, of a case and about as long as the words so far. */
  readonly admits: readonly ((token: string) => boolean)[];
}

/** The words of one block and the days, numbers in ascending order, on which they stood. */
interface Term {
  readonly words: readonly string[];
  readonly days: ReadonlySet<number>;
  readonly first: number;
  readonly last: number;
}

interface Position {
  readonly before: string;
  readonly after: string;
  readonly separator: string;
  readonly terms: Term[];
  /** What else than a word stood in each of its places: placeholders. */
  readonly others: readonly Set<string>[];
}

const ENOUGH_WORDS = 3;
/** A deploy around midnight has old sessions and new ones on two days. */
const SHARED_DAYS = 2;
/** Characters by which the next word may be shorter than the shortest or longer than the longest. */
const LENGTH_SLACK = 2;

/**
 * Finds the words that rotate: of shapes equal but for one word, three words or more that took turns, each first seen
 * on a day of its own when the one before had gone or was going, and one of them seen on every day on which any word
 * stood there. Words that stand beside each other, alternate or come back are constants, however many: a daily, a weekly
 * and a monthly job are three names. So is a word where the tenant's or the account's own name also stands, as it may be
 * another tenant's; and no word is what a placeholder at the same position makes by chance.
 *
 * Two adjacent words rotate together where pairs of them took turns so, and each of the two was three words or more: a
 * codename such as `jolly-falcon`, new at every deploy, whether one of its words happens to stay or not.
 *
 * @param daysOf on which days each shape was seen, days in ascending order
 */
export function rotatingWords(daysOf: ReadonlyMap<string, ReadonlySet<number>>): readonly RotatingWords[] {
  return positionsOf(daysOf).flatMap(({ before, after, separator, terms, others }) => {
    if (others.some((kinds) => kinds.has("{tenant}") || kinds.has("{account}"))) return [];
    const makes = others.map((kinds) => [...kinds].map(tokenClass));
    const turns = turnsOf(
      terms.filter(({ words }) => !words.some((word, at) => makes[at]?.some((made) => made(word)))),
    );
    const places = others.map((_, at) => new Set(turns.map(({ words }) => words[at] ?? "")));
    if (places.some(({ size }) => size < ENOUGH_WORDS)) return [];
    return [{ before, after, separator, admits: places.map((words) => nextOf([...words])) }];
  });
}

function positionsOf(daysOf: ReadonlyMap<string, ReadonlySet<number>>): readonly Position[] {
  const positions = new Map<string, Position>();
  for (const [shape, days] of daysOf) {
    const { tokens, separators } = splitShape(shape);
    const span = { days, first: Math.min(...days), last: Math.max(...days) };
    let start = 0;
    for (const [at, token] of tokens.entries()) {
      const before = shape.slice(0, start);
      start += token.length + 1;
      note([token], { before, separator: "", after: shape.slice(start - 1) }, span);
      const next = tokens[at + 1];
      if (next === undefined) continue;
      const after = shape.slice(start + next.length);
      note([token, next], { before, separator: separators.charAt(at), after }, span);
    }
  }
  return [...positions.values()];

  function note(words: readonly string[], around: Omit<Position, "terms" | "others">, span: Omit<Term, "words">): void {
    if (!words.some(isPlaceholder) && !words.every(isWord)) return;
    const key = `${around.before} ${around.separator} ${around.after}`;
    const position = positions.get(key) ?? { ...around, terms: [], others: words.map(() => new Set<string>()) };
    positions.set(key, position);
    for (const [at, token] of words.entries()) if (isPlaceholder(token)) position.others[at]?.add(token);
    if (words.every(isWord)) position.terms.push({ words, ...span });
  }
}

function isPlaceholder(token: string): boolean {
  return token.startsWith("{");
}

/** The words that took turns without a gap that another word filled; none where that is not how they came. */
function turnsOf(terms: readonly Term[]): readonly Term[] {
  const turns: Term[] = [];
  for (const term of [...terms].sort((one, other) => one.first - other.first || other.last - one.last)) {
    const before = turns.at(-1);
    if (before === undefined || takesOver(before, term)) turns.push(term);
  }
  const taken = new Set(turns.flatMap(({ days }) => [...days]));
  return terms.every(({ days }) => [...days].every((day) => taken.has(day))) ? turns : [];
}

/** Days on which both could have stood are days on which both did, and few. */
function takesOver(old: Term, next: Term): boolean {
  if (next.first <= old.first || old.last - next.first >= SHARED_DAYS) return false;
  for (let day = next.first; day <= old.last; day++) if (!old.days.has(day) || !next.days.has(day)) return false;
  return true;
}

function nextOf(words: readonly string[]): (token: string) => boolean {
  const lengths = words.map(({ length }) => length);
  const shortest = Math.min(...lengths) - LENGTH_SLACK;
  const longest = Math.max(...lengths) + LENGTH_SLACK;
  const cases = new Set(words.map(caseOf));
  return (token) => isWord(token) && token.length >= shortest && token.length <= longest && cases.has(caseOf(token));
}

/** Something to pronounce: what has no vowel is an abbreviation or random letters, and one letter or two are either. */
function isWord(token: string): boolean {
  return /^[A-Za-z]{3,}$/.test(token) && /[aeiouy]/i.test(token);
}

function caseOf(word: string): string {
  if (word === word.toLowerCase()) return "lower";
  if (word === word.toUpperCase()) return "upper";
  return /^[A-Z][a-z]+$/.test(word) ? "capital" : "mixed";
}
