import type { IncidentDetector } from "./detector.ts";
import { evidenceOfIncident } from "./evidence.ts";
import { ACME, exampleVendor } from "./example.ts";
import { exampleIncident } from "./example-incident.ts";
import { fact, listed } from "./phrase.ts";

export const accountClaimedTwice: IncidentDetector = {
  id: "account-claimed-twice",
  version: 1,
  title: "A tenant tried to register another customer's AWS account",
  severity: "high",
  attack: ["T1199"],
  why:
    "Who can have the vendor enter an account that is not his has a confused deputy. The claim was refused; who makes one " +
    "is mistaken about the account, took a customer over, or tries what the vendor does not check.",
  respond: [
    "Whose account is it? Ask the tenant that holds it, not the one that claimed it.",
    "Did the claiming tenant try other accounts? One mistyped number is a mistake, a list is a search.",
    "If the account changed hands: off-board it for the old tenant first, so that its external ID is purged.",
  ],
  blind: "Claims on accounts that no tenant holds: the first to claim one is believed until the role is verified.",
  sources: [
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html",
    "https://www.praetorian.com/blog/aws-iam-assume-role-vulnerabilities/",
  ],
  summary: (evidence) =>
    `Tenant ${fact(evidence, "claimedBy", "unknown")} tried to register account ${listed(evidence.accounts)}, which ` +
    `${fact(evidence, "heldBy", "another tenant")} holds; it was refused.`,
  judges: "incident",
  judge: (incident) => {
    if (incident.kind !== "account-claimed-twice") return undefined;
    const claimant = incident.facts.claimedBy?.[0] ?? "";
    // The vendor's alone: neither tenant is told of the other.
    const evidence = evidenceOfIncident({ ...incident, tenant: null });
    evidence.facts.set("heldBy", new Set(incident.tenant === null ? [] : [incident.tenant]));
    return { subject: `${incident.account ?? ""} ${claimant}`, tenant: null, dayMs: incident.timeMs, evidence };
  },
  examples: {
    fires: {
      "another tenant gives this one's account number": {
        vendor: exampleVendor(),
        events: [claim("globex")],
      },
      "the same tenant tries twice, which is one alert": {
        vendor: exampleVendor(),
        events: [claim("globex"), claim("globex", 60)],
      },
      "two tenants try": { vendor: exampleVendor(), events: [claim("globex"), claim("initech", 5)] },
    },
    quiet: {
      "a customer sends an external ID of its own": {
        vendor: exampleVendor(),
        events: [exampleIncident("external-id-offered", { tenant: "acme" })],
      },
      "a role lets in without an external ID": {
        vendor: exampleVendor(),
        events: [exampleIncident("role-opened", { tenant: "acme", roleArn: ACME.roleArn })],
      },
      "a day of nothing": { vendor: exampleVendor(), events: [] },
    },
  },
};

function claim(claimedBy: string, seconds = 0) {
  return exampleIncident("account-claimed-twice", {
    ...{ tenant: "acme", account: ACME.account, seconds },
    facts: { claimedBy: [claimedBy] },
  });
}
