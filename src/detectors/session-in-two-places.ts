import { isStrangersRefusal } from "../outbound/sighting.ts";
import { DAY_MS } from "../baseline/counts.ts";
import { placeLabel } from "../ranges/place.ts";
import { principalOf } from "../outbound/sighting.ts";
import type { FacetsDetector } from "./detector.ts";
import { evidenceOfFacets } from "./evidence.ts";
import {
  AWAY,
  AWAY_IPV6,
  deniedCall,
  exampleCall,
  exampleVendor,
  HOME,
  HOME_AFTER_FAILOVER,
  HOME_IN_EUROPE,
  later,
} from "./example.ts";
import { fact, who } from "./phrase.ts";

export const sessionInTwoPlaces: FacetsDetector = {
  id: "session-in-two-places",
  version: 2,
  title: "One session was used from two places",
  severity: "critical",
  attack: ["T1078.004", "T1550.001"],
  why:
    "A workload does not travel. Its session seen in a second place that it cannot share with the first means that a " +
    "copy of its credentials has left home and works until it expires.",
  respond: [
    "Revoke the role's sessions now (deny on aws:TokenIssueTime); new ones are issued to the workload by itself.",
    "Which workload did the session belong to, and what else did it do from the second place?",
    "How did its credentials leave: SSRF, a log, a dump, a container escape, a person's laptop?",
  ],
  blind:
    "Credentials used from inside the same published range; a fleet that shares one session on purpose over several " +
    "regions; calls that record no access key.",
  sources: [
    "https://securitylabs.datadoghq.com/articles/securely-integrating-with-customers-aws-accounts/",
    "https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_finding-types-iam.html",
  ],
  summary: (evidence) => `The session of ${who(evidence)} was used from ${fact(evidence, "places", "two places")}.`,
  judges: "facets",
  remembers: {
    name: "places",
    note: (sighting, vendor) => {
      const { call, place } = sighting;
      const { credential, kind, sessionStartMs } = call.caller;
      // Who may do nothing can have as many sessions as he likes, and memory is not to be filled with them.
      if (isStrangersRefusal(sighting, vendor)) return undefined;
      if (credential === null || place.kind === "service" || place.kind === "aws-internal") return undefined;
      // A user's key lives for years and is judged a day at a time; a session's key dies with it.
      const lasting = kind === "IAMUser" || kind === "Root";
      const startMs = lasting ? call.timeMs : sessionStartMs;
      const day = startMs === null ? "" : Math.floor(startMs / DAY_MS);
      return { subject: `${principalOf(call)} ${day} ${credential.digest}`, label: placeLabel(place, call.source) };
    },
  },
  judge: (subject, facets, { whereabouts }) => {
    const places = [...facets.keys()].sort();
    const rangesKnown = whereabouts.pools.length > 0 || whereabouts.endpoints.size > 0;
    if (!places.some((a, at) => places.slice(at + 1).some((b) => apart(a, b, rangesKnown)))) return [];
    const evidence = evidenceOfFacets(facets, { places });
    // A thief of a role steals a session an hour: those that began on one day are one story.
    const [, principal = "", day] = /^(.*) (\d*) [0-9a-f]+$/s.exec(subject) ?? [];
    return day === undefined || day === ""
      ? [{ subject, tenant: null, dayMs: null, evidence }]
      : [{ subject: principal, tenant: null, dayMs: Number(day) * DAY_MS, evidence }];
  },
  examples: {
    fires: {
      "a VPN exit, five minutes after home": {
        vendor: exampleVendor(),
        events: [exampleCall(), exampleCall({ at: later(300), from: AWAY })],
      },
      "the second place is seen first": {
        vendor: exampleVendor(),
        events: [exampleCall({ at: later(300), from: AWAY_IPV6 }), exampleCall()],
      },
      "two regions of the vendor's own ranges: a task in Virginia has no NAT gateway in Ireland": {
        vendor: exampleVendor(),
        events: [exampleCall(), exampleCall({ at: later(60), from: HOME_IN_EUROPE })],
      },
      "two networks outside": {
        vendor: exampleVendor(),
        events: [exampleCall({ from: AWAY }), exampleCall({ at: later(60), from: "203.0.112.9" })],
      },
    },
    quiet: {
      "NAT fail-over inside the published range": {
        vendor: exampleVendor(),
        events: [exampleCall(), exampleCall({ at: later(300), from: HOME_AFTER_FAILOVER })],
      },
      "the regional endpoint through a VPC endpoint, the global one through NAT": {
        vendor: exampleVendor(),
        events: [exampleCall(), exampleCall({ at: later(1), from: "10.0.3.4", endpoint: "vpce-0a1b2c3d" })],
      },
      "AWS calls on the session's behalf": {
        vendor: exampleVendor(),
        events: [exampleCall(), exampleCall({ at: later(1), from: "cloudformation.amazonaws.com" })],
      },
      "a principal that is no outbound role is denied in two places: unexpected-caller tells of it": {
        vendor: exampleVendor(),
        events: [HOME, AWAY].map((from, at) =>
          deniedCall({
            at: later(at * 60),
            from,
            caller: { roleArn: "arn:aws:iam::999988887777:role/webhooks", principalId: "AROAEXAMPLEHOOK:1" },
          }),
        ),
      },
      "two sessions in two places": {
        vendor: exampleVendor(),
        events: [
          exampleCall(),
          exampleCall({ at: later(1), from: HOME_IN_EUROPE, caller: { credential: { digest: "ab", last4: "OTHR" } } }),
        ],
      },
    },
  },
};

/**
 * Whether one workload cannot be in both places. Places of the vendor's own are shared freely unless the published
 * list puts them in different regions; two outside networks of one address family are two machines, while an IPv4
 * and an IPv6 address may be one.
 */
function apart(a: string, b: string, rangesKnown: boolean): boolean {
  const [kindA, kindB] = [kindOf(a), kindOf(b)];
  if (kindA !== kindB) return rangesKnown || kindA === "aws" || kindB === "aws";
  if (kindA === "owned") {
    const [regionA, regionB] = [regionOf(a), regionOf(b)];
    return regionA !== "" && regionB !== "" && regionA !== regionB;
  }
  if (kindA === "aws") return regionOf(a) !== regionOf(b);
  return kindA === "foreign-endpoint" || (kindA === "outside" && rangesKnown && isIpv6(a) === isIpv6(b));
}

function kindOf(label: string): string {
  return label.split(":", 1)[0] ?? "";
}

function regionOf(label: string): string {
  const slash = label.lastIndexOf("/");
  return slash === -1 ? "" : label.slice(slash + 1);
}

function isIpv6(label: string): boolean {
  return label.slice("outside:".length).includes(":");
}
