import type { IncidentDetector } from "./detector.ts";
import { evidenceOfIncident } from "./evidence.ts";
import { ACME, exampleVendor } from "./example.ts";
import { exampleIncident } from "./example-incident.ts";
import { fact } from "./phrase.ts";

export const externalIdOffered: IncidentDetector = {
  id: "external-id-offered",
  version: 1,
  title: "A request to register an account brought an external ID of its own",
  severity: "medium",
  attack: ["T1199"],
  why:
    "An external ID protects only if the vendor makes it: who may choose it can choose another customer's, and have the " +
    "vendor enter that customer's account. The request was refused, and the ID was not kept.",
  respond: [
    "Was it the vendor's own form or client that sent it? Then it was changed on its way, or somebody is trying the API.",
    "What else did this tenant ask for that day?",
    "If the customer wants an ID of its own choosing: explain why not, and show how to rotate.",
  ],
  blind: "IDs that are sent to another service of the vendor, or under a name that does not read external ID.",
  sources: [
    "https://aws.amazon.com/blogs/apn/securely-using-external-id-for-accessing-aws-accounts-owned-by-others/",
    "https://www.praetorian.com/blog/aws-iam-assume-role-vulnerabilities/",
  ],
  summary: (evidence) =>
    `${fact(evidence, "askedBy", "A tenant")} sent an external ID of its own in the ${fact(evidence, "places", "request")}; ` +
    "the request was refused.",
  judges: "incident",
  judge: (incident) => {
    if (incident.kind !== "external-id-offered") return undefined;
    const evidence = evidenceOfIncident(incident);
    if (incident.tenant !== null) evidence.facts.set("askedBy", new Set([`tenant ${incident.tenant}`]));
    return { subject: incident.tenant ?? "", tenant: incident.tenant, dayMs: incident.timeMs, evidence };
  },
  examples: {
    fires: {
      "in the body": { vendor: exampleVendor(), events: [offered("body")] },
      "in the body and in a header, which is one alert": {
        vendor: exampleVendor(),
        events: [offered("body"), offered("header")],
      },
      "by two tenants": { vendor: exampleVendor(), events: [offered("query"), offered("query", "globex")] },
    },
    quiet: {
      "a claim on another's account": {
        vendor: exampleVendor(),
        events: [exampleIncident("account-claimed-twice", { facts: { claimedBy: ["globex"] } })],
      },
      "a role lets in without an external ID": {
        vendor: exampleVendor(),
        events: [exampleIncident("role-opened", { roleArn: ACME.roleArn })],
      },
      "a day of nothing": { vendor: exampleVendor(), events: [] },
    },
  },
};

function offered(place: string, tenant = "acme") {
  return exampleIncident("external-id-offered", { tenant, account: null, facts: { places: [place] } });
}
