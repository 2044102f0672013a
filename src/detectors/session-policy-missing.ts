import type { CallDetector } from "./detector.ts";
import { evidenceOf } from "./evidence.ts";
import { deniedCall, exampleCall, exampleEntry, exampleVendor } from "./example.ts";
import { victims, workloads } from "./phrase.ts";

const contract = { sessionPolicy: "required" } as const;

export const sessionPolicyMissing: CallDetector = {
  id: "session-policy-missing",
  version: 1,
  title: "A customer's role was assumed without the session policy that was promised",
  severity: "medium",
  attack: ["T1078.004"],
  why:
    "The workload passes a session policy so that what it obtains can do no more than its task. A session without one " +
    "has everything the customer's role grants.",
  respond: [
    "Was the workload deployed without its policy?",
    "Or did something else than the workload ask for the session?",
  ],
  blind: "A policy that is passed and allows everything.",
  sources: [
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#policies_session",
    "https://securitylabs.datadoghq.com/articles/securely-integrating-with-customers-aws-accounts/",
  ],
  summary: (evidence) => `${workloads(evidence)} entered ${victims(evidence)} without a session policy.`,
  judges: "call",
  judge: (sighting) => {
    const { call, hop, role } = sighting;
    if (hop !== "crossing" || role?.sessionPolicy !== "required" || call.outcome !== "allowed") return undefined;
    if (call.asked === null || call.asked.sessionPolicy) return undefined;
    return { subject: role.arn, tenant: null, dayMs: call.timeMs, evidence: evidenceOf(sighting) };
  },
  examples: {
    fires: {
      "no policy at all": { vendor: exampleVendor(contract), events: [exampleCall()] },
      "one call of two": {
        vendor: exampleVendor(contract),
        events: [exampleCall({ id: "with", asked: { sessionPolicy: true } }), exampleCall()],
      },
      "from the vendor's own address and under its usual name": {
        vendor: exampleVendor(contract),
        events: [exampleCall({ asked: { sessionName: "scan-acme-1" } })],
      },
    },
    quiet: {
      "a policy was passed": {
        vendor: exampleVendor(contract),
        events: [exampleCall({ asked: { sessionPolicy: true } })],
      },
      "the role's contract leaves it open": { vendor: exampleVendor(), events: [exampleCall()] },
      "the call was denied": { vendor: exampleVendor(contract), events: [deniedCall()] },
      "the entry into the outbound role": { vendor: exampleVendor(contract), events: [exampleEntry()] },
    },
  },
};
