import type { CallDetector } from "./detector.ts";
import { evidenceOf } from "./evidence.ts";
import { tenantOf } from "../tenants/tenant.ts";
import { ACME, deniedCall, exampleCall, exampleEntry, exampleVendor } from "./example.ts";
import { victims } from "./phrase.ts";

export const externalIdMissing: CallDetector = {
  id: "external-id-missing",
  version: 1,
  title: "A customer's role let the vendor in without an external ID",
  severity: "high",
  attack: ["T1199", "T1078.004"],
  why:
    "A successful call without an external ID proves that the role's trust policy does not demand one. Any other " +
    "customer of the vendor can then point the vendor at this role: the confused deputy.",
  respond: [
    "Tell the customer that the role's trust policy must demand sts:ExternalId, with the policy to paste.",
    "Was it the vendor's own verification, or why did the workload not send the ID it holds?",
    "Has anybody else's session entered that role since?",
  ],
  blind:
    "A role that demands an external ID in one statement and lets the vendor in by another, until somebody omits it.",
  sources: [
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html",
    "https://www.praetorian.com/blog/aws-iam-assume-role-vulnerabilities/",
  ],
  summary: (evidence) =>
    `The role of ${victims(evidence)} was assumed without an external ID, so its trust policy does not enforce one.`,
  judges: "call",
  judge: (sighting) => {
    const { call, hop, tenancy } = sighting;
    if (hop !== "crossing" || call.operation !== "AssumeRole" || call.outcome !== "allowed") return undefined;
    if (call.asked?.externalId !== null || call.target.roleArn === null) return undefined;
    return {
      subject: call.target.roleArn,
      tenant: tenantOf(tenancy),
      dayMs: call.timeMs,
      evidence: evidenceOf(sighting),
    };
  },
  examples: {
    fires: {
      "the workload forgot it and got in": {
        vendor: exampleVendor(),
        events: [exampleCall({ asked: { externalId: null } })],
      },
      "the vendor's onboarding probe got in: the new customer's policy is open": {
        vendor: exampleVendor({}, [{ ...ACME, status: "onboarding", externalId: null }]),
        events: [exampleCall({ asked: { externalId: null } })],
      },
      "the customer's copy alone shows it": {
        vendor: exampleVendor(),
        events: [
          exampleCall({
            asked: { externalId: null },
            caller: { kind: "AWSAccount", arn: null, roleArn: null },
            call: { partial: true },
          }),
        ],
      },
    },
    quiet: {
      "the ID was sent": { vendor: exampleVendor(), events: [exampleCall()] },
      "the vendor's onboarding probe is denied, as it should be": {
        vendor: exampleVendor({}, [{ ...ACME, status: "onboarding", externalId: null }]),
        events: [deniedCall()],
      },
      "the workload enters the vendor's own outbound role": { vendor: exampleVendor(), events: [exampleEntry()] },
      "CloudTrail cut the parameters": { vendor: exampleVendor(), events: [exampleCall({ asked: null })] },
    },
  },
};
