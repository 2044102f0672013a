import { accountOf, withoutPath } from "../trail/arn.ts";
import { tenantOf } from "../tenants/tenant.ts";
import { auditTrust } from "../trust/audit.ts";
import type { Evidence } from "../memory/cell.ts";
import type { Vendor } from "../outbound/vendor.ts";
import type { ControlDetector, Finding } from "./detector.ts";
import { evidenceOfEvent, evidenceOfIncident } from "./evidence.ts";
import { ACME, exampleVendor, later } from "./example.ts";
import { exampleIncident } from "./example-incident.ts";
import { exampleTrust } from "./example-trust.ts";
import { fact, listed } from "./phrase.ts";

/** What opens the role to others than the vendor's outbound role, though the external ID is asked for. */
const WIDENING: Readonly<Record<string, string>> = {
  "account-trusted-as-root": "trusts the vendor's whole account in the place of one role",
  "wildcard-principal": "names everybody as its principal",
  "not-principal": "lets in everybody but those whom it names",
};

/** How it lets in, where it should ask for the external ID. */
const OPEN = {
  missing: "lets in without an external ID",
  bypassable: "asks for an external ID in a way that can be avoided",
} as const;

export const trustPolicyWeakened: ControlDetector = {
  id: "trust-policy-weakened",
  version: 1,
  title: "A customer's role lets in more than the vendor's role with its external ID",
  severity: "high",
  attack: ["T1098.003", "T1199"],
  why:
    "The external ID in the role's trust policy is all that keeps others from having the vendor enter this customer. Without " +
    "it, or with a whole account trusted in place of one role, whoever makes the vendor's service call enters too.",
  respond: [
    "Tell the customer, and send the policy that `deputywatch audit --fix` or `template` writes.",
    "Who changed it, and was it the customer? Look for the change in the customer's trail, at the time given.",
    "Was the role entered since, by anybody but the vendor's workload? Look for alerts on the same role.",
    "Until it is mended: stop the workload for this customer, or accept the risk in writing.",
  ],
  blind:
    "Changes in accounts whose trail is not forwarded, until the next probe; policies that weaken by what they refer to, such " +
    "as a condition on tags that the caller may set.",
  sources: [
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html",
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html",
  ],
  summary: (evidence) =>
    `The role ${listed(evidence.roles) || "of a customer"} ${fact(evidence, "wrongs", "is open")} ` +
    `(found by ${fact(evidence, "foundBy", "its trust policy")}).`,
  judges: "control",
  judge: (event, vendor) => {
    if (event.trust === null || event.outcome !== "allowed") return undefined;
    const wrongs = wrongsOf(event.trust.policy, event.trust.roleArn, vendor);
    if (wrongs.length === 0) return undefined;
    const { roleArn } = event.trust;
    const tenancy = vendor.registry?.tenancyOf(roleArn, accountOf(roleArn), event.timeMs);
    // Only of customers, and of what they did while they were customers.
    if (tenancy === undefined || tenancy.kind === "unknown" || tenancy.kind === "not-in-force") return undefined;
    const facts = { wrongs, foundBy: ["its trust policy"], operations: [event.operation] };
    return findingOf(roleArn, tenantOf(tenancy), event.timeMs, evidenceOfEvent(event, facts));
  },
  judgeIncident: ({ kind, roleArn, ...incident }) => {
    if (kind !== "role-opened" || roleArn === null) return undefined;
    const facts = { ...incident.facts, foundBy: ["a probe"] };
    const evidence = evidenceOfIncident({ ...incident, kind, roleArn: withoutPath(roleArn), facts });
    return findingOf(roleArn, incident.tenant, incident.timeMs, evidence);
  },
  examples: {
    fires: {
      "the condition is taken out": {
        vendor: exampleVendor(),
        events: [exampleTrust({ condition: null })],
      },
      "it passes where there is no ID": {
        vendor: exampleVendor(),
        events: [exampleTrust({ condition: { StringEqualsIfExists: { "sts:ExternalId": "0123456789abcdef" } } })],
      },
      "the whole account is trusted in the role's place": {
        vendor: exampleVendor(),
        events: [exampleTrust({ principal: "arn:aws:iam::999988887777:root" })],
      },
      "everybody is trusted": { vendor: exampleVendor(), events: [exampleTrust({ principal: "*" })] },
      "another role of the customer's is made for the vendor, open": {
        vendor: exampleVendor(),
        events: [exampleTrust({ condition: null, operation: "CreateRole", roleName: "Vendor-second" })],
      },
      "a probe gets in, and the trail tells why": {
        vendor: exampleVendor(),
        events: [
          exampleTrust({ condition: null }),
          exampleIncident("role-opened", {
            ...{ roleArn: ACME.roleArn, seconds: 600, facts: { wrongs: ["lets in without an external ID"] } },
          }),
        ],
      },
    },
    quiet: {
      "the ID is rotated": {
        vendor: exampleVendor(),
        events: [
          exampleTrust({ condition: { StringEquals: { "sts:ExternalId": ["0123456789abcdef", "fedcba9876543210"] } } }),
        ],
      },
      "the change is refused": {
        vendor: exampleVendor(),
        events: [exampleTrust({ condition: null, changes: { outcome: "denied", errorCode: "AccessDenied" } })],
      },
      "a role that the vendor cannot enter": {
        vendor: exampleVendor(),
        events: [
          exampleTrust({ condition: null, principal: "arn:aws:iam::111122223333:root", roleName: "developers" }),
        ],
      },
      "an account that is no customer's": {
        vendor: exampleVendor(),
        events: [exampleTrust({ condition: null, account: "123456789012" })],
      },
      "the change happened before the customer came": {
        vendor: exampleVendor({}, [{ ...ACME, sinceMs: later(3600) }]),
        events: [exampleTrust({ condition: null })],
      },
    },
  },
};

/** What the policy leaves open, in words; nothing where it lets the vendor in as it should, or not at all. */
function wrongsOf(policy: unknown, roleArn: string, vendor: Vendor): readonly string[] {
  const vendorRoles = [...vendor.outboundRoles.values()].map(({ arn }) => arn);
  const own = new Set([...vendor.accounts, ...vendorRoles.flatMap((arn) => accountOf(arn) ?? [])]);
  const { audit } = auditTrust(policy, {
    role: { arn: roleArn, uniqueIds: "unknown", permissions: null },
    ...{ vendorAccounts: [...own], vendorRoles, idsReplaced: true },
  });
  if (audit === undefined || audit.externalId === "not-applicable") return [];
  const open = audit.externalId === "enforced" ? [] : [OPEN[audit.externalId]];
  const wide = audit.findings.flatMap(({ id }) => WIDENING[id] ?? []);
  return [...open, ...new Set(wide)];
}

/** One alert a role and day, whoever found it. */
function findingOf(roleArn: string, tenant: string | null, dayMs: number, evidence: Evidence): Finding {
  const account = accountOf(roleArn);
  if (tenant !== null) evidence.tenants.add(tenant);
  if (account !== null) evidence.accounts.add(account);
  evidence.roles.add(withoutPath(roleArn));
  return { subject: withoutPath(roleArn), tenant, dayMs, evidence };
}
