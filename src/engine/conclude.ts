import type { ControlEvent } from "../trail/call.ts";
import { CELL_KINDS, type Cell, type CellKey } from "../memory/cell.ts";
import type { Past } from "../baseline/past.ts";
import type { Fresh } from "../memory/window.ts";
import { callJudgeOf, incidentJudgeOf, type Detector, type Finding } from "../detectors/detector.ts";
import { emptyEvidence } from "../detectors/evidence.ts";
import type { Incident } from "../tenants/incident.ts";
import type { Sighting } from "../outbound/sighting.ts";
import type { Vendor } from "../outbound/vendor.ts";
import { identityText } from "./identity.ts";
import { sampleKey, type TouchedFacets, type TouchedSlice } from "./note.ts";

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
  // Joined even when it is the first: joins cut lists to their caps, and the same calls must come to the same bytes.
  const evidence = CELL_KINDS.evidence.join(known?.finding.evidence ?? emptyEvidence(null, null), finding.evidence);
  conclusions.set(identity, { detector, finding: { ...finding, evidence } });
}

/** Judges what needs no memory: each call, each change to the trail, and what the vendor's desk met with. */
export function judgeEvents(
  into: Conclusions,
  sightings: readonly Sighting[],
  changes: readonly ControlEvent[],
  incidents: readonly Incident[],
  vendor: Vendor,
  detectors: readonly Detector[],
): void {
  for (const detector of detectors) {
    const judgeIncident = incidentJudgeOf(detector);
    for (const incident of judgeIncident === undefined ? [] : incidents) {
      const finding = judgeIncident?.(incident, vendor);
      if (finding !== undefined) conclude(into, detector, finding);
    }
    const judgeCall = callJudgeOf(detector);
    if (judgeCall !== undefined) {
      for (const sighting of sightings) {
        const finding = judgeCall(sighting, vendor);
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

/** What is known of the past of the subjects that are judged, by the keys of their cells. */
export type Pasts = ReadonlyMap<CellKey, Past>;

/** Judges the subjects whose facets have grown. */
export function judgeFacets(
  into: Conclusions,
  touched: Iterable<TouchedFacets>,
  memory: ReadonlyMap<CellKey, Cell>,
  pasts: Pasts,
  vendor: Vendor,
  detectors: readonly Detector[],
): void {
  const judges = detectors.filter((detector) => detector.judges === "facets");
  const byMemo = Map.groupBy(judges, ({ remembers }) => remembers.name);
  for (const { key, memo, subject } of touched) {
    const cell = memory.get(key);
    if (cell?.kind !== "facets") continue;
    for (const detector of byMemo.get(memo) ?? []) {
      const past = pasts.get(key) ?? null;
      for (const finding of detector.judge(subject, cell.value, vendor, past))
        conclude(into, detector, withVersion(finding, past));
    }
  }
}

/**
 * Judges the windows whose cells have grown. `fresh` says what is new in each, so that what has not changed is not
 * searched; null: everything is new.
 */
export function judgeWindows(
  into: Conclusions,
  touched: Iterable<TouchedSlice>,
  memory: ReadonlyMap<CellKey, Cell>,
  fresh: ReadonlyMap<CellKey, Fresh> | null,
  pasts: Pasts,
  vendor: Vendor,
  detectors: readonly Detector[],
): void {
  const judges = detectors.filter((detector) => detector.judges === "window");
  const byMemo = Map.groupBy(judges, ({ remembers }) => remembers.name);
  for (const { key, memo, subject, lengthMs, slice } of touched) {
    const cell = memory.get(key);
    if (cell?.kind !== "window") continue;
    const added = fresh?.get(key) ?? null;
    const window = { lengthMs, startMs: slice * lengthMs, members: cell.value };
    const past = pasts.get(key) ?? null;
    for (const detector of byMemo.get(memo) ?? []) {
      for (const { sampledMs = [], ...finding } of detector.judge(subject, window, added, vendor, past)) {
        for (const timeMs of sampledMs) finding.evidence.sampledIn.add(sampleKey(memo, subject, timeMs));
        conclude(into, detector, withVersion(finding, past));
      }
    }
  }
}

/** The finding with the version of the past that it was made by, where it was. */
function withVersion(finding: Finding, past: Past | null): Finding {
  if (finding.byPast === true && past !== null) finding.evidence.baselines.add(past.version);
  return finding;
}
