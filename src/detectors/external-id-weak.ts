import type { IncidentDetector } from "./detector.ts";
import { evidenceOfIncident } from "./evidence.ts";
import { exampleVendor } from "./example.ts";
import { exampleIncident } from "./example-incident.ts";
import { counted, fact, listed } from "./phrase.ts";

export const externalIdWeak: IncidentDetector = {
  id: "external-id-weak",
  version: 1,
  title: "A customer's external ID should be replaced",
  severity: "medium",
  attack: ["T1199"],
  why:
    "An external ID that can be guessed, that other accounts share, or that is years old protects the customer's account " +
    "from nobody who tries. Only the customers concerned need to be told.",
  respond: [
    "Rotate it: `deputywatch tenants rotate`, or the customer by the API; the old one is accepted until the overlap ends.",
    "Was it chosen by the customer, or made before IDs were random? Then look for others of that time.",
    "Have the role verified when the customer has put the new ID into its trust policy.",
  ],
  blind: "IDs that the vault does not hold; random IDs that were published.",
  sources: [
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html",
    "https://www.praetorian.com/blog/aws-iam-assume-role-vulnerabilities/",
  ],
  summary: (evidence) =>
    `The external ID of ${counted(evidence.accounts.size, "account")} of ${listed(evidence.tenants) || "a tenant"} should be ` +
    `replaced (${fact(evidence, "wrongs", "reason unknown")}).`,
  judges: "incident",
  judge: (incident) => {
    if (incident.kind !== "external-id-weak") return undefined;
    const evidence = evidenceOfIncident(incident);
    return { subject: incident.tenant ?? "", tenant: incident.tenant, dayMs: incident.timeMs, evidence };
  },
  examples: {
    fires: {
      "it is the account's number": { vendor: exampleVendor(), events: [weak("weak")] },
      "it is weak and shared": { vendor: exampleVendor(), events: [weak("weak", "shared")] },
      "two accounts of one customer, which is one notice": {
        vendor: exampleVendor(),
        events: [
          weak("stale"),
          exampleIncident("external-id-weak", { account: "111122224444", facts: facts("stale") }),
        ],
      },
    },
    quiet: {
      "a claim on another's account": {
        vendor: exampleVendor(),
        events: [exampleIncident("account-claimed-twice", { facts: { claimedBy: ["globex"] } })],
      },
      "an external ID is offered": { vendor: exampleVendor(), events: [exampleIncident("external-id-offered")] },
      "a day of nothing": { vendor: exampleVendor(), events: [] },
    },
  },
};

function weak(...faults: readonly string[]) {
  return exampleIncident("external-id-weak", { facts: facts(...faults) });
}

function facts(...faults: readonly string[]) {
  return { wrongs: faults.map((fault) => `external ID: ${fault}`) };
}
