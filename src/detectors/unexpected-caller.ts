import { withoutPath } from "../trail/arn.ts";
import type { Caller } from "../trail/call.ts";
import { compileGlob } from "../outbound/glob.ts";
import { principalOf } from "../outbound/sighting.ts";
import type { CallDetector } from "./detector.ts";
import { evidenceOf } from "./evidence.ts";
import { exampleCall, exampleEntry, exampleVendor } from "./example.ts";
import { victims, who, workloads } from "./phrase.ts";

const other = {
  arn: "arn:aws:sts::999988887777:assumed-role/ci-deployer/build-7",
  principalId: "AROAEXAMPLECI:build-7",
  roleArn: "arn:aws:iam::999988887777:role/ci-deployer",
} as const;

export const unexpectedCaller: CallDetector = {
  id: "unexpected-caller",
  version: 1,
  title: "A principal that has no business there used the way to customers",
  severity: "high",
  attack: ["T1199", "T1078.004"],
  why:
    "Only the workload may assume the outbound role, and only the outbound role may enter customers' accounts. Another " +
    "principal on either step has permissions that nobody meant to give, or is an attacker moving sideways.",
  respond: [
    "What is the principal, who can use it, and since when may it assume that role?",
    "Is it a new workload or a renamed one? Then `callers` is to be updated by review.",
    "What else did the principal do around that time?",
  ],
  blind: "The expected principal in other hands.",
  sources: [
    "https://securitylabs.datadoghq.com/articles/securely-integrating-with-customers-aws-accounts/",
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_terms-and-concepts.html",
  ],
  summary: (evidence) =>
    evidence.accounts.size === 0
      ? `${who(evidence)} assumed ${workloads(evidence)}, which only its workload may.`
      : `${who(evidence)}, which is no outbound role, went into the accounts of ${victims(evidence)}.`,
  judges: "call",
  judge: (sighting, { outboundRoles }) => {
    const { call, hop, role } = sighting;
    if (call.caller.kind === "AWSAccount" || outboundRoles.size === 0) return undefined;
    const expected = hop === "crossing" ? role !== null : !role?.callers || isAmong(call.caller, role.callers);
    if (expected) return undefined;
    return {
      subject: `${hop} ${principalOf(call)}`,
      tenant: null,
      dayMs: call.timeMs,
      evidence: evidenceOf(sighting, {
        principals: [call.caller.roleArn ?? call.caller.arn],
        outcomes: [call.outcome],
      }),
    };
  },
  examples: {
    fires: {
      "the build pipeline's role assumes the outbound role": {
        vendor: exampleVendor(),
        events: [exampleEntry({ caller: other })],
      },
      "the build pipeline's role enters a customer's account by itself": {
        vendor: exampleVendor(),
        events: [exampleCall({ caller: other })],
      },
      "it tries and is denied": {
        vendor: exampleVendor(),
        events: [exampleEntry({ caller: other, asked: null, call: { outcome: "denied", errorCode: "AccessDenied" } })],
      },
    },
    quiet: {
      "the workload's role": { vendor: exampleVendor(), events: [exampleEntry()] },
      "a role whose path the session's ARN has dropped": {
        vendor: exampleVendor({ callers: ["arn:aws:iam::999988887777:role/tasks/ecs-*"] }),
        events: [exampleEntry()],
      },
      "callers are not configured": {
        vendor: exampleVendor({ callers: null }),
        events: [exampleEntry({ caller: other })],
      },
      "an employee assumes a role in an account that is no customer's": {
        vendor: exampleVendor(),
        events: [exampleCall({ caller: other, target: "arn:aws:iam::777766665555:role/partner" })],
      },
      "the customer's copy does not say who called": {
        vendor: exampleVendor(),
        events: [exampleCall({ caller: { kind: "AWSAccount", arn: null, roleArn: null }, call: { partial: true } })],
      },
    },
  },
};

function isAmong({ arn, roleArn }: Caller, callers: readonly string[]): boolean {
  const names = [arn, roleArn].filter((name) => name !== null);
  return callers.some((glob) => {
    const [matches, matchesWithoutPath] = [compileGlob(glob), compileGlob(withoutPath(glob))];
    return names.some((name) => matches(name) || matchesWithoutPath(withoutPath(name)));
  });
}
