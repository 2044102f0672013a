import { accountOf } from "../trail/arn.ts";
import type { Call } from "../trail/call.ts";
import { facetLattice, type Evidence, type Facet } from "../memory/cell.ts";
import type { AddressTable } from "../ranges/cidr.ts";
import type { Place } from "../ranges/place.ts";
import type { Vendor } from "../outbound/vendor.ts";
import type { FacetsDetector } from "./detector.ts";
import { tenantOf } from "../tenants/tenant.ts";
import { evidenceOfFacets } from "./evidence.ts";
import {
  ACME,
  AWAY,
  AWAY_IPV6,
  customersCopy,
  exampleCall,
  exampleEntry,
  exampleUse,
  exampleVendor,
  GLOBEX,
  HOME_AFTER_FAILOVER,
  HOME_IN_EUROPE,
  later,
} from "./example.ts";
import { apart, COMPARABLE, isAnother, lineage, lineageOf, type Issue, type Used } from "./lineage.ts";
import { fact, victims, workloads } from "./phrase.ts";

const crossing = exampleCall();
/** The entry that was answered with `issued`, the keys of the examples' outbound session. */
function entering(issued: Call["issued"], changes: Parameters<typeof exampleEntry>[0] = {}): Call {
  const { sessionName } = crossing.caller;
  return exampleEntry({ at: later(-60), ...changes, asked: { sessionName }, call: { issued } });
}
const entry = entering(crossing.caller.credential);
const RENEWED = { digest: "00112233445566bb", last4: "SCAN" };
const AWS_LIST = exampleVendor().whereabouts.pools[0]?.table ?? null;

/** A vendor that says of no address that it is its own. */
function withoutRanges(aws: AddressTable | null): Vendor {
  return exampleVendor({}, undefined, { whereabouts: { pools: [], endpoints: new Map(), aws } });
}

export const issuedCredentialsElsewhere: FacetsDetector = {
  id: "issued-credentials-elsewhere",
  version: 1,
  title: "Credentials that the vendor was issued were used elsewhere",
  severity: "critical",
  attack: ["T1550.001", "T1078.004", "T1199"],
  why:
    "Entering a customer's role hands out credentials that work for an hour or more wherever they are taken. The entry " +
    "looks as it should; only what is done with them, in the customer's own trail, shows that somebody else has them.",
  respond: [
    "Have the customer revoke the sessions of the role now (deny on aws:TokenIssueTime), and revoke the outbound role's.",
    "Whose network is it: an egress or VPC endpoint of the vendor's that `ranges` lacks, the customer's own people in the role, or nobody's?",
    "What was done from there? Search the customer's trail for the session's access key, reads and denials included.",
    "Which workload asked for the credentials, and how did they leave it: a log, a queue, a cache, a dump?",
  ],
  blind:
    "Customers who forward no trail; how credentials were issued where the customer's trail does not show the entry and " +
    "the registry does not say `forwardsTrail`; uses from the vendor's own network and region; without `ranges`, two networks that " +
    "AWS's list does not tell apart; federated sessions (SAML, IAM Identity Center), whose key is not the one that was " +
    "issued; a use in the hour of expiry. A vendor that asks in one region and works in another must expect it.",
  sources: [
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/cloudtrail-integration.html",
    "https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_finding-types-iam.html",
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_revoke-sessions.html",
  ],
  summary: (evidence) => {
    const whose = evidence.tenants.size + evidence.accounts.size === 0 ? workloads(evidence) : victims(evidence);
    const to = fact(evidence, "issuedTo", "");
    const issued = to === "" ? "whose issuing was not seen," : `issued to ${to},`;
    return `Credentials for ${whose}, ${issued} were used from ${fact(evidence, "usedFrom", "elsewhere")}: ${fact(evidence, "wrongs", "not as issued")}.`;
  },
  judges: "facets",
  remembers: lineage,
  judge: (subject, facets, vendor) => {
    const { issues, uses } = lineageOf(facets);
    const wrong = uses
      .map((use) => ({ use, wrongs: wrongsOf(issues, use, vendor) }))
      .filter(({ wrongs }) => wrongs.length > 0);
    if (wrong.length === 0) return [];
    const wrongUses = wrong.map(({ use }) => use);
    const evidence = evidenceOfFacets(behind(facets, issues, wrongUses), {
      wrongs: wrong.flatMap(({ wrongs }) => wrongs),
      issuedTo: issues.filter(({ site: [kind] }) => COMPARABLE.has(kind)).map(siteName),
      usedFrom: wrongUses.map(siteName),
    });
    for (const { roleArn } of [...issues, ...wrongUses]) addRole(evidence, roleArn, vendor);
    return [{ subject, tenant: null, dayMs: null, evidence }];
  },
  examples: {
    fires: {
      "a VPN exit uses what the scanner was issued": {
        vendor: exampleVendor(),
        events: [crossing, customersCopy(crossing), exampleUse(crossing, { from: AWAY })],
      },
      "the use is seen first, and the entry after it": {
        vendor: exampleVendor(),
        events: [exampleUse(crossing, { from: AWAY_IPV6 }), customersCopy(crossing)],
      },
      "issued in Virginia, used from the vendor's own network in Ireland": {
        vendor: exampleVendor(),
        events: [customersCopy(crossing), exampleUse(crossing, { from: HOME_IN_EUROPE })],
      },
      "the same, where the customer forwards what the role did and not how it was entered": {
        vendor: exampleVendor({}, [{ ...ACME, forwardsTrail: true }]),
        events: [crossing, exampleUse(crossing, { from: HOME_IN_EUROPE })],
      },
      "nobody saw the entry": { vendor: exampleVendor(), events: [exampleUse(crossing, { from: AWAY })] },
      "a denied read through a VPC endpoint of somebody else's": {
        vendor: exampleVendor(),
        events: [
          exampleUse(crossing, {
            ...{ from: "10.0.3.4", endpoint: "vpce-0ffffffff" },
            use: { outcome: "denied", errorCode: "AccessDenied" },
          }),
        ],
      },
      "the outbound role is entered at home and asks who it is from elsewhere": {
        vendor: exampleVendor(),
        events: [entry, exampleUse(entry, { at: later(120), from: AWAY })],
      },
      "the outbound role's key, two hours after it expired": {
        vendor: exampleVendor(),
        events: [entry, exampleCall({ at: later(3 * 3_600) })],
      },
      "a key that was in use before it was issued": {
        vendor: exampleVendor(),
        events: [customersCopy(crossing), exampleUse(crossing, { at: later(-3_600) })],
      },
      "one role's key under another role's name": {
        vendor: exampleVendor(),
        events: [customersCopy(crossing), exampleUse(crossing, { caller: { roleArn: GLOBEX.roleArn } })],
      },
      "without ranges: issued to one region of AWS, used from another": {
        vendor: withoutRanges(AWS_LIST),
        events: [customersCopy(crossing), exampleUse(crossing, { from: HOME_IN_EUROPE })],
      },
    },
    quiet: {
      "the scanner works from home, through NAT, fail-over and its own VPC endpoint": {
        vendor: exampleVendor(),
        events: [
          ...[entry, crossing, customersCopy(crossing), exampleUse(crossing)],
          exampleUse(crossing, { from: HOME_AFTER_FAILOVER }),
          exampleUse(crossing, { from: "10.0.3.4", endpoint: "vpce-0a1b2c3d" }),
        ],
      },
      "the outbound role goes for a customer from elsewhere, which source-outside-ranges tells": {
        vendor: exampleVendor(),
        events: [entry, exampleCall({ at: later(120), from: AWAY })],
      },
      "AWS calls on the session's behalf": {
        vendor: exampleVendor(),
        events: [
          customersCopy(crossing),
          exampleUse(crossing, { from: "athena.amazonaws.com" }),
          exampleUse(crossing, { from: "AWS Internal" }),
          exampleUse(crossing, { from: AWAY, caller: { invokedBy: "cloudformation.amazonaws.com" } }),
        ],
      },
      "the outbound role's key is renewed between two calls, by a task in another region": {
        vendor: exampleVendor(),
        events: [
          ...[entry, exampleCall({ at: later(60) })],
          entering(RENEWED, { at: later(3_700), from: HOME_IN_EUROPE }),
          exampleCall({ at: later(3_760), from: HOME_IN_EUROPE, caller: { credential: RENEWED } }),
        ],
      },
      "the last call of an hour's session, by a clock four minutes behind": {
        vendor: exampleVendor(),
        events: [
          customersCopy(crossing),
          ...[later(-240), later(3_590), later(3_840)].map((at) => exampleUse(crossing, { at })),
        ],
      },
      "a role of the customer's that is none of the vendor's": {
        vendor: exampleVendor(),
        events: [
          exampleUse(exampleCall({ target: "arn:aws:iam::111122223333:role/own-backup" }), { from: AWAY }),
          exampleUse(crossing),
        ],
      },
      "neither ranges nor AWS's list are known: two networks may be one fleet": {
        vendor: withoutRanges(null),
        events: [customersCopy(crossing), exampleUse(crossing, { from: AWAY })],
      },
    },
  },
};

/** CloudTrail's times are whole seconds, and the clocks of two services need not agree. */
const TOLERANCE_MS = 5 * 60_000;

/** Places that are nobody's address, or the vendor's own. */
const CLEARED: ReadonlySet<Place["kind"]> = new Set(["owned", "service", "aws-internal"]);

/** What is wrong with a use. Whatever is wrong once stays wrong as memory grows. */
function wrongsOf(issues: readonly Issue[], use: Used, { whereabouts, outboundRoles }: Vendor): readonly string[] {
  const rangesKnown = whereabouts.pools.length > 0 || whereabouts.endpoints.size > 0;
  const outbound = outboundRoles.has(use.roleArn);
  // Whence an outbound role goes for customers others judge, call by call.
  const placed = !(outbound && use.crossing);
  // A customer's role is entered by the vendor alone, seen or not.
  const vendors = issues.length > 0 || !outbound;
  const away = placed && vendors && rangesKnown && !CLEARED.has(use.site[0]);
  const wrongs: string[] = away ? ["from a place that is not the vendor's"] : [];
  for (const issue of issues) {
    if (!away && placed && apart(issue.site, use.site)) wrongs.push("from another place than they were issued to");
    if (isAnother(use, issue)) wrongs.push("as another role or session");
    if (use.earliestMs < issue.timeMs - TOLERANCE_MS) wrongs.push("before they were issued");
    if (issue.untilMs !== null && use.hourMs >= issue.untilMs + TOLERANCE_MS) wrongs.push("after they had expired");
  }
  return wrongs;
}

/** Whom it concerns: an outbound role's workload, or a customer by the role that the vendor enters. */
function addRole({ workloads, roles, accounts, tenants }: Evidence, roleArn: string, vendor: Vendor): void {
  const outbound = vendor.outboundRoles.get(roleArn);
  if (outbound !== undefined) {
    workloads.add(outbound.workload);
    return;
  }
  const [account, tenancy] = [accountOf(roleArn), vendor.registry?.tenancyOf(roleArn, null, 0) ?? null];
  const tenant = tenantOf(tenancy);
  roles.add(roleArn);
  if (account !== null) accounts.add(account);
  if (tenant !== null) tenants.add(tenant);
}

function siteName({ site: [kind, region] }: Issue | Used): string {
  const name = kind === "owned" ? "the vendor's own network" : kind === "aws" ? "AWS" : kind;
  return region === "" ? name : `${name} in ${region}`;
}

/**
 * The calls that an alert is about: those uses, and the issuing, which does not say who the user was. Copies may tell of
 * the issuing in several ways; it is one all the same.
 */
function behind(
  facets: ReadonlyMap<string, Facet>,
  issues: readonly Issue[],
  uses: readonly Used[],
): ReadonlyMap<string, Facet> {
  const issued = issues
    .flatMap(({ label }) => facets.get(label) ?? [])
    .map((facet): Facet => ({ ...facet, head: [] }))
    .reduce((all, one) => facetLattice.join(all, one), { sample: [], head: [] });
  const used = uses.flatMap(({ label }) => {
    const facet = facets.get(label);
    return facet === undefined ? [] : [[label, facet] as const];
  });
  return new Map([...(issued.sample.length === 0 ? [] : [["issued", issued] as const]), ...used]);
}
