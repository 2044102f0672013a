import { DETECTORS } from "../../src/detectors/index.ts";
import { sized, type ScorecardTest } from "./card.ts";
import { share } from "./share.ts";
import { verdictOf } from "./verdict.ts";

const RUNS = 20_000;

export const t04: ScorecardTest = {
  id: "T04",
  part: "A",
  title: "Any order, redelivery, batching and sharing out of the same events gives the same alerts, byte for byte",
  run: async (sizing) => {
    const findings = await share({ property: "invariance", seed: sizing.seed, runs: sized(RUNS, sizing) });
    return verdictOf(findings, { telling: 0.95, marks: DETECTORS.map(({ id }) => id) });
  },
};
