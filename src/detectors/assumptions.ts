import { withoutPath } from "../trail/arn.ts";
import type { Evidence, WindowSlice } from "../memory/cell.ts";
import { hitsOf, MOMENTS, samplesAt, spansOf, type Hit, type Span, type Window } from "../memory/window.ts";
import { addPair, eachPair, hash32 } from "../memory/pairs.ts";
import type { CustomerRole } from "../tenants/tenant.ts";
import type { OutboundRole, Vendor } from "../outbound/vendor.ts";
import type { WindowMemo } from "./detector.ts";
import { emptyEvidence } from "./evidence.ts";

const MINUTE_MS = 60_000;
export const DAY_MS = 86_400_000;

const LENGTHS_MS: readonly number[] = [5 * MINUTE_MS, 60 * MINUTE_MS, DAY_MS];

/** Nothing is called a burst, a sweep or a probe below this many: small numbers happen by themselves. */
export const FLOOR = 5;

/**
 * The memory that `tenant-sweep` and `call-burst` share: every customer role that a workload really entered, in
 * windows of five minutes, an hour, a day, and of the workload's own cadence. Denied and throttled calls are not
 * entries; those that were denied are `denied-probing`'s.
 */
export const assumptions: WindowMemo = {
  name: "assumptions",
  note: ({ call, hop, role }) => {
    if (hop !== "crossing" || role === null || call.outcome !== "allowed" || call.target.roleArn === null)
      return undefined;
    const every = role.cadence?.everyMs;
    const lengthsMs = every === undefined || LENGTHS_MS.includes(every) ? LENGTHS_MS : [...LENGTHS_MS, every];
    return { subject: role.arn, target: call.target.roleArn, lengthsMs };
  },
};

/**
 * The calls of the window's current slice that come sooner than the schedule allows: with a cadence of n per T, each
 * call that n or more others to the same role precede within T. Only the touched targets are looked at first; where
 * none of them has come too soon, nothing has changed.
 */
export function beyondCadence(window: Window, touched: ReadonlySet<number> | null, perTarget: number): readonly Hit[] {
  if (!anyBeyond(window, touched, perTarget)) return [];
  const { lengthMs, startMs } = window;
  const hits = hitsWithin(window).sort((a, b) => a.target - b.target || a.timeMs - b.timeMs);
  return hits.filter((hit, at) => {
    const earlier = hits[at - perTarget];
    return hit.timeMs >= startMs && earlier?.target === hit.target && earlier.timeMs > hit.timeMs - lengthMs;
  });
}

/** The hits of both slices. */
export function hitsWithin({ lengthMs, startMs, before, current }: Window): Hit[] {
  const hits = hitsOf(current, startMs, lengthMs);
  return before === null ? hits : [...hitsOf(before, startMs - lengthMs, lengthMs), ...hits];
}

/**
 * Whether there is any such call, which is asked of every window and nearly always denied: target and moment packed
 * into one number each (32 and 17 bits), so that a flat array can be sorted without comparing objects.
 */
function anyBeyond({ before, current }: Window, targets: ReadonlySet<number> | null, perTarget: number): boolean {
  const packed = new Float64Array(current.pairs.size + (before?.pairs.size ?? 0));
  let size = 0;
  const pack = (slice: WindowSlice, offset: number): void => {
    eachPair(slice.pairs, (target, moment) => {
      if (targets?.has(target) !== false) packed[size++] = target * 2 * MOMENTS + offset + (moment >>> 16);
    });
  };
  if (before !== null) pack(before, 0);
  pack(current, MOMENTS);
  const sorted = packed.subarray(0, size).sort();
  for (let at = perTarget; at < size; at++) {
    const [late = 0, early = 0] = [sorted[at], sorted[at - perTarget]];
    const sameTarget = Math.floor(late / (2 * MOMENTS)) === Math.floor(early / (2 * MOMENTS));
    if (sameTarget && late % (2 * MOMENTS) >= MOMENTS && late - early < MOMENTS) return true;
  }
  return false;
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
export function customersBehind(targets: ReadonlySet<number>, { registry }: Vendor): readonly CustomerRole[] {
  return (registry?.roles ?? []).filter(({ roleArn }) => targets.has(hash32(roleArn)));
}

/** The outbound role that a window's subject names. */
export function roleNamed(arn: string, { outboundRoles }: Vendor): OutboundRole | undefined {
  return outboundRoles.get(withoutPath(arn));
}

/** The evidence that some hits of a window give: how many, on whom, and where the calls among them were sampled. */
export function evidenceOfHits(window: Window, hits: readonly Hit[], customers: readonly CustomerRole[]): Evidence {
  const seconds = hits.map(({ timeMs }) => Math.floor(timeMs / 1000) * 1000).sort((a, b) => a - b);
  const evidence = emptyEvidence(seconds[0] ?? null, seconds.at(-1) ?? null);
  for (const { target, moment } of hits) addPair(evidence.calls, target, moment);
  return {
    ...evidence,
    samples: samplesAt(window, hits),
    tenants: new Set(customers.map(({ tenant }) => tenant)),
    accounts: new Set(customers.map(({ account }) => account)),
    roles: new Set(customers.map(({ roleArn }) => roleArn)),
    windows: new Set([`${window.startMs}/${window.startMs + window.lengthMs}`]),
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
  const hits = hitsOf({ pairs: evidence.calls, samples: new Map() }, startMs, endMs - startMs);
  const best = spansOf(hits, spanMs).reduce((most, span) => (span.targets > most.targets ? span : most), NO_SPAN);
  return best.targets < FLOOR ? null : { startMs: best.firstMs, targets: best.targets };
}

const NO_SPAN: Pick<Span, "firstMs" | "targets"> = { firstMs: 0, targets: 0 };
