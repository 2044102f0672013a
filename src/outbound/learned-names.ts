import { readName, splitShape, type NameTarget, type NameToken, type ReadName } from "./name-shape.ts";
import { tokenClass } from "./name-token.ts";
import { rotatingWords, type RotatingWords } from "./rotating-words.ts";

/** Session names as a workload's past days taught them. */
export interface LearnedNames {
  /** Whether the name is one that this workload gives to a session on this target. */
  readonly allows: (sessionName: string, target: NameTarget) => boolean;
  /**
   * Whether every name of this shape is one that this workload gives, where a shape is all that is known of a name; false
   * for a shape that only some names have by chance, such as a pod's ending where hexadecimal digits are known.
   */
  readonly allowsShape: (shape: string) => boolean;
  /**
   * What was learned, to be read: shapes such as `scan-{tenant}-{hex8}`, and `{word}` where a word rotates. Sorted, and
   * without those that another covers. Constant words are as callers chose them: hostile text.
   */
  readonly templates: readonly string[];
  /**
   * The templates as session names are configured, such as `scan-{tenant}-*`; those left out that no glob can say, and
   * those of which it would say nothing but `*`. A glob allows more than its template.
   */
  readonly globs: () => readonly string[];
  /** The templates that `globs` leaves out: where there are any, the globs do not say all that is usual. */
  readonly unsaid: () => readonly string[];
}

/** What a name's tokens are held against, one test each, where its separators are these. */
interface Template {
  readonly text: string;
  readonly separators: string;
  readonly tests: readonly ((token: NameToken) => boolean)[];
}

/**
 * Learns session names from the shapes of past days, one set a day, oldest first, empty where there were no calls; each
 * is what `shapeOf` answered. Known is every shape that was seen, what its generators make by chance
 * ({@link tokenClass}), and the next word where words rotate ({@link rotatingWords}).
 *
 * So a deploy that changes a build's hash, a version, a pod or a word that rotates is quiet. The first of its kind is
 * not: another length of hash, another number of tokens, a new constant word; it is not allowed until a day is given
 * that holds it.
 *
 * Blind: whoever has seen a name can make one like it. Where hexadecimal digits of four to six are random, some are all
 * digits, and once one such was learned, any number of one to six digits passes there.
 */
export function learnedNames(shapesByDay: readonly ReadonlySet<string>[]): LearnedNames {
  const daysOf = new Map<string, Set<number>>();
  for (const [day, shapes] of shapesByDay.entries())
    for (const shape of shapes) daysOf.set(shape, (daysOf.get(shape) ?? new Set()).add(day));

  const templates = [...[...daysOf.keys()].map(templateOf), ...rotatingWords(daysOf).map(rotatingTemplate)];
  const bySeparators = Map.groupBy(templates, ({ separators }) => separators);
  const fitting = (name: ReadName) =>
    (bySeparators.get(name.separators) ?? []).values().filter((template) => fits(template, name));
  const uncovered = () =>
    templates.filter((template) => fitting(nameOf(template.text)).every((other) => other === template));

  return {
    allows: (sessionName, target) =>
      [target, NOBODY].some((whose) => fitting(readName(sessionName, whose)).some(() => true)),
    allowsShape: (shape) => fitting(leastOf(shape)).some(() => true),
    get templates() {
      return uncovered()
        .map(({ text }) => text)
        .sort();
    },
    unsaid: () =>
      uncovered()
        .filter(({ text }) => globOf(text).length === 0)
        .map(({ text }) => text)
        .sort(),
    globs: () => [...new Set(uncovered().flatMap(({ text }) => globOf(text)))].sort(),
  };
}

/** No name has this shape. To the list of templates, what rotates in one is what rotates in another at the same place. */
const WORD = "{word}";

/** A tenant may be called like one of the workload's own words or numbers: names are read without it, too. */
const NOBODY: NameTarget = { tenant: null, account: null };

function fits({ tests }: Template, { tokens }: ReadName): boolean {
  return tokens.every((token, at) => tests[at]?.(token) ?? false);
}

function templateOf(text: string): Template {
  const { tokens, separators } = splitShape(text);
  return { text, separators, tests: tokens.map(testOf) };
}

function testOf(shape: string): (token: NameToken) => boolean {
  const made = tokenClass(shape);
  return (token) => token.shape === shape || made(token.text);
}

function rotatingTemplate({ before, after, separator, admits }: RotatingWords): Template {
  const { text, separators, tests } = templateOf(before + admits.map(() => WORD).join(separator) + after);
  const place = splitShape(before).separators.length;
  const words = admits.map((admit) => (token: NameToken) => token.shape === WORD || admit(token.text));
  return { text, separators, tests: tests.toSpliced(place, words.length, ...words) };
}

/** The name that is written as its shape, to see which other templates let in a constant word of this one. */
function nameOf(shape: string): ReadName {
  const { tokens, separators } = splitShape(shape);
  return { separators, tokens: tokens.map((token) => ({ shape: token, text: token })) };
}

/** A name of the shape that fits where all of them do: for what has a number of so many digits, that of noughts. */
function leastOf(shape: string): ReadName {
  const { tokens, separators } = nameOf(shape);
  const least = (text: string) => text.replace(/\{(?:digits|epoch)(\d+)\}/, (_, digits) => "0".repeat(Number(digits)));
  return { separators, tokens: tokens.map(({ shape: token, text }) => ({ shape: token, text: least(text) })) };
}

/** What STS would not grant has no glob; what is all placeholders has one that says nothing. */
function globOf(template: string): readonly string[] {
  const glob = template.replaceAll(/\{(?!tenant\}|account\})[A-Za-z0-9]+\}/g, "*");
  return /[?…]/.test(glob) || !/[A-Za-z0-9]/.test(glob) ? [] : [glob];
}
