import { hitsOfOld } from "../baseline/counts.ts";
import { farBeyondHabit } from "../baseline/habits.ts";
import { FLOOR, type Past } from "../baseline/past.ts";
import { excesses } from "../baseline/unusual.ts";
import { callsInBusiestTurn, hitsOf, sliceAt, type Hit, type Fresh, type Window } from "../memory/window.ts";
import { hash32 } from "../memory/pairs.ts";
import type { OutboundRole, Vendor } from "../outbound/vendor.ts";
import { assumptions, beyondCadence, byDay, findingOfHits, roleNamed } from "./assumptions.ts";
import type { Finding, WindowDetector } from "./detector.ts";
import { excessInWords, findingOfExcesses } from "./excess.ts";
import { ACME, crowd, customer, exampleCall, exampleVendor, GLOBEX, later, onDays } from "./example.ts";
import { counted, victims, workloads } from "./phrase.ts";

const twiceADay = { perTarget: 2, everyMs: 86_400_000 };
const often = (count: number, target = ACME, stepSeconds = 60) =>
  Array.from({ length: count }, (_, at) => exampleCall({ at: later(at * stepSeconds), target }));

export const callBurst: WindowDetector = {
  id: "call-burst",
  version: 2,
  title: "A customer's role was assumed far more often than scheduled",
  severity: "medium",
  attack: ["T1199", "T1078.004"],
  why:
    "A workload that is due twice a day and comes ten times is looping, or is not the workload. On one customer it is " +
    "that customer's question; beyond what the whole inventory is due, it is every customer's.",
  respond: [
    "Is the workload retrying or looping: do its own logs show as many runs?",
    "Is the caller the workload's session, from the workload's address, in the workload's session names?",
    "What was done in the customer's account between the calls?",
  ],
  blind: "Bursts within the cadence, on roles without a cadence, and of fewer than five calls too many.",
  sources: ["https://securitylabs.datadoghq.com/articles/securely-integrating-with-customers-aws-accounts/"],
  summary: (evidence) => {
    const due = evidence.measures.get("callsDue");
    const calls = counted(evidence.calls.size, "call");
    const habit = evidence.measures.get("callsBeyondHabit");
    const excess = excessInWords(evidence, "repeats");
    const what =
      due !== undefined
        ? `${calls} were made where ${due} are due`
        : evidence.measures.has("callsBeyondCadence")
          ? `${calls} came sooner than the schedule allows`
          : excess !== null
            ? `Roles were assumed again and again: ${excess}`
            : `${counted(habit ?? 0, "call")} came on top of the most that there ever were`;
    return `${what}, through ${workloads(evidence)}, reaching ${victims(evidence)}.`;
  },
  judges: "window",
  remembers: assumptions,
  judge: (subject, window, fresh, vendor, past) => {
    const role = roleNamed(subject, vendor);
    if (role === undefined) return [];
    const findings: Finding[] = past === null ? [] : beyondPast(role, window, fresh, past, vendor);
    if (role.cadence === null) return findings;
    for (const [dayMs, hits] of byDay(beyondCadence(window, fresh, role.cadence))) {
      const own = [...byTenant(hits, vendor).values()].filter((some) => some.length >= FLOOR).flat();
      if (own.length === 0) continue;
      const { evidence, sampledMs } = findingOfHits(window, own, vendor);
      evidence.workloads.add(role.workload);
      evidence.measures.set("callsBeyondCadence", own.length);
      findings.push({ subject, tenant: null, dayMs, evidence, sampledMs });
    }
    return [...findings, ...beyondInventory(role, window, vendor)];
  },
  examples: {
    fires: {
      "eight calls to a role that is due twice a day": {
        vendor: exampleVendor({ cadence: twiceADay }),
        events: often(8),
      },
      "a tenant's two roles together": {
        vendor: exampleVendor({ cadence: twiceADay }, [ACME, customer("acme", "111122224444")]),
        events: [...often(5), ...often(4, customer("acme", "111122224444"))],
      },
      "a role that is entered four times a day, thirty times in an hour": {
        vendor: exampleVendor(),
        past: onDays(9, () => often(4, ACME, 15_000)),
        events: often(30),
      },
      "more calls in a day than the whole inventory is due": {
        vendor: exampleVendor({ cadence: { perTarget: 1, everyMs: 86_400_000 } }, crowd(10)),
        events: crowd(10).flatMap((target) => often(2, target, 20_000)),
      },
    },
    quiet: {
      "what the schedule allows": { vendor: exampleVendor({ cadence: twiceADay }), events: often(2, ACME, 30_000) },
      "a deploy that starts over: four calls too many": {
        vendor: exampleVendor({ cadence: twiceADay }),
        events: often(6),
      },
      "the same call delivered ten times": {
        vendor: exampleVendor({ cadence: twiceADay }),
        events: Array.from({ length: 10 }, () => exampleCall()),
      },
      "a role without a cadence, on the first day": { vendor: exampleVendor(), events: often(50, GLOBEX) },
      "a role that is entered as often as ever": {
        vendor: exampleVendor(),
        past: onDays(9, (day) => often(4 + (day % 3), ACME, 4_000)),
        events: often(6, ACME, 4_000),
      },
    },
  },
};

/** More repeated calls than the workload ever makes, or than one customer ever had. */
function beyondPast(
  { arn, workload }: OutboundRole,
  window: Window,
  fresh: Fresh | null,
  past: Past,
  vendor: Vendor,
): Finding[] {
  const [dayMs, hits] = [window.startMs, hitsOfOld(window, past.newTargets)];
  const findings: Finding[] = [];
  const many = findingOfExcesses(window, excesses(hits, dayMs, ["repeats"], past, fresh), "repeats", vendor);
  if (many !== null) findings.push({ subject: arn, tenant: null, dayMs, ...many });
  const far = farBeyondHabit(past.habits, hits, dayMs, fresh);
  if (far.length > 0) {
    const found = findingOfHits(window, far, vendor);
    found.evidence.measures.set("callsBeyondHabit", far.length);
    findings.push({ subject: arn, tenant: null, dayMs, ...found, byPast: true });
  }
  for (const { evidence } of findings) evidence.workloads.add(workload);
  return findings;
}

function byTenant(hits: readonly Hit[], { registry }: Vendor): ReadonlyMap<string, readonly Hit[]> {
  if (hits.length === 0) return new Map();
  const tenants = new Map((registry?.roles ?? []).map(({ roleArn, tenant }) => [hash32(roleArn), tenant]));
  const known = hits.filter(({ target }) => tenants.has(target));
  return Map.groupBy(known, ({ target }) => tenants.get(target) ?? "");
}

/** The hard ceiling that needs no learning: inventory × cadence, in each turn of the schedule. */
function beyondInventory({ arn, workload, cadence }: OutboundRole, window: Window, vendor: Vendor): readonly Finding[] {
  if (vendor.registry === null || cadence === null) return [];
  const due = cadence.perTarget * vendor.registry.inventory(window.startMs + window.lengthMs);
  if (callsInBusiestTurn(window, cadence.everyMs) < due + FLOOR) return [];
  const findings: Finding[] = [];
  for (const [, turn] of Map.groupBy(hitsOf(window), ({ timeMs }) => sliceAt(timeMs, cadence.everyMs))) {
    for (const [dayMs, hits] of byDay(turn)) {
      if (hits.length < due + FLOOR) continue;
      const { evidence, sampledMs } = findingOfHits(window, hits, vendor);
      evidence.workloads.add(workload);
      evidence.measures.set("callsDue", due);
      findings.push({ subject: arn, tenant: null, dayMs, evidence, sampledMs });
    }
  }
  return findings;
}
