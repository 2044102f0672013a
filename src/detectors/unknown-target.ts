import { isStrangersRefusal, principalOf } from "../outbound/sighting.ts";
import type { CallDetector } from "./detector.ts";
import { evidenceOf } from "./evidence.ts";
import { tenantOf } from "../tenants/tenant.ts";
import { ACME, deniedCall, exampleCall, exampleEntry, exampleVendor, later } from "./example.ts";
import { fact, listed, victims, workloads } from "./phrase.ts";

const stranger = "arn:aws:iam::777766665555:role/Vendor";

export const unknownTarget: CallDetector = {
  id: "unknown-target",
  version: 2,
  title: "The outbound role went for a role that is no customer's",
  severity: "high",
  attack: ["T1199", "T1526"],
  why:
    "Every role that the vendor enters is in its registry. A role outside of it was guessed, kept after a customer left, " +
    "or connected behind the product's back; entering a former customer's account is a breach of its own.",
  respond: [
    "Was the customer off-boarded, and does the workload still have it on its list?",
    "Was the role added by somebody outside of onboarding: who, and in whose name?",
    "Did the call succeed? Then an account trusts the vendor that the vendor does not know.",
  ],
  blind:
    "Targets that CloudTrail does not name, as in a denial whose message was cut; what other principals than the outbound " +
    "roles were denied, which is unexpected-caller's.",
  sources: [
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html",
    "https://securitylabs.datadoghq.com/articles/securely-integrating-with-customers-aws-accounts/",
  ],
  summary: (evidence) =>
    `${workloads(evidence)} went for ${listed(evidence.roles)} of ${victims(evidence)}, ` +
    `which is ${fact(evidence, "registered", "unknown")} (${fact(evidence, "outcomes", "outcome unknown")}).`,
  judges: "call",
  judge: (sighting, vendor) => {
    const { call, hop, tenancy } = sighting;
    if (hop !== "crossing" || tenancy === null || tenancy.kind === "registered") return undefined;
    if (isStrangersRefusal(sighting, vendor)) return undefined;
    if (call.target.roleArn === null) return undefined;
    const registered = {
      "unregistered-role": "a role that the customer did not register",
      "not-in-force": "off-boarded, or not a customer at that time",
      unknown: "not in the registry",
    }[tenancy.kind];
    // Guesses, and accounts that anybody may open by the hundred, are one story about who calls; a customer's role that
    // opened is a story of its own.
    const opened = call.outcome === "allowed";
    const ownStory = opened && tenancy.kind !== "unknown";
    return {
      subject: ownStory ? call.target.roleArn : principalOf(call),
      tenant: opened ? tenantOf(tenancy) : null,
      dayMs: call.timeMs,
      evidence: evidenceOf(sighting, { registered: [registered], outcomes: [call.outcome] }),
    };
  },
  examples: {
    fires: {
      "an account that was never registered lets the vendor in": {
        vendor: exampleVendor(),
        events: [exampleCall({ target: stranger })],
      },
      "a guess, denied": { vendor: exampleVendor(), events: [deniedCall({ target: stranger })] },
      "a customer's account, another role than the registered one": {
        vendor: exampleVendor(),
        events: [exampleCall({ target: "arn:aws:iam::111122223333:role/Administrator" })],
      },
      "a customer who was off-boarded an hour before": {
        vendor: exampleVendor({}, [{ ...ACME, status: "offboarded", untilMs: later(-3_600) }]),
        events: [exampleCall()],
      },
    },
    quiet: {
      "a registered role": { vendor: exampleVendor(), events: [exampleCall()] },
      "a customer who is off-boarded an hour later": {
        vendor: exampleVendor({}, [{ ...ACME, status: "offboarded", untilMs: later(3_600) }]),
        events: [exampleCall()],
      },
      "a customer being onboarded": {
        vendor: exampleVendor({}, [{ ...ACME, status: "onboarding", externalId: null }]),
        events: [deniedCall()],
      },
      "no registry is configured": {
        vendor: exampleVendor({}, undefined, { registry: null }),
        events: [exampleCall({ target: stranger })],
      },
      "a guess of a principal that is no outbound role, denied: unexpected-caller tells of it": {
        vendor: exampleVendor(),
        events: [
          deniedCall({
            target: "arn:aws:iam::111122223333:role/Administrator",
            caller: { roleArn: "arn:aws:iam::999988887777:role/webhooks", principalId: "AROAEXAMPLEHOOK:1" },
          }),
        ],
      },
      "the workload's entry into the outbound role": { vendor: exampleVendor(), events: [exampleEntry()] },
    },
  },
};
