import { readFile } from "node:fs/promises";
import { beforeAll, expect, test } from "vitest";
import { crashEverywhere } from "./crash-points.ts";
import { hunt } from "./kill.ts";
import { MUTANTS } from "./mutants.ts";
import { simulateSeeds } from "./run.ts";
import { simulate, type Outcome } from "./simulate.ts";
import { openLibrary, storyOf, type Library } from "./story.ts";

/** `SIM_SEED=… npm test` simulates others. */
const FROM = Number(process.env.SIM_SEED ?? 1);
const SEEDS = 60;

let library: Library;
beforeAll(async () => {
  library = await openLibrary();
});

test(
  `nothing is lost, nothing invented and nothing stuck in ${SEEDS} worlds that fail and heal`,
  { timeout: 180_000 },
  async () => {
    const { failure, seeds, wanting, crashes } = await simulateSeeds(FROM, SEEDS);
    expect(failure, failure === null ? "" : `replay: SIM_SEED=${failure.seed} npm test -- test/sim`).toBeNull();
    expect(wanting / seeds, "share of worlds with an alert to find").toBeGreaterThanOrEqual(0.95);
    expect(crashes / seeds, "crashes a world").toBeGreaterThanOrEqual(100);
  },
);

test("a seed replays exactly", async () => {
  const play = async (seed: number): Promise<Outcome> => simulate(seed, await storyOf(seed, library), library);
  expect(await play(FROM + 7)).toEqual(await play(FROM + 7));
  expect((await play(FROM + 7)).toll).not.toEqual((await play(FROM + 8)).toll);
});

test("a crash at any one step of ten messages changes nothing", { timeout: 60_000 }, async () => {
  const { schedules, failures } = await crashEverywhere(library, 0);
  expect(failures).toEqual([]);
  expect(schedules).toBeGreaterThanOrEqual(100);
});

test("every mutant finds its one place in the source", async () => {
  for (const { name, edits } of MUTANTS) {
    for (const { file, find } of edits)
      expect((await readFile(file, "utf8")).split(find), `${name}, ${file}`).toHaveLength(2);
  }
  expect(MUTANTS).toHaveLength(14);
});

test("whoever acknowledges before the work is done is noticed", { timeout: 60_000 }, async () => {
  const mutant = MUTANTS.find(({ name }) => name === "acknowledge, then work");
  expect((await hunt(mutant!, 20)).failure).not.toBeNull();
});
