import { principalOf } from "../outbound/sighting.ts";
import type { CallDetector } from "./detector.ts";
import { evidenceOf } from "./evidence.ts";
import { exampleCall, exampleEntry, exampleVendor } from "./example.ts";
import { fact, victims, who, workloads } from "./phrase.ts";

const sso = {
  arn: "arn:aws:sts::999988887777:assumed-role/AWSReservedSSO_Admin_0123456789abcdef/sam",
  principalId: "AROAEXAMPLEPERSON:sam",
  roleArn: "arn:aws:iam::999988887777:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0123456789abcdef",
  human: [{ strength: "strong", marker: "IAM Identity Center permission set" }],
} as const;

export const humanOperator: CallDetector = {
  id: "human-operator",
  version: 1,
  title: "A person used the outbound role",
  severity: "high",
  attack: ["T1078.004", "T1199"],
  why:
    "The outbound role opens every customer's account and belongs to a workload. A person in it is an operator " +
    "bypassing the product, or somebody with that operator's credentials; customers were promised neither.",
  respond: [
    "Who is the principal, and does that person say it was them?",
    "Is there a change or incident ticket that explains it, from before the first call?",
    "Which customers' roles did the session enter, and what did it do there?",
    "If nobody explains it: revoke the role's sessions (aws:TokenIssueTime) and the person's, then rotate.",
  ],
  blind: "A person who takes the workload's own credentials and imitates its client, names and addresses.",
  sources: [
    "https://securitylabs.datadoghq.com/articles/securely-integrating-with-customers-aws-accounts/",
    "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html",
  ],
  summary: (evidence) =>
    `A person (${fact(evidence, "markers", "by more than one weak sign")}) was at work in ${workloads(evidence)} as ` +
    `${who(evidence)}, reaching ${victims(evidence)}.`,
  judges: "call",
  judge: (sighting) => {
    const { human, machine } = sighting.call.caller;
    const strong = human.some(({ strength }) => strength === "strong");
    if (!strong && (human.length < 2 || machine)) return undefined;
    return {
      subject: principalOf(sighting.call),
      tenant: null,
      dayMs: sighting.call.timeMs,
      evidence: evidenceOf(sighting, {
        markers: human.map(({ marker }) => marker),
        sessionNames: [sighting.call.asked?.sessionName],
        userAgents: [sighting.call.userAgent],
      }),
    };
  },
  examples: {
    fires: {
      "an engineer signed in through IAM Identity Center assumes the outbound role": {
        vendor: exampleVendor(),
        events: [exampleEntry({ caller: sso })],
      },
      "an IAM user with an access key and the AWS CLI": {
        vendor: exampleVendor(),
        events: [
          exampleEntry({
            caller: {
              kind: "IAMUser",
              human: [
                { strength: "weak", marker: "AWS CLI" },
                { strength: "weak", marker: "IAM user's access key" },
              ],
            },
          }),
        ],
      },
      "the console switches from the outbound role into a customer's": {
        vendor: exampleVendor(),
        events: [
          exampleCall({
            from: "AWS Internal",
            caller: { human: [{ strength: "strong", marker: "console role switch" }] },
          }),
        ],
      },
      "a vendor's root user assumes a customer's role": {
        vendor: exampleVendor(),
        events: [
          exampleCall({
            caller: { kind: "Root", roleArn: null, human: [{ strength: "strong", marker: "root user" }] },
          }),
        ],
      },
    },
    quiet: {
      "the workload's own role assumes the outbound role": { vendor: exampleVendor(), events: [exampleEntry()] },
      "a container image that calls the AWS CLI from a script: one weak sign": {
        vendor: exampleVendor(),
        events: [exampleCall({ caller: { human: [{ strength: "weak", marker: "AWS CLI" }] } })],
      },
      "a function named like a person: credentials delivered to a function are a machine's": {
        vendor: exampleVendor(),
        events: [
          exampleCall({
            caller: {
              machine: true,
              human: [
                { strength: "weak", marker: "AWS CLI" },
                { strength: "medium", marker: "session named like an e-mail address" },
              ],
            },
          }),
        ],
      },
      "an engineer assumes a role that is not an outbound one": {
        vendor: exampleVendor(),
        events: [
          exampleEntry({
            caller: sso,
            call: { target: { roleArn: "arn:aws:iam::999988887777:role/debug", account: "999988887777" } },
          }),
        ],
      },
    },
  },
};
