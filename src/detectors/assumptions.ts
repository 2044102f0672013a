import { withoutPath } from "../trail/arn.ts";
import type { Evidence } from "../memory/cell.ts";
import {
  anyRepeated,
  hitsOf,
  hitsWithin,
  spansOf,
  type Fresh,
  type Hit,
  type Span,
  type Window,
} from "../memory/window.ts";
import { addPair, hash32 } from "../memory/pairs.ts";
import type { CustomerRole } from "../tenants/tenant.ts";
import type { Cadence, OutboundRole, Vendor } from "../outbound/vendor.ts";
import { DAY_MS } from "../baseline/counts.ts";
import { FLOOR } from "../baseline/past.ts";
import type { Finding, WindowMemo } from "./detector.ts";
import { emptyEvidence } from "./evidence.ts";

/**
 * The memory that `tenant-sweep` and `call-burst` share: every customer role that a workload really entered, by days,
 * or by the workload's own cadence where that is longer. Denied and throttled calls are not entries; those that were
 * denied are `denied-probing`'s.
 */
export const assumptions: WindowMemo = {
  name: "assumptions",
  learns: "rates",
  note: ({ call, hop, role }) => {
    if (hop !== "crossing" || role === null || call.outcome !== "allowed" || call.target.roleArn === null)
      return undefined;
    const lengthMs = Math.max(DAY_MS, role.cadence?.everyMs ?? 0);
    return { subject: role.arn, target: call.target.roleArn, lengthMs };
  },
};

/**
 * The calls of the window's slice that come sooner than the schedule allows: with a cadence of n per T, each call that n
 * or more others to the same role precede within T. Only the targets that are fresh are looked at first; where none of them has
 * come too soon, nothing has changed.
 */
export function beyondCadence(window: Window, fresh: Fresh | null, { perTarget, everyMs }: Cadence): readonly Hit[] {
  if (!anyRepeated(window, fresh?.targets ?? null, perTarget, everyMs)) return [];
  const hits = hitsWithin(window).sort((a, b) => a.target - b.target || a.timeMs - b.timeMs || a.moment - b.moment);
  return hits.filter((hit, at) => {
    const earlier = hits[at - perTarget];
    return hit.timeMs >= window.startMs && earlier?.target === hit.target && earlier.timeMs > hit.timeMs - everyMs;
  });
}

/** Hits by the UTC day they happened on. */
export function byDay(hits: readonly Hit[]): ReadonlyMap<number, readonly Hit[]> {
  return Map.groupBy(hits, ({ timeMs }) => Math.floor(timeMs / DAY_MS) * DAY_MS);
}

/** How many different targets were hit. */
export function targetsOf(hits: readonly Hit[]): ReadonlySet<number> {
  return new Set(hits.map(({ target }) => target));
}

/** The registered roles behind hashed targets. */
function customersBehind(targets: ReadonlySet<number>, { registry }: Vendor): readonly CustomerRole[] {
  return (registry?.roles ?? []).filter(({ roleArn }) => targets.has(hash32(roleArn)));
}

/** The outbound role that a window's subject names. */
export function roleNamed(arn: string, { outboundRoles }: Vendor): OutboundRole | undefined {
  return outboundRoles.get(withoutPath(arn));
}

/** What some hits of a window come to: how many, on whom, and when, so that their calls can be named. */
export function findingOfHits(
  window: Window,
  hits: readonly Hit[],
  vendor: Vendor,
): Pick<Finding, "evidence"> & Required<Pick<Finding, "sampledMs">> {
  const customers = customersBehind(targetsOf(hits), vendor);
  const times = hits.map(({ timeMs }) => timeMs).sort((a, b) => a - b);
  const evidence = emptyEvidence(times[0] ?? null, times.at(-1) ?? null);
  for (const { target, moment } of hits) addPair(evidence.calls, target, moment);
  return {
    evidence: {
      ...evidence,
      tenants: new Set(customers.map(({ tenant }) => tenant)),
      accounts: new Set(customers.map(({ account }) => account)),
      roles: new Set(customers.map(({ roleArn }) => roleArn)),
      windows: new Set([`${window.startMs}/${window.startMs + window.lengthMs}`]),
    },
    sampledMs: times,
  };
}

/**
 * The span of this length in which evidence has most targets: a day's alert is about ten minutes of it. Null where
 * several slices alarmed, since a moment alone does not tell which of them it is in.
 */
export function busiest(
  evidence: Evidence,
  spanMs: number,
): { readonly startMs: number; readonly targets: number } | null {
  const [window, ...others] = evidence.windows;
  if (window === undefined || others.length > 0) return null;
  const [startMs = 0, endMs = 0] = window.split("/").map(Number);
  const hits = hitsOf({ members: evidence.calls, startMs, lengthMs: endMs - startMs });
  const best = spansOf(hits, spanMs).reduce((most, span) => (span.targets > most.targets ? span : most), NO_SPAN);
  return best.targets < FLOOR ? null : { startMs: best.firstMs, targets: best.targets };
}

const NO_SPAN: Pick<Span, "firstMs" | "targets"> = { firstMs: 0, targets: 0 };
