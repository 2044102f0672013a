import { expect, test } from "vitest";
import { readArguments } from "./arguments.ts";
import type { Outcome, ScorecardTest } from "./card.ts";
import { play } from "./play.ts";
import { TESTS } from "./tests.ts";

/** The full sizes' hundredth: enough to see that a test runs, and mostly enough to see a property break. */
const SIZING = { seed: 50, quick: true, scale: 0.01 };

/**
 * Those that take long at any size: the simulation has tests of its own, the soak and the canaries their own processes,
 * and for tenants an estate is simulated, attacked and judged a few times over. CI runs a tenth of them.
 */
const LONG: ReadonlySet<string> = new Set(["T01", "T02", "T07", "T08", "T26", "T27", "T28", "T30"]);
const LONGEST_MS = 60_000;
const short = TESTS.filter(({ id }) => !LONG.has(id)).map((entry) => ({ name: `${entry.id}: ${entry.title}`, entry }));

test.each(short)(
  "$name",
  async ({ entry }) => {
    const { verdict, detail } = await entry.run(SIZING);
    expect(verdict, detail).toBe("PASS");
  },
  LONGEST_MS,
);

const ending = (id: `T${string}`, outcome: Partial<Outcome>): ScorecardTest => ({
  id,
  part: "A",
  title: `ends as ${outcome.verdict ?? "nothing"}`,
  run: () => Promise.resolve({ verdict: "PASS", figure: 7, unit: "runs", ...outcome }),
});
const breaking: ScorecardTest = { ...ending("T98", {}), run: () => Promise.reject(new Error("out of luck")) };

async function played(tests: readonly ScorecardTest[]) {
  const [out, err]: [string[], string[]] = [[], []];
  const desk = { out: (line: string) => out.push(line), err: (line: string) => err.push(line), nowMs: () => 0 };
  return { passed: await play(tests, SIZING, desk), out, err: err.join("\n") };
}

test("a line a test and one for all, and what went wrong elsewhere", async () => {
  const vacuous = ending("T97", { verdict: "VACUOUS", detail: "1 of 7 runs told anything" });
  const { passed, out, err } = await played([ending("T96", {}), vacuous, breaking]);
  expect(out).toEqual([
    "T96 PASS 7 runs 0.0 50",
    "T97 VACUOUS 7 runs 0.0 50",
    "T98 FAIL 0 runs 0.0 50",
    "1 passed, 2 failed",
  ]);
  expect(passed).toBe(false);
  expect(err).toMatch(/^T97 ends as VACUOUS\n1 of 7 runs told anything\nT98 ends as nothing\nError: out of luck/);
});

test("a card of nothing but passes passes", async () => {
  expect(await played([ending("T96", {})])).toMatchObject({ passed: true, err: "" });
});

test("tests are chosen by part and by name, sizes by --quick, the draw by --seed", () => {
  const all = readArguments(["--only", "A"], TESTS);
  const inA = TESTS.filter(({ part }) => part === "A");
  expect(all).toMatchObject({ kind: "run", tests: inA, sizing: { quick: false, scale: 1 } });
  expect(readArguments(["T05", "T04", "--quick", "--seed", "7"], TESTS)).toMatchObject({
    tests: [{ id: "T04" }, { id: "T05" }],
    sizing: { quick: true, scale: 0.1, seed: 7 },
  });
  expect(readArguments(["--help"], TESTS)).toEqual({ kind: "help" });
});

test.each([
  [["T99"], /^There is no test T99 on the scorecard; there is T01, [^.]*\.$/],
  [["--only", "Z"], /^There is no part Z of the scorecard; there is A[^.]*\.$/],
  [["--only"], /^Option '--only <value>' argument missing$/],
  [["--fast"], /^Unknown option '--fast'\.$/],
  [["--seed", "-1"], /./],
  [["--seed", "one"], /^A seed is a whole number from 0 on, and one is none\.$/],
  [["--seed="], /^A seed is a whole number from 0 on, and {2}is none\.$/],
])("%j is answered by one sentence", (args, sentence) => {
  const asked = readArguments(args, TESTS);
  expect(asked).toMatchObject({ kind: "mistake", sentence: expect.stringMatching(sentence) as unknown });
  expect(asked.kind === "mistake" && asked.sentence).not.toContain("\n");
});

test("no two tests have one name, and they stand in order", () => {
  const ids = TESTS.map(({ id }) => id);
  expect(ids).toEqual([...new Set(ids)].sort());
});
