import { parseArgs } from "node:util";
import { openLibrary, storyOf } from "./story.ts";
import { simulate, type Outcome } from "./simulate.ts";

/** What is wrong with an outcome, a line each; none where it is as it must be. */
export function violations({ lost, ghosts, stuck, differing, misplaced }: Outcome): readonly string[] {
  return Object.entries({ lost, ghosts, stuck, differing, misplaced }).flatMap(([what, list]) =>
    list.map((one) => `${what}: ${one}`),
  );
}

/** What many seeds came to. */
export interface Run {
  readonly seeds: number;
  readonly wanting: number;
  readonly crashes: number;
  readonly sends: number;
  readonly wanted: number;
  /** The first seed that went wrong, and how. */
  readonly failure: { readonly seed: number; readonly violations: readonly string[] } | null;
}

/** Simulates seeds `from`, `from + step` … `count` of them, up to the first that goes wrong. */
export async function simulateSeeds(from: number, count: number, step = 1): Promise<Run> {
  const library = await openLibrary();
  let [seeds, wanting, crashes, sends, wanted] = [0, 0, 0, 0, 0];
  for (let seed = from; seeds < count; seed += step) {
    const outcome = await simulate(seed, await storyOf(seed, library), library);
    seeds++;
    wanting += outcome.wanted > 0 ? 1 : 0;
    crashes += outcome.toll.crashes;
    sends += outcome.sends;
    wanted += outcome.wanted;
    const wrong = violations(outcome);
    if (wrong.length > 0) return { seeds, wanting, crashes, sends, wanted, failure: { seed, violations: wrong } };
  }
  return { seeds, wanting, crashes, sends, wanted, failure: null };
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      from: { type: "string", default: "1" },
      seeds: { type: "string", default: "100" },
      step: { type: "string", default: "1" },
    },
  });
  const run = await simulateSeeds(Number(values.from), Number(values.seeds), Number(values.step));
  console.log(JSON.stringify(run));
  process.exitCode = run.failure === null ? 0 : 1;
}
