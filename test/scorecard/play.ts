import type { Outcome, ScorecardTest, Sizing } from "./card.ts";

/** Where a card's lines go. */
export interface Desk {
  readonly out: (line: string) => void;
  readonly err: (line: string) => void;
  /** Milliseconds of a clock that only runs forward. */
  readonly nowMs: () => number;
}

/** Runs the tests one after the other, prints a line for each and one for all, and says whether all passed. */
export async function play(tests: readonly ScorecardTest[], sizing: Sizing, desk: Desk): Promise<boolean> {
  let passed = 0;
  for (const test of tests) {
    const startedMs = desk.nowMs();
    const { verdict, figure, unit, detail } = await outcomeOf(test, sizing);
    const seconds = ((desk.nowMs() - startedMs) / 1000).toFixed(1);
    desk.out(`${test.id} ${verdict} ${figure} ${unit} ${seconds} ${sizing.seed}`);
    if (verdict === "PASS") passed++;
    else desk.err(`${test.id} ${test.title}\n${detail ?? "no detail"}`);
  }
  desk.out(`${passed} passed, ${tests.length - passed} failed`);
  return passed === tests.length;
}

/** A test that breaks down has failed, and those after it are still run. */
async function outcomeOf(test: ScorecardTest, sizing: Sizing): Promise<Outcome> {
  try {
    return await test.run(sizing);
  } catch (cause) {
    const detail = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
    return { verdict: "FAIL", figure: 0, unit: "runs", detail };
  }
}
