import { hitsOfOld } from "../baseline/counts.ts";
import { FLOOR, type Past } from "../baseline/past.ts";
import { excesses, hurry } from "../baseline/unusual.ts";
import { hitsOf, targetCount, type Fresh, type Window } from "../memory/window.ts";
import { assumptions, beyondCadence, busiest, byDay, findingOfHits, roleNamed, targetsOf } from "./assumptions.ts";
import type { Finding, WindowDetector } from "./detector.ts";
import { excessInWords, findingOfExcesses } from "./excess.ts";
import { crowd, deniedCall, exampleCall, exampleVendor, later, onDays } from "./example.ts";
import type { OutboundRole, Vendor } from "../outbound/vendor.ts";
import { clockTime, counted, victims, workloads } from "./phrase.ts";

const TEN_MINUTES_MS = 600_000;
const daily = { perTarget: 1, everyMs: 86_400_000 };
const customers = crowd(40);
const scan = (startSeconds: number, stepSeconds = 30) =>
  customers.map((target, at) => exampleCall({ at: later(startSeconds + at * stepSeconds), target }));
/** Nine nights' rounds, a few minutes earlier or later, and nothing written down about them. */
const nights = onDays(9, (day) => scan(((day * 7) % 5) * 60));

export const tenantSweep: WindowDetector = {
  id: "tenant-sweep",
  version: 1,
  title: "Many customers' roles were assumed off schedule",
  severity: "critical",
  attack: ["T1199", "T1580"],
  why:
    "Whoever gets hold of the outbound role gets every customer, and takes them one after the other. The workload's " +
    "schedule says how often each role is due; many roles assumed sooner than due are somebody else's round.",
  respond: [
    "Did anybody start an unscheduled scan, a backfill or a migration at that time?",
    "Do the calls come from the workload's own session and address, or has another caller appeared?",
    "If nobody explains it: revoke the role's sessions (aws:TokenIssueTime) and stop the workload.",
    "List the customers' roles entered and what was done in each; tell those customers.",
  ],
  blind:
    "A sweep no larger than what the cadence leaves free; roles without a cadence, beyond the size of the inventory; " +
    "fewer than five roles in a day.",
  sources: [
    "https://securitylabs.datadoghq.com/articles/securely-integrating-with-customers-aws-accounts/",
    "https://attack.mitre.org/techniques/T1199/",
  ],
  summary: (evidence) => {
    const early = evidence.measures.get("rolesBeyondCadence");
    const sooner = evidence.measures.get("rolesSoonerThanEver");
    const excess = excessInWords(evidence, "roles");
    const strangers = evidence.measures.get("rolesBeyondInventory") ?? 0;
    const what =
      early !== undefined
        ? `${counted(early, "customer role")} were assumed sooner than the schedule allows`
        : sooner !== undefined
          ? `${counted(sooner, "customer role")} were assumed sooner again than on any day before`
          : excess !== null
            ? `Customer roles were assumed more often than ever: ${excess}`
            : `${counted(strangers, "role")} more than the registry knows were assumed`;
    const burst = busiest(evidence, TEN_MINUTES_MS);
    const when = burst === null ? "" : ` (${burst.targets} within ten minutes from ${clockTime(burst.startMs)})`;
    return `${what}${when} through ${workloads(evidence)}, reaching ${victims(evidence)}.`;
  },
  judges: "window",
  remembers: assumptions,
  judge: (subject, window, fresh, vendor, past) => {
    const role = roleNamed(subject, vendor);
    if (role === undefined) return [];
    const findings: Finding[] = past === null ? [] : beyondPast(role, window, fresh, past, vendor);
    if (role.cadence !== null) {
      for (const [dayMs, hits] of byDay(beyondCadence(window, fresh, role.cadence))) {
        const targets = targetsOf(hits);
        if (targets.size < FLOOR) continue;
        const { evidence, sampledMs } = findingOfHits(window, hits, vendor);
        evidence.workloads.add(role.workload);
        evidence.measures.set("rolesBeyondCadence", targets.size);
        evidence.measures.set("cadencePerTarget", role.cadence.perTarget);
        evidence.measures.set("cadenceHours", role.cadence.everyMs / 3_600_000);
        findings.push({ subject, tenant: null, dayMs, evidence, sampledMs });
      }
    }
    const ceiling = vendor.registry?.inventory(window.startMs + window.lengthMs) ?? Infinity;
    if (window.members.size < ceiling + FLOOR || targetCount(window) < ceiling + FLOOR) return findings;
    for (const [dayMs, hits] of byDay(hitsOf(window))) {
      const targets = targetsOf(hits);
      if (targets.size < ceiling + FLOOR) continue;
      const { evidence, sampledMs } = findingOfHits(window, hits, vendor);
      evidence.workloads.add(role.workload);
      evidence.measures.set("rolesBeyondInventory", targets.size - ceiling);
      findings.push({ subject, tenant: null, dayMs, evidence, sampledMs });
    }
    return findings;
  },
  examples: {
    fires: {
      "a second round over forty customers, three hours after the scheduled one": {
        vendor: exampleVendor({ cadence: daily }, customers),
        events: [...scan(0), ...scan(10_800, 2)],
      },
      "the second round crosses midnight": {
        vendor: exampleVendor({ cadence: daily }, customers),
        events: [...scan(0), ...scan(50_000, 30)],
      },
      "an hourly poller's roles, all again after ten minutes": {
        vendor: exampleVendor({ cadence: { perTarget: 1, everyMs: 3_600_000 } }, customers),
        events: [...scan(0, 1), ...scan(600, 1)],
      },
      "half a round in the afternoon, where none ever was": {
        vendor: exampleVendor({}, customers),
        past: nights,
        events: [...scan(0), ...scan(18_000, 2).slice(0, 20)],
      },
      "a second round hidden in the nightly one": {
        vendor: exampleVendor({}, customers),
        past: nights,
        events: [...scan(0), ...scan(400).slice(0, 20)],
      },
      "more roles than the registry has customers": {
        vendor: exampleVendor({}, customers.slice(0, 10)),
        events: scan(0),
      },
    },
    quiet: {
      "one scheduled round a day": {
        vendor: exampleVendor({ cadence: daily }, customers),
        events: [...scan(0), ...scan(86_400 + 60)],
      },
      "a round like all others, earlier than ever, with nothing written down": {
        vendor: exampleVendor({}, customers),
        past: nights,
        events: scan(-240),
      },
      "customers who came yesterday, entered for the first time all at once": {
        vendor: exampleVendor({}, [
          ...customers.slice(0, 20),
          ...customers.slice(20).map((role) => ({ ...role, sinceMs: later(-86_400) })),
        ]),
        past: nights.filter(({ target }) => customers.slice(0, 20).some(({ roleArn }) => roleArn === target.roleArn)),
        events: [...scan(0).slice(0, 20), ...scan(18_000, 2).slice(20)],
      },
      "retries after throttling: failed calls are not entries": {
        vendor: exampleVendor({ cadence: daily }, customers),
        events: [
          ...scan(0).map((call) => ({
            ...call,
            key: `${call.key}-throttled`,
            outcome: "failed" as const,
            errorCode: "ThrottlingException",
          })),
          ...scan(300),
        ],
      },
      "customers who deleted their role: denied calls are not entries": {
        vendor: exampleVendor({ cadence: daily }, customers),
        events: [...scan(0), ...customers.map((target, at) => deniedCall({ at: later(20_000 + at), target }))],
      },
      "every call delivered twice": {
        vendor: exampleVendor({ cadence: daily }, customers),
        events: [...scan(0), ...scan(0)],
      },
      "four customers rescanned by hand": {
        vendor: exampleVendor({ cadence: daily }, customers),
        events: [...scan(0), ...scan(10_800).slice(0, 4)],
      },
    },
  },
};

/** Many roles within a time in which there never were so many; and many roles sooner again than ever before. */
function beyondPast(
  { arn, workload }: OutboundRole,
  window: Window,
  fresh: Fresh | null,
  past: Past,
  vendor: Vendor,
): Finding[] {
  const [dayMs, hits] = [window.startMs, hitsOfOld(window, past.newTargets)];
  const findings: Finding[] = [];
  const many = findingOfExcesses(window, excesses(hits, dayMs, ["targets"], past, fresh), "roles", vendor);
  if (many !== null) findings.push({ subject: arn, tenant: null, dayMs, ...many });
  const soon = hurry(hits, dayMs, past, fresh);
  if (soon !== null) {
    const found = findingOfHits(window, soon.hits, vendor);
    found.evidence.measures.set("rolesSoonerThanEver", soon.targets.size);
    found.evidence.measures.set("rolesSoonerThanEverLimit", soon.limit.limit);
    findings.push({ subject: arn, tenant: null, dayMs, ...found, byPast: true });
  }
  for (const { evidence } of findings) evidence.workloads.add(workload);
  return findings;
}
