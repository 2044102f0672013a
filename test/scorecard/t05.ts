import { KINDS } from "../properties/laws.ts";
import { sized, type Outcome, type ScorecardTest } from "./card.ts";
import { share } from "./share.ts";
import { verdictOf, worst } from "./verdict.ts";

const RUNS_A_KIND = 10_000;

export const t05: ScorecardTest = {
  id: "T05",
  part: "A",
  title: "Every kind of cell is a join-semilattice, through JSON and through DynamoDB's types as well",
  run: async (sizing) => {
    const outcomes: Outcome[] = [];
    for (const kind of KINDS) {
      const runs = sized(RUNS_A_KIND, sizing);
      const findings = await share({ property: `laws of ${kind}`, seed: sizing.seed, runs });
      outcomes.push(verdictOf(findings, { telling: 0.5 }));
    }
    return worst(outcomes as [Outcome, ...Outcome[]]);
  },
};
