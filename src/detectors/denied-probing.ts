import { hash32 } from "../memory/pairs.ts";
import { hitsOf, type Hit, type Window } from "../memory/window.ts";
import { principalOf } from "../outbound/sighting.ts";
import { customersBehind, DAY_MS, evidenceOfHits, FLOOR, targetsOf } from "./assumptions.ts";
import type { WindowDetector } from "./detector.ts";
import { ACME, crowd, customer, deniedCall, exampleCall, exampleVendor, later } from "./example.ts";
import { counted, victims, who } from "./phrase.ts";

const HOUR_MS = 3_600_000;
/** Of a large inventory some roles are always broken: so many in a hundred denied within an hour are weather. */
const WEATHER_SHARE = 0.1;
const strangers = (count: number) =>
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
  summary: (evidence) =>
    `${counted(evidence.measures.get("rolesDenied") ?? 0, "role")} denied ${who(evidence)} within an hour, ` +
    `${evidence.measures.get("rolesUnregistered") ?? 0} of them unregistered; it tried ${victims(evidence)}.`,
  judges: "window",
  remembers: {
    name: "denials",
    note: ({ call, hop, tenancy, role }) => {
      if (hop !== "crossing" || call.outcome !== "denied" || call.target.roleArn === null) return undefined;
      // Before a customer is let in, the vendor itself makes sure that its role refuses a call without the external ID.
      if (tenancy?.kind === "registered" && tenancy.role.status === "onboarding") return undefined;
      const subject = `${role === null ? "principal" : "role"} ${principalOf(call)}`;
      return { subject, target: call.target.roleArn, lengthsMs: [HOUR_MS] };
    },
  },
  judge: (subject, window, _touched, vendor) => {
    if (window.current.pairs.size + (window.before?.pairs.size ?? 0) < FLOOR) return [];
    const registered = new Set((vendor.registry?.roles ?? []).map(({ roleArn }) => hash32(roleArn)));
    const weather = subject.startsWith("role ") ? (vendor.registry?.inventory(window.startMs) ?? 0) * WEATHER_SHARE : 0;
    const many = Math.max(FLOOR, weather);
    const probing = withinTheHour(window, registered).filter(
      ({ hit, denied, unregistered }) => hit.timeMs >= window.startMs && (unregistered >= FLOOR || denied >= many),
    );
    return [...Map.groupBy(probing, ({ hit }) => Math.floor(hit.timeMs / DAY_MS) * DAY_MS)].map(([dayMs, probes]) => {
      const hits = probes.map(({ hit }) => hit);
      const evidence = evidenceOfHits(window, hits, customersBehind(targetsOf(hits), vendor));
      evidence.measures.set(
        "rolesDenied",
        probes.reduce((most, { denied }) => Math.max(most, denied), 0),
      );
      evidence.measures.set(
        "rolesUnregistered",
        probes.reduce((most, { unregistered }) => Math.max(most, unregistered), 0),
      );
      return { subject, tenant: null, dayMs, evidence };
    });
  },
  examples: {
    fires: {
      "roles in accounts that were never registered": { vendor: exampleVendor(), events: strangers(12) },
      "every customer's role, one after the other": {
        vendor: exampleVendor({}, crowd(20)),
        events: crowd(20).map((target, at) => deniedCall({ at: later(at * 5), target })),
      },
      "a probe over the full hour": {
        vendor: exampleVendor(),
        events: strangers(6).map((call, at) => ({ ...call, timeMs: later(1_800 + at * 500) })),
      },
    },
    quiet: {
      "some customers of many have deleted their role": {
        vendor: exampleVendor({}, crowd(200)),
        events: crowd(200).map((target, at) =>
          at % 20 === 0 ? deniedCall({ at: later(at), target }) : exampleCall({ at: later(at), target }),
        ),
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
      "four denials": { vendor: exampleVendor(), events: strangers(4) },
      "denials hours apart": {
        vendor: exampleVendor({}, [customer("acme", "111122223333")]),
        events: strangers(6).map((call, at) => ({ ...call, timeMs: later(at * 7_200) })),
      },
    },
  },
};

interface Probe {
  readonly hit: Hit;
  /** Different roles denied in the hour that ends with this call, and how many of them nobody registered. */
  readonly denied: number;
  readonly unregistered: number;
}

function withinTheHour({ startMs, current, before }: Window, registered: ReadonlySet<number>): readonly Probe[] {
  const hits = hitsOf(current, startMs, HOUR_MS);
  if (before !== null) hits.push(...hitsOf(before, startMs - HOUR_MS, HOUR_MS));
  hits.sort((a, b) => a.timeMs - b.timeMs);
  const inside = new Map<number, number>();
  let [oldest, unregistered] = [0, 0];
  const count = ({ target }: Hit, change: 1 | -1): void => {
    const calls = (inside.get(target) ?? 0) + change;
    if (calls === 0) inside.delete(target);
    else inside.set(target, calls);
    if (!registered.has(target) && calls === (change === 1 ? 1 : 0)) unregistered += change;
  };
  return hits.map((hit) => {
    count(hit, 1);
    for (let past = hits[oldest]; past !== undefined && past.timeMs <= hit.timeMs - HOUR_MS; past = hits[++oldest]) {
      count(past, -1);
    }
    return { hit, denied: inside.size, unregistered };
  });
}
