import { ANY_ONE, ANY_RUN, folded, type Pattern } from "./pattern.ts";

/** What the texts sought may be made of. */
export interface Language {
  /** Every character that a text may hold; one UTF-16 unit each. */
  readonly alphabet: string;
  readonly shortest: number;
  readonly longest: number;
}

/** A pattern, and what it has read before the text begins, such as the part of an ARN that is the same for all. */
export interface Sought {
  readonly pattern: Pattern;
  readonly read: string;
}

/** Product states looked at before the question is given up: a policy that asks for more was not written by hand. */
const MOST_STATES = 4_000;

/**
 * One text for each combination of patterns that texts of the language can match at once: all ways in which they can be
 * told apart. The patterns' automata are run side by side, breadth first, so that each text found is among the shortest.
 * Characters that no pattern names are alike, so one of them stands for all. Null where there are too many states.
 * @see https://swtch.com/~rsc/regexp/regexp1.html
 */
export function witnesses(sought: readonly Sought[], { alphabet, ...bounds }: Language): readonly string[] | null {
  const patterns = sought.map(({ pattern }) => pattern);
  const automata = patterns.map(automaton);
  const letters = lettersThatDiffer(patterns, alphabet);
  let layer: Step[] = [{ states: sought.map(({ read }, at) => automata[at]?.after(START, read) ?? START), text: "" }];
  const found = new Map<string, string>();
  const seen = new Set<string>();
  for (let length = 0; length <= bounds.longest && layer.length > 0; length++) {
    const next: Step[] = [];
    for (const { states, text } of layer) {
      if (length >= bounds.shortest) {
        const combination = automata.map((each, at) => each.accepts(states[at] ?? START)).join();
        if (!found.has(combination)) found.set(combination, text);
      }
      for (const letter of letters) {
        const onward = automata.map((each, at) => each.after(states[at] ?? START, letter));
        const key = `${Math.min(length + 1, bounds.shortest)}:${onward.join()}`;
        if (seen.has(key)) continue;
        seen.add(key);
        if (seen.size > MOST_STATES) return null;
        next.push({ states: onward, text: text + letter });
      }
    }
    layer = next;
  }
  return [...found.values()];
}

interface Step {
  /** One state of each automaton. */
  readonly states: readonly number[];
  readonly text: string;
}

/** The alphabet's letters that some pattern names, in either case where it ignores case, and one that none does. */
function lettersThatDiffer(patterns: readonly Pattern[], alphabet: string): readonly string[] {
  const named = (letter: string): boolean =>
    patterns.some(({ tokens, fold }) => tokens.includes(folded(letter.charCodeAt(0), fold)));
  const letters = Array.from({ length: alphabet.length }, (_, at) => alphabet.charAt(at));
  const rest = letters.find((letter) => !named(letter));
  return [...letters.filter(named), ...(rest === undefined ? [] : [rest])];
}

/** Every automaton's first state. */
const START = 0;

/** A deterministic automaton, made state by state as it is asked. */
interface Automaton {
  readonly after: (state: number, text: string) => number;
  readonly accepts: (state: number) => boolean;
}

interface State {
  readonly number: number;
  readonly positions: readonly number[];
  readonly next: Map<number, State>;
}

function automaton({ tokens, fold }: Pattern): Automaton {
  const known = new Map<string, State>();
  const states: State[] = [];
  const stateAt = (positions: readonly number[]): State => {
    const key = positions.join();
    let state = known.get(key);
    if (state === undefined) {
      state = { number: states.length, positions, next: new Map() };
      known.set(key, state);
      states.push(state);
    }
    return state;
  };
  const first = stateAt(pastRuns(new Set([0]), tokens));
  const step = (state: State, unit: number): State => {
    let reached = state.next.get(unit);
    if (reached === undefined) {
      const onward = new Set<number>();
      for (const at of state.positions) {
        const token = tokens[at];
        if (token === ANY_RUN) onward.add(at);
        else if (token === ANY_ONE || token === unit) onward.add(at + 1);
      }
      reached = stateAt(pastRuns(onward, tokens));
      state.next.set(unit, reached);
    }
    return reached;
  };
  return {
    after: (from, text) => {
      let state = states[from] ?? first;
      for (let at = 0; at < text.length; at++) state = step(state, folded(text.charCodeAt(at), fold));
      return state.number;
    },
    accepts: (state) => (states[state] ?? first).positions.includes(tokens.length),
  };
}

/** A run may be empty, so whoever stands before one stands behind it too. */
function pastRuns(positions: ReadonlySet<number>, tokens: readonly number[]): readonly number[] {
  const all = new Set(positions);
  for (const at of all) if (tokens[at] === ANY_RUN) all.add(at + 1);
  return [...all].sort((a, b) => a - b);
}
