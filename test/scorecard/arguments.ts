import { parseArgs } from "node:util";
import type { ScorecardTest, Sizing } from "./card.ts";

export const USAGE = `Usage: npm run scorecard -- [--only PART] [--quick] [--seed N] [TEST …]

Runs the reliability scorecard and prints a line a test: its id, PASS, FAIL or VACUOUS, a figure, the figure's unit,
seconds, and the seed. Why a test did not pass goes to stderr, with what replays it. VACUOUS means that too little was
put to the test, and counts as failed.

  --only PART  the tests of one part, such as A
  --quick      a tenth of the sizes
  --seed N     another draw, or the one that a counterexample named
  --help       this text

Exit codes: 0 all passed, 1 some did not, 2 not understood.
`;

/** The draw of every run that asks for no other. */
const SEED = 20_261_121;
/** Seeds count up from the first by one a run and stay exact. */
const HIGHEST_SEED = 2 ** 48;

/** What was asked for. */
export type Asked =
  | { readonly kind: "run"; readonly tests: readonly ScorecardTest[]; readonly sizing: Sizing }
  | { readonly kind: "help" }
  | { readonly kind: "mistake"; readonly sentence: string };

/** Reads the command line. A mistake is told in one sentence. */
export function readArguments(args: readonly string[], tests: readonly ScorecardTest[]): Asked {
  const parsed = parsedArguments(args);
  if (typeof parsed === "string") return { kind: "mistake", sentence: parsed };
  const { only, quick, seed: seedText, help } = parsed.values;
  if (help === true) return { kind: "help" };

  const parts = new Set<string>(tests.map(({ part }) => part));
  if (only !== undefined && !parts.has(only))
    return {
      kind: "mistake",
      sentence: `There is no part ${only} of the scorecard; there is ${[...parts].join(", ")}.`,
    };
  const ids = new Set<string>(tests.map(({ id }) => id));
  const unknown = parsed.positionals.find((id) => !ids.has(id));
  if (unknown !== undefined)
    return {
      kind: "mistake",
      sentence: `There is no test ${unknown} on the scorecard; there is ${[...ids].join(", ")}.`,
    };
  const seed = seedText === undefined ? SEED : Number(seedText);
  if (!Number.isSafeInteger(seed) || seed < 0 || seed > HIGHEST_SEED || seedText?.trim() === "")
    return { kind: "mistake", sentence: `A seed is a whole number from 0 on, and ${seedText ?? ""} is none.` };

  const wanted = new Set<string>(parsed.positionals);
  const chosen = tests.filter(
    ({ id, part }) => (wanted.size === 0 || wanted.has(id)) && (only === undefined || part === only),
  );
  if (chosen.length === 0)
    return { kind: "mistake", sentence: `None of ${[...wanted].join(", ")} is in part ${only ?? ""}.` };
  return { kind: "run", tests: chosen, sizing: { seed, quick: quick === true, scale: quick === true ? 0.1 : 1 } };
}

function parsedArguments(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        only: { type: "string" },
        quick: { type: "boolean" },
        seed: { type: "string" },
        help: { type: "boolean", short: "h" },
      },
    });
  } catch (cause) {
    const [sentence] = (cause as Error).message.split(/(?<=\.) |\n/);
    return sentence ?? "The arguments are not understood.";
  }
}
