import { splitShape } from "./name-shape.ts";
import { tokenClass } from "./name-token.ts";

/** A position in a session name whose word changes with every deploy, and what stays around it. */
export interface RotatingWord {
  /** The shape up to the word and from behind it, separators included. */
  readonly before: string;
  readonly after: string;
  /** The words that took turns, oldest first. */
  readonly words: readonly string[];
  /** Whether a token could be the next word: letters only, of a case and about as long as the words so far. */
  readonly admits: (token: string) => boolean;
}

/** A word and the days, numbers in ascending order, on which it stood. */
interface Term {
  readonly word: string;
  readonly days: ReadonlySet<number>;
  readonly first: number;
  readonly last: number;
}

interface Position {
  readonly before: string;
  readonly after: string;
  readonly terms: Term[];
  /** What else than a word stood here: placeholders. */
  readonly others: string[];
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
 * @param daysOf on which days each shape was seen, days in ascending order
 */
export function rotatingWords(daysOf: ReadonlyMap<string, ReadonlySet<number>>): readonly RotatingWord[] {
  return positionsOf(daysOf).flatMap(({ before, after, terms, others }) => {
    if (others.includes("{tenant}") || others.includes("{account}")) return [];
    const makes = others.map(tokenClass);
    const turns = turnsOf(terms.filter(({ word }) => !makes.some((made) => made(word))));
    if (turns.length < ENOUGH_WORDS) return [];
    const words = turns.map(({ word }) => word);
    return [{ before, after, words, admits: nextOf(words) }];
  });
}

function positionsOf(daysOf: ReadonlyMap<string, ReadonlySet<number>>): readonly Position[] {
  const positions = new Map<string, Position>();
  for (const [shape, days] of daysOf) {
    let at = 0;
    for (const token of splitShape(shape).tokens) {
      const before = shape.slice(0, at);
      const after = shape.slice(at + token.length);
      at += token.length + 1;
      const isPlaceholder = token.startsWith("{");
      if (!isPlaceholder && !isWord(token)) continue;
      const key = `${before} ${after}`;
      const position = positions.get(key) ?? { before, after, terms: [], others: [] };
      positions.set(key, position);
      if (isPlaceholder) position.others.push(token);
      else position.terms.push({ word: token, days, first: Math.min(...days), last: Math.max(...days) });
    }
  }
  return [...positions.values()];
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
