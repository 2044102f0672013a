import type { ControlEvent } from "../trail/call.ts";
import { CELL_KINDS, type Cell, type CellKey } from "../memory/cell.ts";
import type { Detector, Finding } from "../detectors/detector.ts";
import type { Sighting } from "../outbound/sighting.ts";
import type { Vendor } from "../outbound/vendor.ts";
import { identityText } from "./identity.ts";
import { sliceKey, type TouchedFacets, type TouchedSlice } from "./note.ts";

/** A finding with the detector that made it. */
export interface Conclusion {
  readonly detector: Detector;
  readonly finding: Finding;
}

/** Findings by identity, their evidence joined. */
export type Conclusions = Map<string, Conclusion>;

/** Adds a finding; of one identity there is one conclusion, and it grows. */
export function conclude(conclusions: Conclusions, detector: Detector, finding: Finding): void {
  const identity = identityText({ ...finding, detector: detector.id, version: detector.version });
  const known = conclusions.get(identity);
  if (known === undefined) conclusions.set(identity, { detector, finding });
  else {
    const evidence = CELL_KINDS.evidence.join(known.finding.evidence, finding.evidence);
    conclusions.set(identity, { detector, finding: { ...known.finding, evidence } });
  }
}

/** Judges what needs no memory: each call, and each change to the trail. */
export function judgeEvents(
  into: Conclusions,
  sightings: readonly Sighting[],
  changes: readonly ControlEvent[],
  vendor: Vendor,
  detectors: readonly Detector[],
): void {
  for (const detector of detectors) {
    if (detector.judges === "call") {
      for (const sighting of sightings) {
        const finding = detector.judge(sighting, vendor);
        if (finding !== undefined) conclude(into, detector, finding);
      }
    } else if (detector.judges === "control") {
      for (const change of changes) {
        const finding = detector.judge(change, vendor);
        if (finding !== undefined) conclude(into, detector, finding);
      }
    }
  }
}

/** Judges the subjects whose facets have grown. */
export function judgeFacets(
  into: Conclusions,
  touched: Iterable<TouchedFacets>,
  memory: ReadonlyMap<CellKey, Cell>,
  vendor: Vendor,
  detectors: readonly Detector[],
): void {
  const judges = detectors.filter((detector) => detector.judges === "facets");
  const byMemo = Map.groupBy(judges, ({ remembers }) => remembers.name);
  for (const { key, memo, subject } of touched) {
    const cell = memory.get(key);
    if (cell?.kind !== "facets") continue;
    for (const detector of byMemo.get(memo) ?? []) {
      const finding = detector.judge(subject, cell.value, vendor);
      if (finding !== undefined) conclude(into, detector, finding);
    }
  }
}

/** The cells, beside the touched ones, that judging their windows takes. */
export function neighbours(touched: Iterable<TouchedSlice>): readonly CellKey[] {
  const keys = new Set<CellKey>();
  for (const place of touched) {
    keys.add(sliceKey(place, place.slice - 1));
    keys.add(sliceKey(place, place.slice + 1));
  }
  return [...keys];
}

/**
 * Judges the windows that end in a touched slice, or in the one after it, which looks back into it. `newTargets` says
 * whose calls are new in each slice, so that what has not changed is not searched; null: everything is new.
 */
export function judgeWindows(
  into: Conclusions,
  touched: Iterable<TouchedSlice>,
  memory: ReadonlyMap<CellKey, Cell>,
  newTargets: ReadonlyMap<CellKey, ReadonlySet<number>> | null,
  vendor: Vendor,
  detectors: readonly Detector[],
): void {
  const judges = detectors.filter((detector) => detector.judges === "window");
  const byMemo = Map.groupBy(judges, ({ remembers }) => remembers.name);
  const windows = new Map<CellKey, { readonly place: TouchedSlice; readonly slice: number }>();
  for (const place of touched) {
    for (const slice of [place.slice, place.slice + 1]) windows.set(sliceKey(place, slice), { place, slice });
  }
  for (const [key, { place, slice }] of windows) {
    const current = memory.get(key);
    if (current?.kind !== "window") continue;
    const beforeKey = sliceKey(place, slice - 1);
    const before = memory.get(beforeKey);
    const { lengthMs, subject } = place;
    const window = {
      lengthMs,
      startMs: slice * lengthMs,
      current: current.value,
      before: before?.kind === "window" ? before.value : null,
    };
    const targets = newTargets && new Set([...(newTargets.get(key) ?? []), ...(newTargets.get(beforeKey) ?? [])]);
    for (const detector of byMemo.get(place.memo) ?? []) {
      for (const finding of detector.judge(subject, window, targets, vendor)) conclude(into, detector, finding);
    }
  }
}
