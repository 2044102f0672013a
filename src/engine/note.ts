import type { Call } from "../trail/call.ts";
import type { Cell, CellKey, CellValue } from "../memory/cell.ts";
import { addPair, eachPair, hash32, noPairs, type Pairs } from "../memory/pairs.ts";
import { countable, emptySlice, noteCall, noteSample, sliceAt } from "../memory/window.ts";
import type { Detector } from "../detectors/detector.ts";
import { sight, type Elsewhere, type Sighting } from "../outbound/sighting.ts";
import type { Vendor } from "../outbound/vendor.ts";

/** One subject's facets that this batch has added to. `memo` names what was remembered, and so who judges it. */
export interface TouchedFacets {
  readonly key: CellKey;
  readonly memo: string;
  readonly subject: string;
}

/** One slice that this batch has added to. */
export interface TouchedSlice extends TouchedFacets {
  readonly lengthMs: number;
  readonly slice: number;
}

/** What a batch adds to memory, and what is to be judged once memory has joined it. */
export interface Noted {
  readonly sightings: readonly Sighting[];
  readonly deltas: Map<CellKey, Cell>;
  readonly facets: readonly TouchedFacets[];
  readonly slices: readonly TouchedSlice[];
  /** Calls that are none of the outbound roles' business: (1, call), so that a copy more changes nothing. */
  readonly elsewhere: ReadonlyMap<Elsewhere, Pairs>;
}

export function sliceKey(
  { memo, lengthMs, subject }: Pick<TouchedSlice, "memo" | "lengthMs" | "subject">,
  slice: number,
): CellKey {
  return `${memo}/${lengthMs / 1000}/${slice}/${subject}`;
}

/** Sights every call and notes what the detectors want remembered of it. */
export function note(calls: Iterable<Call>, vendor: Vendor, detectors: readonly Detector[]): Noted {
  const sightings: Sighting[] = [];
  const elsewhere = new Map<Elsewhere, Pairs>();
  for (const call of calls) {
    const sighting = sight(call, vendor);
    if (typeof sighting !== "string") sightings.push(sighting);
    else {
      const counted = elsewhere.get(sighting) ?? noPairs();
      addPair(counted, 1, hash32(call.key));
      elsewhere.set(sighting, counted);
    }
  }
  const deltas = new Map<CellKey, Cell>();
  const facets = noteFacets(sightings, vendor, detectors, deltas);
  const slices = noteSlices(sightings, vendor, detectors, deltas);
  return { sightings, deltas, facets, slices, elsewhere };
}

function noteFacets(
  sightings: readonly Sighting[],
  vendor: Vendor,
  detectors: readonly Detector[],
  deltas: Map<CellKey, Cell>,
): readonly TouchedFacets[] {
  const touched: TouchedFacets[] = [];
  const judges = detectors.filter((detector) => detector.judges === "facets");
  for (const memo of new Set(judges.map(({ remembers }) => remembers))) {
    const bySubject = new Map<string, CellValue<"facets">>();
    for (const sighting of sightings) {
      const noted = memo.note(sighting, vendor);
      if (noted === undefined) continue;
      let value = bySubject.get(noted.subject);
      if (value === undefined) {
        value = new Map();
        bySubject.set(noted.subject, value);
      }
      noteSample(value, noted.label, sighting.call);
    }
    for (const [subject, value] of bySubject) {
      const key = `${memo.name}/${subject}`;
      deltas.set(key, { kind: "facets", value });
      touched.push({ key, memo: memo.name, subject });
    }
  }
  return touched;
}

/** The slice that a subject's last call fell into; the next call is nearly always in the same one. */
interface Open {
  readonly slice: number;
  readonly value: CellValue<"window">;
}

function noteSlices(
  sightings: readonly Sighting[],
  vendor: Vendor,
  detectors: readonly Detector[],
  deltas: Map<CellKey, Cell>,
): readonly TouchedSlice[] {
  const touched: TouchedSlice[] = [];
  const judges = detectors.filter((detector) => detector.judges === "window");
  for (const memo of new Set(judges.map(({ remembers }) => remembers))) {
    const open = new Map<string, Map<number, Open>>();
    const opened = (subject: string, lengthMs: number, slice: number): Open => {
      const place = { memo: memo.name, subject, lengthMs };
      const key = sliceKey(place, slice);
      const known = deltas.get(key);
      if (known?.kind === "window") return { slice, value: known.value };
      const value = emptySlice();
      deltas.set(key, { kind: "window", value });
      touched.push({ ...place, key, slice });
      return { slice, value };
    };
    for (const sighting of sightings) {
      const noted = memo.note(sighting, vendor);
      if (noted === undefined) continue;
      const { subject, target, lengthsMs } = noted;
      let lengths = open.get(subject);
      if (lengths === undefined) {
        lengths = new Map();
        open.set(subject, lengths);
      }
      const counted = countable(sighting.call, target);
      for (const lengthMs of lengthsMs) {
        const slice = sliceAt(sighting.call.timeMs, lengthMs);
        let current = lengths.get(lengthMs);
        if (current?.slice !== slice) {
          current = opened(subject, lengthMs, slice);
          lengths.set(lengthMs, current);
        }
        noteCall(current.value, counted, lengthMs);
      }
    }
  }
  return touched;
}

/** Whose calls are new in each slice (`hash32`). To be asked before the deltas are given away. */
export function newTargets({ slices, deltas }: Noted): ReadonlyMap<CellKey, ReadonlySet<number>> {
  const targets = new Map<CellKey, ReadonlySet<number>>();
  for (const { key } of slices) {
    const cell = deltas.get(key);
    if (cell?.kind !== "window") continue;
    const own = new Set<number>();
    eachPair(cell.value.pairs, (target) => own.add(target));
    targets.set(key, own);
  }
  return targets;
}
