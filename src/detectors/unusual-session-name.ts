import type { CallDetector } from "./detector.ts";
import { evidenceOf, tenantOf } from "./evidence.ts";
import { exampleCall, exampleEntry, exampleVendor, GLOBEX, promisedNames } from "./example.ts";
import { fact, victims, workloads } from "./phrase.ts";

const named = (sessionName: string) => exampleCall({ asked: { sessionName } });
const contract = { sessionNames: promisedNames("scan-{tenant}-*", "canary") };

export const unusualSessionName: CallDetector = {
  id: "unusual-session-name",
  version: 1,
  title: "A session name is off the role's contract",
  severity: "medium",
  attack: ["T1078.004"],
  why:
    "A workload names its sessions by a pattern of its own. A name left to an SDK, a tool or a person says that " +
    "something else than the workload asked for the credentials.",
  respond: [
    "Was a new version of the workload deployed with a new pattern? Then its contract is to be updated.",
    "Does the name belong to a tool: an SDK's default, terraform, an instance id, a person?",
    "Do the address and the client fit the workload's?",
  ],
  blind: "An attacker who has seen a session name and imitates the pattern, placeholders included.",
  sources: [
    "https://securitylabs.datadoghq.com/articles/securely-integrating-with-customers-aws-accounts/",
    "https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html",
  ],
  summary: (evidence) =>
    `Sessions named ${fact(evidence, "sessionNames", "nothing")} were opened through ${workloads(evidence)}, ` +
    `which does not name its sessions so, reaching ${victims(evidence)}.`,
  judges: "call",
  judge: (sighting) => {
    const { call, hop, role, tenancy } = sighting;
    const name = call.asked?.sessionName;
    if (hop !== "crossing" || !role?.sessionNames || name === undefined || name === null) return undefined;
    if (role.sessionNames.allows(name, { tenant: tenantOf(tenancy), account: call.target.account })) return undefined;
    return {
      subject: role.arn,
      tenant: null,
      dayMs: call.timeMs,
      evidence: evidenceOf(sighting, { sessionNames: [name], promised: role.sessionNames.templates }),
    };
  },
  examples: {
    fires: {
      "an SDK's default name": { vendor: exampleVendor(contract), events: [named("botocore-session-1700000000")] },
      "another tenant's name": {
        vendor: exampleVendor(contract),
        events: [exampleCall({ target: GLOBEX, asked: { sessionName: "scan-acme-1" } })],
      },
      "the prefix alone is imitated": { vendor: exampleVendor(contract), events: [named("scan-test0")] },
    },
    quiet: {
      "the contract's pattern with a build number": {
        vendor: exampleVendor(contract),
        events: [named("scan-acme-8c1f"), named("scan-acme-9d20")],
      },
      "a fixed name of the contract": { vendor: exampleVendor(contract), events: [named("canary")] },
      "a role without a contract for names": { vendor: exampleVendor(), events: [named("botocore-session-1")] },
      "the workload's own entry into the outbound role": {
        vendor: exampleVendor(contract),
        events: [exampleEntry({ asked: { sessionName: "task-1" } })],
      },
    },
  },
};
