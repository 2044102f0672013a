import { sized, type ScorecardTest } from "./card.ts";
import { share } from "./share.ts";
import { verdictOf } from "./verdict.ts";

/** Each with four malformed dates beside seven clocks that are off. */
const RUNS = 2_500;

export const t14: ScorecardTest = {
  id: "T14",
  part: "A",
  title: "No invalid time gets into memory: ten minutes and a year of skew, and 10,000 malformed dates",
  run: async (sizing) =>
    verdictOf(await share({ property: "clocks", seed: sizing.seed, runs: sized(RUNS, sizing) }), { telling: 0.95 }),
};
