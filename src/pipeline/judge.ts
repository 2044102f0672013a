import type { Call, ControlEvent } from "../trail/call.ts";
import type { Detector, Finding } from "../detectors/detector.ts";
import { judgeEvents, judgeFacets, judgeWindows, neighbours, type Conclusions } from "../engine/conclude.ts";
import { completed, joinCopies, partialCopies } from "../engine/join-copies.ts";
import { note, sliceKey, type TouchedSlice } from "../engine/note.ts";
import type { Cell, CellKey } from "../memory/cell.ts";
import { alertId } from "../alerts/identity.ts";
import type { Store } from "../stores/store.ts";
import type { Vendor } from "../outbound/vendor.ts";

/** What judging needs: immutable inputs, and memory. */
export interface Court {
  readonly vendor: Vendor;
  readonly detectors: readonly Detector[];
  readonly store: Store;
}

/** An alert's identity and what it is made of so far, as the store has joined it. */
export interface Verdict {
  readonly id: string;
  readonly detector: Detector;
  readonly identity: Pick<Finding, "subject" | "tenant" | "dayMs">;
  readonly evidence: Finding["evidence"];
}

/** What judging a batch came to. */
export interface Judged {
  readonly verdicts: readonly Verdict[];
  /** Distinct calls, and why those that were none of the outbound roles' business were not judged. */
  readonly calls: number;
  readonly elsewhere: ReadonlyMap<string, number>;
}

/** Slices whose windows wait to be judged together, later: a replay does so once, at its end. */
export type Postponed = Map<CellKey, TouchedSlice>;

/**
 * Judges a batch: joins copies, merges what is to be remembered, judges what memory then holds, and merges the
 * evidence. Every write is a join, so a batch that fails half-way is simply judged again. With `postponed` the windows
 * are not judged but left there for `judgePostponed`.
 */
export async function judge(
  { calls, changes }: { readonly calls: Iterable<Call>; readonly changes: readonly ControlEvent[] },
  court: Court,
  postponed?: Postponed,
): Promise<Judged> {
  const { vendor, detectors, store } = court;
  let joined = joinCopies(calls);
  const partial = partialCopies(joined);
  if (partial.size > 0) joined = completed(joined, await store.merge(partial));

  const noted = note(joined.values(), vendor, detectors);
  const merged = noted.deltas.size === 0 ? noted.deltas : await store.merge(noted.deltas);
  const conclusions: Conclusions = new Map();
  judgeEvents(conclusions, noted.sightings, changes, vendor, detectors);
  judgeFacets(conclusions, noted.facets.values(), merged, vendor);
  if (postponed === undefined) {
    const memory = await withNeighbours(merged, noted.slices.values(), store);
    judgeWindows(conclusions, noted.slices.values(), memory, vendor);
  } else {
    for (const [key, place] of noted.slices) if (!postponed.has(key)) postponed.set(key, { ...place, targets: null });
  }
  return { verdicts: await recorded(conclusions, store), calls: joined.size, elsewhere: noted.elsewhere };
}

/** Windows are judged subject by subject, so that a year's slices are never in hand at once. */
const SLICES_AT_ONCE = 500;

/** Judges the windows that were left for later, over everything that memory holds of them by now. */
export async function judgePostponed(postponed: Postponed, court: Court): Promise<readonly Verdict[]> {
  const conclusions: Conclusions = new Map();
  const places = [...postponed.values()];
  for (let start = 0; start < places.length; start += SLICES_AT_ONCE) {
    const some = places.slice(start, start + SLICES_AT_ONCE);
    const touched = await court.store.recall(some.map((place) => sliceKey(place, place.slice)));
    judgeWindows(conclusions, some, await withNeighbours(touched, some, court.store), court.vendor);
  }
  return recorded(conclusions, court.store);
}

async function withNeighbours(
  memory: ReadonlyMap<CellKey, Cell>,
  touched: Iterable<TouchedSlice>,
  store: Store,
): Promise<ReadonlyMap<CellKey, Cell>> {
  const missing = neighbours(touched).filter((key) => !memory.has(key));
  return missing.length === 0 ? memory : new Map([...memory, ...(await store.recall(missing))]);
}

/** Merges the evidence into the store, under the ids of the alerts that it makes. */
async function recorded(conclusions: Conclusions, store: Store): Promise<readonly Verdict[]> {
  if (conclusions.size === 0) return [];
  const found = [...conclusions.values()].map(({ detector, finding }) => ({
    id: alertId({ ...finding, detector: detector.id, version: detector.version }),
    detector,
    finding,
  }));
  const deltas = found.map(({ id, finding }): [CellKey, Cell] => [
    evidenceKey(id),
    { kind: "evidence", value: finding.evidence },
  ]);
  const joined = await store.merge(new Map(deltas));
  return found.map(({ id, detector, finding }) => {
    const cell = joined.get(evidenceKey(id));
    const { subject, tenant, dayMs } = finding;
    return {
      id,
      detector,
      identity: { subject, tenant, dayMs },
      evidence: cell?.kind === "evidence" ? cell.value : finding.evidence,
    };
  });
}

/** Where the evidence of an alert is kept. */
export function evidenceKey(id: string): CellKey {
  return `alert/${id}`;
}
