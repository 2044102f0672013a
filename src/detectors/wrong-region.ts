import type { CallDetector } from "./detector.ts";
import { evidenceOf } from "./evidence.ts";
import { exampleCall, exampleEntry, exampleVendor } from "./example.ts";
import { fact, listed, victims, workloads } from "./phrase.ts";

const contract = { regions: ["us-east-1", "eu-west-1"] };
const served = (region: string, globalEndpoint = false) => exampleCall({ call: { region, globalEndpoint } });

export const wrongRegion: CallDetector = {
  id: "wrong-region",
  version: 1,
  title: "The outbound role was used in a region off its contract",
  severity: "medium",
  attack: ["T1535", "T1078.004"],
  why:
    "A workload calls STS where it runs. A region that it does not run in is a new deployment that nobody announced, or " +
    "a caller that does not know the vendor's habits.",
  respond: [
    "Does the workload run in that region now? Then its contract is to be updated.",
    "Do the address and the session name fit the workload's?",
  ],
  blind:
    "Attackers who call the workload's own regions; the global endpoint, whose region in the trail proves nothing.",
  sources: [
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_enable-regions.html",
    "https://attack.mitre.org/techniques/T1535/",
  ],
  summary: (evidence) =>
    `${workloads(evidence)} was used in ${fact(evidence, "regions", "an unnamed region")}; its contract says ` +
    `${listed(evidence.facts.get("promised") ?? [])}. It reached ${victims(evidence)}.`,
  judges: "call",
  judge: (sighting) => {
    const { call, role } = sighting;
    if (!role?.regions || call.region === null || call.globalEndpoint || role.regions.includes(call.region))
      return undefined;
    return {
      subject: `${role.arn} ${call.region}`,
      tenant: null,
      dayMs: call.timeMs,
      evidence: evidenceOf(sighting, { regions: [call.region], promised: role.regions }),
    };
  },
  examples: {
    fires: {
      "a region nobody deployed to": { vendor: exampleVendor(contract), events: [served("ap-south-1")] },
      "an entry into the outbound role from there": {
        vendor: exampleVendor(contract),
        events: [exampleEntry({ call: { region: "ap-south-1" } })],
      },
      "another partition": { vendor: exampleVendor(contract), events: [served("cn-north-1")] },
    },
    quiet: {
      "the contract's regions": { vendor: exampleVendor(contract), events: [served("us-east-1"), served("eu-west-1")] },
      "the global endpoint, logged in us-east-1 wherever it was served": {
        vendor: exampleVendor({ regions: ["eu-west-1"] }),
        events: [served("us-east-1", true)],
      },
      "a role without a contract for regions": { vendor: exampleVendor(), events: [served("ap-south-1")] },
    },
  },
};
