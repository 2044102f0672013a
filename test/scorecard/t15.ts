import { FIELDS, VERSIONS } from "../properties/drift.ts";
import { sized, type ScorecardTest } from "./card.ts";
import { share } from "./share.ts";
import { verdictOf, worst } from "./verdict.ts";

const UNKNOWN_FIELDS = 10_000;
const ADDRESSES = 200;

export const t15: ScorecardTest = {
  id: "T15",
  part: "A",
  title: "Versions, fields and addresses that nobody foresaw are judged, set aside or rejected, and always counted",
  run: async (sizing) => {
    const { seed } = sizing;
    return worst([
      verdictOf(await share({ property: "versions", seed, runs: VERSIONS.length }), { telling: 1 }),
      verdictOf(await share({ property: "fields", seed, runs: FIELDS.length }), { telling: 0.9 }),
      verdictOf(await share({ property: "unknown fields", seed, runs: sized(UNKNOWN_FIELDS, sizing) }), {
        telling: 0.9,
      }),
      verdictOf(await share({ property: "addresses", seed, runs: ADDRESSES }), { telling: 0.9 }),
    ]);
  },
};
