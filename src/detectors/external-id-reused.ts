import type { FacetsDetector } from "./detector.ts";
import { evidenceOfFacets } from "./evidence.ts";
import { ACME, deniedCall, exampleCall, exampleDigest, exampleVendor, GLOBEX, later } from "./example.ts";
import { victims } from "./phrase.ts";

const sent = (of: string, target = ACME, at = 0) =>
  exampleCall({ at: later(at), target, asked: { externalId: { digest: exampleDigest(of), strength: "weak" } } });
const unregistered = { registry: null };

export const externalIdReused: FacetsDetector = {
  id: "external-id-reused",
  version: 1,
  title: "One external ID opens more than one account",
  severity: "medium",
  attack: ["T1199"],
  why:
    "An external ID tells the vendor's customers apart. One that opens two accounts protects neither from the other's " +
    "owner, and is often a constant that the vendor once wrote into its documentation.",
  respond: [
    "Do the accounts belong to one customer? Each still deserves an ID of its own.",
    "If to two: was the ID chosen by a customer or printed in a template? Rotate both.",
  ],
  blind: "IDs of which the second account was never entered in the time seen.",
  sources: [
    "https://www.praetorian.com/blog/aws-iam-assume-role-vulnerabilities/",
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html",
  ],
  summary: (evidence) => `One external ID opens ${victims(evidence)}.`,
  judges: "facets",
  remembers: {
    name: "external-ids",
    note: ({ call, hop, tenancy }, { registry }) => {
      const seen = call.asked?.externalId;
      if (hop !== "crossing" || call.outcome !== "allowed" || call.target.account === null) return undefined;
      if (seen === undefined || seen === null || seen === "hidden") return undefined;
      // What the registry holds for this role alone needs no memory, and most calls are of that kind.
      const holders = registry?.holdersOf(seen.digest, call.timeMs) ?? [];
      const own =
        tenancy?.kind === "registered" && holders.length === 1 && holders[0]?.roleArn === tenancy.role.roleArn;
      return own ? undefined : { subject: seen.digest, label: call.target.account };
    },
  },
  judge: (subject, facets, { registry }) => {
    if (facets.size < 2) return [];
    const accounts = new Set(facets.keys());
    const roles = (registry?.roles ?? []).filter(({ account }) => accounts.has(account));
    const evidence = evidenceOfFacets(facets, {});
    return [
      {
        subject,
        tenant: null,
        dayMs: null,
        evidence: { ...evidence, accounts, tenants: new Set(roles.map(({ tenant }) => tenant)) },
      },
    ];
  },
  examples: {
    fires: {
      "two registered customers were given the same ID": {
        vendor: exampleVendor({}, [ACME, { ...GLOBEX, externalId: ACME.externalId }]),
        events: [sent("acme"), sent("acme", GLOBEX, 60)],
      },
      "no registry at all: the trail alone shows it": {
        vendor: exampleVendor({}, undefined, unregistered),
        events: [sent("constant"), sent("constant", GLOBEX, 60)],
      },
      "an ID unknown to the registry opens two accounts": {
        vendor: exampleVendor(),
        events: [sent("old"), sent("old", GLOBEX, 60)],
      },
    },
    quiet: {
      "each account has its own": { vendor: exampleVendor(), events: [sent("acme"), sent("globex", GLOBEX, 60)] },
      "one account, entered with the same ID every day": {
        vendor: exampleVendor({}, undefined, unregistered),
        events: [sent("acme"), sent("acme", ACME, 86_400)],
      },
      "the second account refused it": {
        vendor: exampleVendor({}, undefined, unregistered),
        events: [sent("acme"), deniedCall({ at: later(60), target: GLOBEX })],
      },
      "calls without an ID": {
        vendor: exampleVendor({}, undefined, unregistered),
        events: [
          exampleCall({ asked: { externalId: null } }),
          exampleCall({ at: later(60), target: GLOBEX, asked: { externalId: null } }),
        ],
      },
    },
  },
};
