import { DAY_MS, HOUR_MS, hitsOfOld } from "../baseline/counts.ts";
import { FLOOR, LEARNING_DAYS } from "../baseline/past.ts";
import { excesses } from "../baseline/unusual.ts";
import type { Evidence } from "../memory/cell.ts";
import { hash32 } from "../memory/pairs.ts";
import { hitsWithin, spansOf, type Span } from "../memory/window.ts";
import { principalOf } from "../outbound/sighting.ts";
import { findingOfHits } from "./assumptions.ts";
import type { Finding, WindowDetector } from "./detector.ts";
import { excessInWords, findingOfExcesses } from "./excess.ts";
import { ACME, crowd, customer, deniedCall, exampleCall, exampleVendor, later, onDays } from "./example.ts";
import { counted, victims, who } from "./phrase.ts";

/**
 * Of a large inventory some roles are always broken: until it is learned how many, so many in a hundred denied within an
 * hour are weather.
 */
const WEATHER_SHARE = 0.1;
const unknownRoles = (count: number) =>
  Array.from({ length: count }, (_, at) =>
    deniedCall({ at: later(at), target: `arn:aws:iam::${300_000_000_000 + at}:role/Vendor` }),
  );

export const deniedProbing: WindowDetector = {
  id: "denied-probing",
  version: 1,
  title: "Roles were probed and denied",
  severity: "high",
  attack: ["T1580", "T1087.004", "T1199"],
  why:
    "Somebody with the outbound role, but without the registry, guesses role names and external IDs. The customer is " +
    "not told of a denied call; only the vendor's own trail shows it.",
  respond: [
    "Are the denied roles registered? Unregistered ones were guessed or come from a list.",
    "Did the registry or the external-ID store change just before (a bad deploy denies everybody at once)?",
    "Did the same principal succeed anywhere around that time?",
    "If it is nobody's deploy: revoke the role's sessions and look for where its credentials are used.",
  ],
  blind:
    "Slow probing of fewer than five roles an hour; a wrong external ID on registered roles looks like any other denial, " +
    "because CloudTrail records no parameters for it.",
  sources: [
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html",
    "https://www.praetorian.com/blog/aws-iam-assume-role-vulnerabilities/",
  ],
  summary: (evidence) => `${probedInWords(evidence)}; ${who(evidence)} tried ${victims(evidence)}.`,
  judges: "window",
  remembers: {
    name: "denials",
    learns: "rates",
    note: ({ call, hop, tenancy, role }) => {
      if (hop !== "crossing" || call.outcome !== "denied" || call.target.roleArn === null) return undefined;
      // Before a customer is let in, the vendor itself makes sure that its role refuses a call without the external ID.
      if (tenancy?.kind === "registered" && tenancy.role.status === "onboarding") return undefined;
      const subject = `${role === null ? "principal" : "role"} ${principalOf(call)}`;
      return { subject, target: call.target.roleArn, lengthMs: DAY_MS };
    },
  },
  judge: (subject, window, fresh, vendor, past) => {
    if (window.members.size < FLOOR) return [];
    const findings: Finding[] = [];
    if (past !== null) {
      const many = excesses(hitsOfOld(window, past.newTargets), window.startMs, ["targets"], past, fresh);
      const found = findingOfExcesses(window, many, "rolesDenied", vendor);
      if (found !== null) findings.push({ subject, tenant: null, dayMs: window.startMs, ...found });
    }
    const registered = new Set((vendor.registry?.roles ?? []).map(({ roleArn }) => hash32(roleArn)));
    const inventory = vendor.registry?.inventory(window.startMs) ?? 0;
    const weather = subject.startsWith("role ") ? inventory * WEATHER_SHARE : 0;
    const hits = hitsWithin(window);
    const learned = past !== null && past.days >= LEARNING_DAYS;
    const denied = learned ? [] : spansOf(hits, HOUR_MS).filter(({ targets }) => targets >= Math.max(FLOOR, weather));
    const strange = hits.filter(({ target }) => !registered.has(target));
    const unregistered = spansOf(strange, HOUR_MS).filter(({ targets }) => targets >= FLOOR);
    const strangers = new Set(unregistered);
    const probing = [...denied, ...unregistered].filter(({ hit }) => hit.timeMs >= window.startMs);
    if (probing.length === 0) return findings;
    const probes = [...new Set(probing.map(({ hit }) => hit))];
    const found = findingOfHits(window, probes, vendor);
    const most = (among: readonly Span[]): number => among.reduce((max, { targets }) => Math.max(max, targets), 0);
    found.evidence.measures.set("rolesDenied", most(probing));
    found.evidence.measures.set("rolesUnregistered", most(probing.filter((span) => strangers.has(span))));
    return [...findings, { subject, tenant: null, dayMs: window.startMs, ...found }];
  },
  examples: {
    fires: {
      "roles in accounts that were never registered": { vendor: exampleVendor(), events: unknownRoles(12) },
      "every customer's role, one after the other": {
        vendor: exampleVendor({}, crowd(20)),
        events: crowd(20).map((target, at) => deniedCall({ at: later(at * 5), target })),
      },
      "many more customers than are ever denied": {
        vendor: exampleVendor({}, crowd(200)),
        past: onDays(9, () => crowd(3).map((target, at) => deniedCall({ at: later(at * 5), target }))),
        events: crowd(20).map((target, at) => deniedCall({ at: later(at * 5), target })),
      },
      "a probe over the full hour": {
        vendor: exampleVendor(),
        events: unknownRoles(6).map((call, at) => ({ ...call, timeMs: later(1_800 + at * 500) })),
      },
    },
    quiet: {
      "some customers of many have deleted their role": {
        vendor: exampleVendor({}, crowd(200)),
        events: crowd(200).map((target, at) =>
          at % 20 === 0 ? deniedCall({ at: later(at), target }) : exampleCall({ at: later(at), target }),
        ),
      },
      "as many customers as are denied every day": {
        vendor: exampleVendor({}, crowd(200)),
        past: onDays(9, () => crowd(30).map((target, at) => deniedCall({ at: later(at * 5), target }))),
        events: crowd(32).map((target, at) => deniedCall({ at: later(at * 5), target })),
      },
      "one role denied again and again": {
        vendor: exampleVendor(),
        events: Array.from({ length: 30 }, (_, at) => deniedCall({ at: later(at * 60), target: ACME })),
      },
      "the vendor's own probe of customers who are being onboarded": {
        vendor: exampleVendor(
          {},
          crowd(20).map((role) => ({ ...role, status: "onboarding" as const, externalId: null })),
        ),
        events: crowd(20).map((target, at) => deniedCall({ at: later(at), target })),
      },
      "four denials": { vendor: exampleVendor(), events: unknownRoles(4) },
      "denials hours apart": {
        vendor: exampleVendor({}, [customer("acme", "111122223333")]),
        events: unknownRoles(6).map((call, at) => ({ ...call, timeMs: later(at * 7_200) })),
      },
    },
  },
};

function probedInWords(evidence: Evidence): string {
  const denied = evidence.measures.get("rolesDenied");
  const unregistered = evidence.measures.get("rolesUnregistered") ?? 0;
  const words =
    denied === undefined
      ? `More roles than ever denied entry: ${excessInWords(evidence, "rolesDenied") ?? "an unusual number"}`
      : `${counted(denied, "role")} denied entry within an hour`;
  return unregistered === 0 ? words : `${words}, ${unregistered} of them unregistered`;
}
