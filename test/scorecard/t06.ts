import { sized, type ScorecardTest } from "./card.ts";
import { share } from "./share.ts";
import { verdictOf } from "./verdict.ts";

const RUNS = 5_000;

export const t06: ScorecardTest = {
  id: "T06",
  part: "A",
  title: "Up to four copies of a call make the same alerts in every order and batching, and the caller's name is kept",
  run: async (sizing) => {
    const findings = await share({ property: "copies", seed: sizing.seed, runs: sized(RUNS, sizing) });
    return verdictOf(findings, { telling: 0.5, marks: ["copies: 2", "copies: 3", "copies: 4"] });
  },
};
